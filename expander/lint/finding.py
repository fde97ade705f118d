"""What a check finds: a code, how bad it is, a message, the place, and notes with places of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from grammar.source import Span

ERROR, WARNING = "error", "warning"

NAMES = {
    "EXM001": "unreadable-file",
    "EXO001": "not-loadable",
    "EXE001": "broken-expansion",
    "EXE002": "unknown-variable",
    "EXE003": "unknown-operator",
    "EXE004": "unknown-condition",
    "EXE005": "unknown-lookup",
    "EXE006": "unknown-acl",
    "EXE007": "bad-pattern",
    "EXE008": "not-built",
    "EXE009": "always-fails",
}
"""The name beside each code: it says the fault, so that "allow unknown-variable" reads well."""


class Note(NamedTuple):
    """What else there is to say, and where, if anywhere."""

    text: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault. ``message`` is held text in Exim's words where Exim has words for it.

    ``span`` may lie in an option's value or in a logical line; `places.in_file` gives its place
    in a file. It is None for a file that cannot be read at all.
    """

    code: str
    message: str
    span: Span | None
    severity: str = ERROR
    notes: tuple[Note, ...] = ()

    @property
    def name(self) -> str:
        """The name of the kind of fault."""
        return NAMES[self.code]
