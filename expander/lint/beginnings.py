"""Which plain texts an expansion can come to, as far as that stands in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.ast.expansion import If, Item, Sequence, Text
from grammar.record import Record
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.survey import Survey
    from grammar.ast.expansion import Node
    from grammar.source import Source


class Outcome(Record):
    """A text that an expansion may have as its value.

    ``text`` is what is known of it from its beginning on, ``whole`` true if that is all of it;
    ``span`` is the place of the known text. Where nothing is known ``text`` is "" and ``whole`` false.
    """

    text: str
    span: Span
    whole: bool


def outcomes(survey: Survey, source: Source) -> tuple[Outcome, ...]:
    """The texts that an expansion may come to, through the branches of ``${if`` and the yes and no strings.

    A branch whose value is only known at run time gives one that is not whole. Empty only for an
    expansion that cannot be read or always fails.
    """
    tree = survey.tree(source)
    return () if tree is None else tuple(_of(tree, source))


def _of(node: Node, source: Source) -> Iterator[Outcome]:
    if isinstance(node, Text):
        yield Outcome(node.value, Span(source, node.start, node.end), whole=True)
    elif isinstance(node, Sequence):
        yield from _of_sequence(node, source)
    elif isinstance(node, If) or (isinstance(node, Item) and (node.yes or node.no) is not None):
        yield from _of_branches(node, source)
    else:
        yield Outcome("", Span(source, node.start, node.end), whole=False)


def _of_sequence(node: Sequence, source: Source) -> Iterator[Outcome]:
    """The first part tells how the value begins; what stands behind it is not put together."""
    if not node.parts:
        yield Outcome("", Span(source, node.start, node.end), whole=True)
        return
    first, *rest = node.parts
    if not rest:
        yield from _of(first, source)
        return
    for found in _of(first, source):
        yield Outcome(found.text, found.span, whole=False)


def _of_branches(node: If | Item, source: Source) -> Iterator[Outcome]:
    """What the yes and the no string come to; a word ``fail`` there gives no value."""
    for branch in (node.yes, node.no):
        if isinstance(branch, Sequence | Text):
            yield from _of(branch, source)
    if node.no is None or node.yes is None:
        end = Span(source, node.end, node.end)
        yield Outcome("", end, whole=node.yes is not None)
