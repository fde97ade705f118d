"""What can be come to in a configuration, and how often that was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable


class Place(Record):
    """A piece of a configuration that can be come to, in one way or in several.

    ``line`` and ``column`` count from 1 and are those of ``file``; ``kind`` is "statement", "condition",
    "modifier", "router", "precondition", "transport", "authenticator", "rewriting rule", "retry rule" or
    "branch"; ``title`` names it for people. ``counts`` has for each way in which it can go how often it did.
    """

    file: str
    line: int
    column: int
    kind: str
    title: str
    counts: tuple[tuple[str, int], ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The ways that were never gone."""
        return tuple(way for way, count in self.counts if count == 0)

    @property
    def hits(self) -> int:
        """How often it was come to."""
        return sum(count for _, count in self.counts)


class Share(Record):
    """How much of something was come to: ``reached`` ways of ``total``."""

    reached: int
    total: int

    @property
    def percent(self) -> float:
        """The same in a hundred; all of nothing is a hundred."""
        return 100.0 if self.total == 0 else 100.0 * self.reached / self.total


def share(places: Iterable[Place]) -> Share:
    """How much of some places was come to."""
    counts = [count for place in places for _, count in place.counts]
    return Share(sum(count > 0 for count in counts), len(counts))


def added(*several: Iterable[Place]) -> list[Place]:
    """What several runs have come to, together, in the order of the files."""
    found: dict[tuple[str, int, int, str, str], dict[str, int]] = {}
    for place in (place for places in several for place in places):
        counts = found.setdefault((place.file, place.line, place.column, place.kind, place.title), {})
        for way, count in place.counts:
            counts[way] = counts.get(way, 0) + count
    return [Place(*key, tuple(counts.items())) for key, counts in sorted(found.items())]


def by_line(places: Iterable[Place]) -> dict[str, dict[int, list[Place]]]:
    """The places of each file by their lines."""
    found: dict[str, dict[int, list[Place]]] = {}
    for place in places:
        found.setdefault(place.file, {}).setdefault(place.line, []).append(place)
    return found
