"""Values in ACLs that Exim passes over, complains about in a log, or takes for something else."""

from __future__ import annotations

import re
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from drivers.api.acl import GAP
from drivers.api.text import SPACE, lower
from drivers.values.listtext import pieces, split
from expander.lint import dns_lists
from expander.lint.acl_spots import shown, values
from expander.lint.finding import WARNING, Finding, Note
from expander.lint.rule import kind, rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from expander.lint.acl_spots import Spot, Value
    from expander.lint.survey import Survey

MODIFIERS = "ACL modifiers"
_START = "acl_smtp_rcpt = check\nbegin acl\ncheck:\n"
_DATA = "acl_smtp_data = check\nbegin acl\ncheck:\n"
LOGS = ("main", "reject", "panic")
RESULTS = {
    "spf": tuple("pass fail softfail neutral none permerror temperror invalid err_perm err_temp".split()),
    "spf_guess": tuple(
        "pass fail softfail neutral none permerror temperror invalid err_perm err_temp".split()
    ),
    "dkim_status": ("none", "invalid", "fail", "pass"),
    "dmarc_status": tuple("accept reject quarantine none norecord nofrom temperror off".split()),
}
PLACES = (":at_start:", ":at_start_rfc:", ":after_received:", ":at_end:")
_HEADER = re.compile(r"[!-9;-~]+[ \t]*:", re.ASCII)
_MARK = re.compile(r":[^: \t]*:?")
_NO_NAME = re.compile(r"[^: \t]+[ \t]+[^: \t]|[ \t]")
_LINES = re.compile(r"\n(?![ \t])")


@rule(
    "EXA019",
    "odd-dnslist",
    severity=WARNING,
    section="Using DNS lists",
    bad=f"{_START}  deny dnslists = list.example=127.0.0.300\n  accept\n",
    good=f"{_START}  deny dnslists = list.example=127.0.0.3\n  accept\n",
)
def oddities(survey: Survey) -> Iterator[Finding]:
    """An item of ``dnslists`` cannot match as it stands: an option, a domain or an address is not one.

    Exim logs a line about it at most, and takes the item for one that does not list the client.
    """
    for spot in survey.spots:
        check = CHECKS.get(spot.name)
        if check is not None:
            for value in values(survey, spot, gaps=True):
                for finding in check(spot, value):
                    yield replace(finding, message=shown(finding.message))


kind(
    "EXA020",
    "closed-dnslist",
    severity=WARNING,
    section="Using DNS lists",
    doc="A DNS list is asked that was closed. At best each message waits for a name server in vain; "
    "some closed lists answered that every address is listed, so that all mail was refused.",
    bad=f"{_START}  deny dnslists = dnsbl.sorbs.net\n  accept\n",
    good=f"{_START}  deny dnslists = zen.spamhaus.org\n  accept\n",
)
kind(
    "EXA022",
    "unknown-log",
    severity=WARNING,
    section=MODIFIERS,
    doc='A log other than "main", "reject" and "panic" is named. Exim writes to the panic log that it does '
    "not know it.",
    bad=f"{_START}  accept logwrite = :mian: hello\n",
    good=f"{_START}  accept logwrite = :main: hello\n",
)
kind(
    "EXA023",
    "not-a-header-line",
    severity=WARNING,
    section="Adding header lines in ACLs",
    doc='A line for add_header has no header name before a colon: Exim puts "X-ACL-Warn:" before it. The '
    "words for the place of a line are :at_start:, :at_start_rfc:, :after_received: and :at_end:.",
    bad=f"{_START}  accept add_header = :at_begin: X-Checked: yes\n",
    good=f"{_START}  accept add_header = :at_start: X-Checked: yes\n",
)
kind(
    "EXA027",
    "unknown-result",
    severity=WARNING,
    section="SPF (Sender Policy Framework)",
    doc="A result is listed that a check of SPF, DKIM or DMARC never has, so that it never matches.",
    bad=f"{_START}  deny spf = fial\n  accept\n",
    good=f"{_START}  deny spf = fail\n  accept\n",
)
kind(
    "EXA028",
    "scan-option-ignored",
    severity=WARNING,
    section="Scanning for viruses",
    doc="A condition that scans the message is followed by an option that it does not have; Exim "
    "passes over it.",
    bad=f"{_DATA}  deny malware = */defer-ok\n  accept\n",
    good=f"{_DATA}  deny malware = */defer_ok\n  accept\n",
)


def _dnslists(_spot: Spot, value: Value) -> Iterator[Finding]:
    for text in split(value.text):
        for message in dns_lists.oddities(text):
            yield Finding("EXA019", message, value.span, WARNING)
        gone = dns_lists.closed(text)
        if gone:
            domain = dns_lists.item(text).domain
            yield Finding("EXA020", f"the DNS list {domain} {gone}", value.span, WARNING)


def _log_target(_spot: Spot, value: Value) -> Iterator[Finding]:
    for name in split(value.text):
        if GAP not in name and name not in LOGS:
            message = f'unknown log name "{name}" in "log_reject_target"'
            yield Finding("EXA022", message, value.span, WARNING, _close(name, LOGS))


def _logwrite(_spot: Spot, value: Value) -> Iterator[Finding]:
    if not value.text.startswith(":"):
        return
    head, colon, _ = value.text[1:].partition(":")
    names = [name.strip(SPACE) for name in head.split(",") if name.strip(SPACE)]
    wrong = next((name for name in names if name not in LOGS), None)
    if GAP not in head and (wrong is not None or not colon):
        message = f'unknown log name in "{value.text}" in "logwrite"'
        yield Finding("EXA022", message, value.span, WARNING, _close(wrong or "", LOGS))


def _add_header(_spot: Spot, value: Value) -> Iterator[Finding]:
    for line in _LINES.split(value.text.replace("\\n", "\n").strip("\n")):
        mark = _MARK.match(line)
        if mark and not line.startswith(PLACES):
            message = f'"{mark[0]}" is no place for a header line'
            yield Finding("EXA023", message, value.span, WARNING, _close(mark[0], PLACES))
        elif line.strip(SPACE) and not mark and not _may_be_header(line):
            message = f'"{line}" has no header name: "X-ACL-Warn:" is put before it'
            yield Finding("EXA023", message, value.span, WARNING)


def _may_be_header(line: str) -> bool:
    """True for a header line, and for one that may become one by what is not known of it."""
    known = line.partition(GAP)[0]
    return bool(_HEADER.match(line)) or (GAP in line and not _NO_NAME.match(known))


def _results(spot: Spot, value: Value) -> Iterator[Finding]:
    known = RESULTS[spot.name]
    for item in split(value.text):
        word = lower(item.removeprefix("!").strip(SPACE))
        if re.fullmatch(r"[a-z0-9_, -]*", word) and word not in known:
            message = f'"{word}" is no result of {spot.name}'
            notes = _close(word, known)
            if re.search(r"[, ]", word):
                notes = (Note("results are separated by colons"),)
            yield Finding("EXA027", message, value.span, WARNING, notes)


def _scan(spot: Spot, value: Value) -> Iterator[Finding]:
    known = ("defer_ok", "tmo=") if spot.name == "malware" else ("defer_ok",)
    for option in list(pieces(value.text, "/"))[1:]:
        if GAP not in option and not option.strip(SPACE).startswith(known):
            message = f'{spot.name} has no option "{option}"'
            yield Finding("EXA028", message, value.span, WARNING, _close(option, known))


def _close(word: str, known: tuple[str, ...]) -> tuple[Note, ...]:
    close = get_close_matches(word, known, 1)
    return (Note(f'did you mean "{close[0]}"?'),) if close else ()


CHECKS: dict[str, Callable[[Spot, Value], Iterator[Finding]]] = {
    "dnslists": _dnslists,
    "log_reject_target": _log_target,
    "logwrite": _logwrite,
    "add_header": _add_header,
    "malware": _scan,
    "spam": _scan,
    **dict.fromkeys(RESULTS, _results),
}
"""How the values of each condition and modifier are looked at."""
