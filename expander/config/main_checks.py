"""What is checked when the main section has been read, in Exim's order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, Failed, Fatal
from expander.config import log_checks
from expander.config.defaults import settle
from grammar.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Callable

    from drivers.api.outside import World
    from drivers.api.profile import Profile
    from expander.config.early import EarlyExpander
    from expander.config.model import Options
    from expander.config.reporting import Reporter
    from grammar.source import Span

    Expand = Callable[[str], str]

PURGING = "Warning: purging the environment.\n Suggested action: use keep_environment."
LARGEST_HOST_NUMBER = 16
_BLANK = r"[ \t\n\v\f\r]*"
_FLOAT = (
    r"[+-]?(?:inf(?:inity)?|nan(?:\([A-Za-z0-9_]*\))?|0x(?:[0-9a-f]+\.?[0-9a-f]*|\.[0-9a-f]+)(?:p[+-]?[0-9]+)?"
    r"|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?)"
)
_DELAY = r"(?:[0-9]+[wdhm]|[0-9]+(?:\.[0-9]*)?s)+"
_RATE_LIMIT = late_pattern(
    rf"{_BLANK}[+-]?[0-9]+,{_BLANK}{_DELAY},{_BLANK}(?i:{_FLOAT}),{_BLANK}{_DELAY}(?:[ \t\n\v\f\r].*)?",
    re.DOTALL,
)
"""A count, a time, a factor as C reads floating-point numbers, and a time."""

_HOST_NUMBER = late_pattern(r"[ \t\n\v\f\r]*([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)[ \t\n\v\f\r]*")


def check_main(
    options: Options, world: World, early: EarlyExpander, report: Reporter, profile: Profile
) -> None:
    """Check the main options against each other, expand those that are expanded once, set the rest.

    Texts that are expanded here keep their written form in their setting; the expanded one is
    noted as the value.
    """
    expand = early.expand
    settle(options, world)
    _sender_retain(options, report)
    _host_name(options, world, early, report)
    _directories(options, expand, report)
    log_checks.check_facility(options, report)
    _pid_file(options, expand, report)
    _patterns(options, report)
    _rates(options, report)
    _filter_user(options, world, report)
    _reply_to(options, report)
    _connections(options, report)
    _host_number(options, expand, report)
    _tls(options, report, profile)
    _environment(options, world, early, report)
    log_checks.check_selector(options, report, profile)
    log_checks.check_lengths(options, report)


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


def _sender_retain(options: Options, report: Reporter) -> None:
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
    log_checks.check_paths(options, _expanded(options, "log_file_path", expand, report), report)


def _pid_file(options: Options, expand: Expand, report: Reporter) -> None:
    if options["pid_file_path"]:
        options.expanded["pid_file_path"] = _expanded(options, "pid_file_path", expand, report)


def _patterns(options: Options, report: Reporter) -> None:
    if options.is_set("uucp_from_pattern"):
        report.pattern(options["uucp_from_pattern"], _span(options, "uucp_from_pattern"))


def _rates(options: Options, report: Reporter) -> None:
    for name in ("smtp_ratelimit_mail", "smtp_ratelimit_rcpt"):
        text = options[name]
        if options.is_set(name) and not _RATE_LIMIT.fullmatch(text):
            report.bare(f"malformed ratelimit data: {text}", _span(options, name))


def _reply_to(options: Options, report: Reporter) -> None:
    text = options["errors_reply_to"]
    if not options.is_set("errors_reply_to"):
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


def _connections(options: Options, report: Reporter) -> None:
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
    match = _HOST_NUMBER.fullmatch(text)
    if not match:
        report.plain(f"localhost_number value is not a number: {text}", span)
        return
    base = 16 if match[2][:2] in {"0x", "0X"} else 8 if match[2].startswith("0") else 10
    number = int(match[1] + match[2], base)
    if number > LARGEST_HOST_NUMBER:
        message = f"localhost_number is greater than the maximum allowed value ({LARGEST_HOST_NUMBER})"
        report.plain(message, span)
    else:
        options.expanded["localhost_number"] = str(number)


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


def _environment(options: Options, world: World, early: EarlyExpander, report: Reporter) -> None:
    """Find out which variables stay; warn where all go as nobody says what to keep."""
    from expander.config.environment import pruned

    if "keep_environment" not in options:
        early.config.environment = dict(world.environment)  # releases of old left it alone
        return
    keep = options["keep_environment"]
    if world.environment and not options.is_set("keep_environment"):
        report.note(PURGING, cause="environment-purged")
    try:
        kept = early.kept(world.environment, keep) if keep else ()
    except Fatal as error:
        report.bare(error.message, _span(options, "keep_environment"))
        kept = ()
    early.config.environment = pruned(world.environment, kept, options["add_environment"])


def _filter_user(options: Options, world: World, report: Reporter) -> None:
    """A number for a user brings the user's group along where none is set, so there has to be such a user."""
    user = options["system_filter_user"]
    if user is None or options.is_set("system_filter_group"):
        return
    account = world.users.user(str(user))
    if account is None:
        report.bare(f"Failed to look up uid {user}", _span(options, "system_filter_user"))
    else:
        options.assume("system_filter_group", account.gid)


def _host_name(options: Options, world: World, early: EarlyExpander, report: Reporter) -> None:
    """A host whose own name has no dot is looked up, for which Exim goes through ``dns_ipv4_lookup``."""
    text = options["dns_ipv4_lookup"]
    if not text or options.is_set("primary_hostname"):
        return
    name = world.host.name()
    if "." in name:
        return
    span = _span(options, "dns_ipv4_lookup")
    try:
        early.match_domain(name, text)
    except Fatal as error:
        report.bare(error.message.replace(f'"{text}"', "dns_ipv4_lookup"), span)
    except Failed as error:
        if not error.message.startswith("unable to complete"):
            report.bad_pattern(error.message, span)
