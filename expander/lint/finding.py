"""What a check finds: a code, how bad it is, a message, the place, and notes with places of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from grammar.source import Span

ERROR, WARNING, REMARK = "error", "warning", "remark"
SEVERITIES = (REMARK, WARNING, ERROR)
"""From the mildest on: what is worth knowing, what is probably wrong, what is certain to fail."""


class Note(NamedTuple):
    """What else there is to say, and where, if anywhere."""

    text: str
    span: Span | None = None


class Edit(NamedTuple):
    """Text to be put in the place of a span; where the span is empty it is put in."""

    span: Span
    text: str


class Fix(NamedTuple):
    """A change that mends a fault.

    ``safe`` is true only where the configuration provably means what was meant and nothing else;
    other fixes are shown and left to people.
    """

    title: str
    edits: tuple[Edit, ...]
    safe: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault. ``message`` is held text in Exim's words where Exim has words for it.

    ``span`` may lie in an option's value or in a logical line; `places.in_file` gives its place
    in a file. It is None for a file that cannot be read at all. ``severity`` is one of
    `SEVERITIES`; where it is empty the engine puts the rule's own in.
    """

    code: str
    message: str
    span: Span | None
    severity: str = ""
    notes: tuple[Note, ...] = ()
    fix: Fix | None = None
