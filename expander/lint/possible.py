"""The texts that an expansion can come to, as far as they stand in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from grammar.ast.expansion import Broken, Fail, If, Item, Sequence, Text

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


def outcomes(node: Node | None, gap: str = "") -> tuple[Outcome, ...]:
    """What a node can come to; both sides of a condition count, and those that fail by force do not.

    A node of which nothing is known gives one outcome that begins with nothing. With a ``gap``, texts go on
    behind parts that are not known, and it stands for those.
    """
    if node is None:
        return ()
    if isinstance(node, Text):
        return (Outcome(node.value, node.start, node.end),)
    if isinstance(node, Fail):
        return ()
    if isinstance(node, Sequence):
        return _joined(node, gap)
    if isinstance(node, If) and node.broken is None and not isinstance(node.condition, Broken):
        return tuple(_either(node, (node.yes, "true"), (node.no, ""), gap=gap))
    if isinstance(node, Item) and node.yes is not None and node.broken is None:
        return tuple(_either(node, (node.yes, ""), (node.no, ""), gap=gap))
    return (_unknown(node, gap),)


def _unknown(node: Node, gap: str) -> Outcome:
    return Outcome(gap, node.start, node.end, whole=False)


def _either(node: Node, *sides: tuple[Node | None, str], gap: str) -> Iterator[Outcome]:
    """What the sides come to: each with the text that stands for it where it is left out."""
    for side, text in sides:
        if side is None:
            yield Outcome(text, node.start, node.end)
        else:
            yield from outcomes(side, gap)


def _joined(node: Sequence, gap: str) -> tuple[Outcome, ...]:
    """The parts one after the other; what comes behind an unknown part does not count without a gap."""
    if len(node.parts) == 1:
        return outcomes(node.parts[0], gap)
    found = [Outcome("", node.start, node.end)]
    for part in node.parts:
        longer = []
        for before in found:
            if not before.whole and not gap:
                longer.append(before)
                continue
            longer += [
                Outcome(before.text + after.text, node.start, node.end, whole=before.whole and after.whole)
                for after in outcomes(part, gap)
            ]
        if len(longer) > MOST:
            return (_unknown(node, gap),)
        found = longer
    return tuple(dict.fromkeys(found))
