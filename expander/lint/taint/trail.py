"""The way of a text from outside: where it enters, what it goes through, where it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from grammar.source import Span

MOST = 6
"""The trails that are kept for one value; more would tell a person nothing."""


class Step(NamedTuple):
    """Something that a text goes through, for a person, and its place."""

    text: str
    span: Span


class Trail(NamedTuple):
    """A text from outside: the piece that brings it in, and its way so far.

    ``name`` is the piece as it is written, ``what`` tells why it is not to be trusted. ``quoted`` is the
    lookup type for which an operator has quoted it. ``sure`` is false where the value may also come from
    somewhere that is to be trusted.
    """

    name: str
    what: str
    span: Span
    steps: tuple[Step, ...] = ()
    quoted: str = ""
    sure: bool = True

    @property
    def key(self) -> tuple[str, int, int, str]:
        """What makes it another trail than others."""
        return self.name, id(self.span.source), self.span.start, self.quoted


Trails = tuple[Trail, ...]
NONE: Trails = ()


def joined(groups: Iterable[Trails]) -> Trails:
    """The trails of a value that is made of others; of the same one the first stays."""
    kept: dict[tuple[str, int, int, str], Trail] = {}
    for trails in groups:
        for trail in trails:
            kept.setdefault(trail.key, trail)
    return tuple(kept.values())[:MOST]


def through(trails: Trails, text: str, span: Span) -> Trails:
    """The trails after one more step."""
    step = Step(text, span)
    return tuple(trail._replace(steps=(*trail.steps, step)) for trail in trails)


def unsure(trails: Trails) -> Trails:
    """The trails of a value that may be another."""
    return tuple(trail._replace(sure=False) for trail in trails)
