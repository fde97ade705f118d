"""The main options about logs: what Exim checks of them when it has read the main section."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.registry import entries
from drivers.api.text import lower
from drivers.values.listtext import pieces
from grammar.patterns import late_pattern

if TYPE_CHECKING:
    from drivers.api.profile import Profile
    from expander.config.model import Options
    from expander.config.reporting import Reporter

LONGEST_PATH = 200
LONGEST_PROCESS_NAME = 32
_FACILITIES = frozenset(
    "daemon mail news user uucp local0 local1 local2 local3 local4 local5 local6 local7".split()
)
_SELECTOR = late_pattern(r"([+-])([a-z0-9_]*)")
_NUMERIC = late_pattern(r"=(?:[ \t\n\v\f\r]*[+-]?(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*))?")
_END_OF_WORD = late_pattern(r"[^A-Za-z0-9_]|\Z")


def used_of_several(options: Options) -> str:
    """The path that is used, where ``log_file_path`` as it is known by now has several; else "".

    An empty item stands for the path that was built in.
    """
    if not options.is_set("log_file_path"):
        return ""
    text = options["log_file_path"]
    files = [path or options.default("log_file_path") for path in pieces(text, ":") if path != "syslog"]
    return files[0] if len(files) > 1 else ""


def check_paths(options: Options, text: str, report: Reporter) -> None:
    """Check the expanded text of ``log_file_path``, which is the option's value from then on."""
    setting = options.settings.get("log_file_path")
    span = None if setting is None else setting.span
    for path in pieces(text, ":"):
        if path in {"", "syslog"}:
            continue
        before, marker, behind = path.partition("%s")
        dates = re.findall("%[DM]", before + behind)
        if not marker:
            report.bare(f'log_file_path "{path}" does not contain "%s"', span)
        elif (before + behind).count("%") > min(len(dates), 1):
            report.bare(f'log_file_path "{path}" contains unexpected "%" character', span)
    options.expanded["log_file_path"] = text


def check_facility(options: Options, report: Reporter) -> None:
    """Check the name of the facility."""
    setting = options.settings.get("syslog_facility")
    if setting is not None and lower(setting.value).removeprefix("log_") not in _FACILITIES:
        report.plain(f'failed to interpret syslog_facility "{setting.value}"', setting.span)


def check_lengths(options: Options, report: Reporter) -> None:
    """Check the lengths of the paths and of the name under which Exim logs."""
    setting = options.settings.get("log_file_path")
    if setting is not None and len(options["log_file_path"]) > LONGEST_PATH:
        report.bare(f"log_file_path is longer than {LONGEST_PATH} chars: aborting", setting.span)
    setting = options.settings.get("syslog_processname")
    if setting is not None and len(setting.value) > LONGEST_PROCESS_NAME:
        report.bare(f"syslog_processname is longer than {LONGEST_PROCESS_NAME} chars: aborting", setting.span)


def log_selectors(profile: Profile) -> frozenset[str]:
    """The words of ``log_selector`` that a release knows."""
    return frozenset(unit.name for unit in entries("log-selector") if profile.knows(unit))


def check_selector(options: Options, report: Reporter, profile: Profile) -> None:
    """Check the words of log_selector; those before a bad one already say how its error is logged.

    A text that begins with = is a number of Exim's own making.
    """
    setting = options.settings.get("log_selector")
    text = "" if setting is None else setting.value.strip(" \t\n")
    if setting is None or not text:
        return
    if text.startswith("="):
        if not _NUMERIC.fullmatch(text):
            report.plain(f"malformed numeric log_selector setting: {text}", setting.span)
        return
    known = log_selectors(profile)
    at = 0
    while at < len(text):
        if text[at] in " \t\n":
            at += 1
            continue
        match = _SELECTOR.match(text, at)
        report.selectors = text[:at]
        if not match:
            message = f'malformed log_selector setting: + or - expected but found "{text[at:]}"'
            report.plain(message, setting.span)
            return
        if match[2] not in known:
            end = _END_OF_WORD.search(text, match.start(2))
            word = text[match.start() : end.start() if end else len(text)]
            report.plain(f"unknown log_selector setting: {word}", setting.span)
        at = match.end()
    report.selectors = text
