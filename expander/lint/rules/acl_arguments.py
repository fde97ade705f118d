"""Numbers and times in the arguments of ACL conditions and modifiers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.text import SPACE
from drivers.values import interval
from expander.lint.finding import ERROR, Finding
from expander.lint.listview import UNKNOWN, flattened
from expander.lint.rule import rule
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from expander.lint.survey import Survey

_LIMIT = re.compile(r"[0-9]+(?:\.[0-9]*)?[KMG]?", re.ASCII | re.IGNORECASE)
_MODES = ("strict", "leaky", "readonly")


@rule(
    "EXE026",
    "bad-acl-argument",
    section="ACL conditions",
    bad="acl_smtp_rcpt = a\nbegin acl\na:\n  defer ratelimit = 10 / 1x\n",
    good="acl_smtp_rcpt = a\nbegin acl\na:\n  defer ratelimit = 10 / 1h\n",
)
def bad_acl_argument(survey: Survey) -> Iterator[Finding]:
    """A condition or modifier of an ACL has a number or a time that Exim cannot read.

    It is read when the statement is run: the client gets "451 Temporary local problem".
    """
    for text in survey.texts:
        judge = _JUDGES.get(text.name) if text.section == "acl" else None
        tree = survey.tree(text.source) if judge is not None else None
        if judge is None or tree is None:
            continue
        value, _ = flattened(text.source, tree)
        message = judge(value)
        if message is not None:
            yield Finding("EXE026", message, Span(text.source, 0, len(text.source.text)), ERROR)


def _ratelimit(value: str) -> str | None:
    parts = [part.strip(SPACE) for part in value.split("/")]
    limit, period = parts[0], parts[1] if len(parts) > 1 else ""
    what = None
    if UNKNOWN not in limit and not _LIMIT.fullmatch(limit):
        what = f'"{limit}" is not a positive number'
    elif UNKNOWN not in value and len(parts) == 1:
        what = '"NULL" is not a time value'
    elif UNKNOWN not in period and len(parts) > 1 and not interval.parse(period):
        what = f'"{period}" is not a time value'
    elif sum(mode in parts[2:] for mode in _MODES) > 1:
        what = "conflicting update modes"
    return f'error in arguments to "ratelimit" condition: {what}' if what else None


def _delay(value: str) -> str | None:
    time = value.strip(SPACE)
    if not time or UNKNOWN in time or interval.parse(time.partition("/")[0].strip(SPACE)) is not None:
        return None
    return f'syntax error in argument for "delay" modifier: "{time}" is not a time value'


def _seen(value: str) -> str | None:
    time = value.partition("/")[0].strip(SPACE)
    if UNKNOWN in time or time == "never" or interval.parse(time.removeprefix("-").lstrip(SPACE)) is not None:
        return None
    return f"failed to parse '{time}'"


_JUDGES: dict[str, Callable[[str], str | None]] = {"ratelimit": _ratelimit, "delay": _delay, "seen": _seen}
