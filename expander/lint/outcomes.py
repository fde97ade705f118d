"""The texts that an expansion can come to, as far as they stand in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from grammar.ast.expansion import Fail, If, Item, Sequence, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grammar.ast.expansion import Node

MOST = 64
"""Expansions that can come to more texts than this are taken as unknown."""


class Outcome(NamedTuple):
    """One of the texts: all of it if ``whole``, else only how it begins.

    ``start`` and ``end`` are the bytes of the expansion that say so.
    """

    text: str
    start: int
    end: int
    whole: bool = True


def outcomes(node: Node | None) -> tuple[Outcome, ...]:
    """What a node can come to; both sides of a condition count, and those that fail by force do not.

    A node of which nothing is known gives one outcome that begins with nothing.
    """
    if node is None:
        return ()
    if isinstance(node, Text):
        return (Outcome(node.value, node.start, node.end),)
    if isinstance(node, Fail):
        return ()
    if isinstance(node, Sequence):
        return _joined(node)
    if isinstance(node, If) and node.broken is None:
        return tuple(_either(node, node.yes, node.no, ("true", "")))
    if isinstance(node, Item) and node.yes is not None and node.broken is None:
        return tuple(_either(node, node.yes, node.no, ("", "")))
    return (_unknown(node),)


def _unknown(node: Node) -> Outcome:
    return Outcome("", node.start, node.end, whole=False)


def _either(node: Node, yes: Node | None, no: Node | None, unsaid: tuple[str, str]) -> Iterator[Outcome]:
    for side, text in zip((yes, no), unsaid, strict=True):
        if side is None:
            yield Outcome(text, node.start, node.end)
        else:
            yield from outcomes(side)


def _joined(node: Sequence) -> tuple[Outcome, ...]:
    """The parts one after the other; what comes behind an unknown part does not count."""
    if len(node.parts) == 1:
        return outcomes(node.parts[0])
    found = [Outcome("", node.start, node.end)]
    for part in node.parts:
        longer = []
        for before in found:
            if not before.whole:
                longer.append(before)
                continue
            longer += [
                Outcome(before.text + after.text, node.start, node.end, whole=after.whole)
                for after in outcomes(part)
            ]
        if len(longer) > MOST:
            return (_unknown(node),)
        found = longer
    return tuple(dict.fromkeys(found))
