"""What is checked when the main section has been read, in Exim's order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError
from drivers.api.registry import entries
from drivers.values.listtext import split
from expander.config.defaults import settle

if TYPE_CHECKING:
    from collections.abc import Callable

    from drivers.api.outside import World
    from drivers.api.profile import Profile
    from expander.config.model import Options
    from expander.config.reporting import Reporter
    from grammar.source import Span

    Expand = Callable[[str], str]

PURGING = "Warning: purging the environment.\n Suggested action: use keep_environment."
LARGEST_HOST_NUMBER = 16
_FACILITIES = frozenset(
    "auth authpriv console cron daemon ftp kern lpr mail news ntp security syslog user uucp "
    "local0 local1 local2 local3 local4 local5 local6 local7".split()
)
_NUMBER = r"[0-9]+(?:\.[0-9]*)?"
_DELAY = r"(?:[0-9]+(?:\.[0-9]+)?[wdhms])+"
_RATE_LIMIT = re.compile(rf"{_NUMBER}, *{_DELAY}, *{_NUMBER}, *{_DELAY}")
_SELECTOR = re.compile(r"([+-])([a-z0-9_]*)")


def check_main(options: Options, world: World, expand: Expand, report: Reporter, profile: Profile) -> None:
    """Check the main options against each other, expand those that are expanded once, set the rest.

    Texts that are expanded here keep their written form in their setting; the expanded one is
    noted as the value.
    """
    settle(options, world)
    checks = (_sender_retain, _directories, _syslog, _pid_file, _patterns, _rates, _reply_to, _connections)
    for check in checks:
        check(options, expand, report)
    _host_number(options, expand, report)
    _tls(options, report, profile)
    if world.environment and not options.is_set("keep_environment"):
        report.warn(PURGING, cause="environment-purged")
    _selector(options, report, profile)
    name = options["syslog_processname"]
    if len(name) > 32:
        report.bare(
            "syslog_processname is longer than 32 chars: aborting", _span(options, "syslog_processname")
        )


def _span(options: Options, name: str) -> Span | None:
    setting = options.settings.get(name)
    return None if setting is None else setting.span


def _expanded(options: Options, name: str, expand: Expand, report: Reporter) -> str:
    """The expanded value of an option that Exim expands when it starts; "" after a complaint."""
    text = str(options[name])
    try:
        return expand(text)
    except ExpansionError as error:
        report.bare(f'failed to expand {name} "{text}": {error.message}', _span(options, name))
        return ""


def _sender_retain(options: Options, _expand: Expand, report: Reporter) -> None:
    if options["local_from_check"] and options["local_sender_retain"]:
        report.bare(
            "both local_from_check and local_sender_retain are set; this combination is not allowed",
            _span(options, "local_sender_retain"),
        )


def _directories(options: Options, expand: Expand, report: Reporter) -> None:
    """The spool's directory and the logs' paths."""
    if not options["spool_directory"]:
        report.bare("spool_directory undefined: cannot proceed", _span(options, "spool_directory"))
    options.expanded["spool_directory"] = _expanded(options, "spool_directory", expand, report)
    log_path = _expanded(options, "log_file_path", expand, report)
    options.expanded["log_file_path"] = log_path
    for path in split(log_path):
        if path in {"", "syslog"}:
            continue
        span = _span(options, "log_file_path")
        before, marker, behind = path.partition("%s")
        if not marker:
            report.bare(f'log_file_path "{path}" does not contain "%s"', span)
        elif re.search(r"%(?![DM])", before + behind):
            report.bare(f'log_file_path "{path}" contains unexpected "%" character', span)


def _syslog(options: Options, _expand: Expand, report: Reporter) -> None:
    facility = options["syslog_facility"]
    word = facility.translate(str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"))
    if facility and word.removeprefix("log_") not in _FACILITIES:
        report.plain(f'failed to interpret syslog_facility "{facility}"', _span(options, "syslog_facility"))


def _pid_file(options: Options, expand: Expand, report: Reporter) -> None:
    if options["pid_file_path"]:
        options.expanded["pid_file_path"] = _expanded(options, "pid_file_path", expand, report)


def _patterns(options: Options, _expand: Expand, report: Reporter) -> None:
    from expander.expand.regex import pattern

    if options.is_set("uucp_from_pattern"):
        try:
            pattern(options["uucp_from_pattern"])
        except ExpansionError as error:
            text = options["uucp_from_pattern"]
            reason = error.message.rpartition(f'"{text}": ')[2]
            message = f"regular expression error: {reason} while compiling {text}"
            report.bare(message, _span(options, "uucp_from_pattern"))


def _rates(options: Options, _expand: Expand, report: Reporter) -> None:
    for name in ("smtp_ratelimit_mail", "smtp_ratelimit_rcpt"):
        text = options[name]
        if options.is_set(name) and not _RATE_LIMIT.fullmatch(text):
            report.bare(f"malformed ratelimit data: {text}", _span(options, name))


def _reply_to(options: Options, _expand: Expand, report: Reporter) -> None:
    text = options["errors_reply_to"]
    if not text:
        return
    span = _span(options, "errors_reply_to")
    problem, domain = _address(text)
    if problem:
        report.plain(f"error in errors_reply_to ({text}): {problem}", span)
    elif not domain:
        report.plain(f"errors_reply_to ({text}) does not contain a domain", span)


def _address(text: str) -> tuple[str, str]:
    """What is wrong with an address, and its domain."""
    from drivers.values.mailbox import parse

    try:
        return "", parse(text).domain
    except ExpansionError as error:
        return error.message, ""


def _connections(options: Options, _expand: Expand, report: Reporter) -> None:
    depends = options["smtp_accept_queue"] or options.is_set("smtp_accept_max_per_host")
    if options["smtp_accept_max"] == 0 and depends:
        report.plain(
            "smtp_accept_max must be set if smtp_accept_queue or smtp_accept_max_per_host is set",
            _span(options, "smtp_accept_max"),
        )


def _host_number(options: Options, expand: Expand, report: Reporter) -> None:
    if not options["localhost_number"]:
        return
    text = _expanded(options, "localhost_number", expand, report)
    if not text:
        return
    span = _span(options, "localhost_number")
    if not re.fullmatch(r"[ \t]*[+-]?[0-9]+[ \t]*", text):
        report.plain(f"localhost_number value is not a number: {text}", span)
    elif int(text) > LARGEST_HOST_NUMBER:
        message = f"localhost_number is greater than the maximum allowed value ({LARGEST_HOST_NUMBER})"
        report.plain(message, span)
    else:
        options.expanded["localhost_number"] = str(int(text))


def _tls(options: Options, report: Reporter, profile: Profile) -> None:
    if "tls_dh_max_bits" in options and options["tls_dh_max_bits"] < 1024:
        message = "tls_dh_max_bits is too small, must be at least 1024 for interop"
        report.plain(message, _span(options, "tls_dh_max_bits"))
    if (
        options.is_set("openssl_options")
        and profile.built_with("gnutls")
        and not profile.built_with("openssl")
    ):
        report.plain("openssl_options is set but we're using GnuTLS", _span(options, "openssl_options"))


def log_selectors(profile: Profile) -> frozenset[str]:
    """The words of ``log_selector`` that a release knows."""
    return frozenset(unit.name for unit in entries("log-selector") if profile.knows(unit))


def _selector(options: Options, report: Reporter, profile: Profile) -> None:
    """Check the words of log_selector; a text that begins with = is a number of Exim's own making."""
    text = options["log_selector"].strip(" \t\n")
    span = _span(options, "log_selector")
    if not text or text.startswith("="):
        return
    known = log_selectors(profile)
    at = 0
    while at < len(text):
        if text[at] in " \t\n":
            at += 1
            continue
        match = _SELECTOR.match(text, at)
        if not match:
            message = f'malformed log_selector setting: + or - expected but found "{text[at:]}"'
            report.plain(message, span)
            return
        if match[2] not in known:
            end = re.compile(r"[^A-Za-z0-9_]|\Z").search(text, match.start(2))
            word = text[match.start() : end.start() if end else len(text)]
            report.plain(f"unknown log_selector setting: {word}", span)
        at = match.end()
