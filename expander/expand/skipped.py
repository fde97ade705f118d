"""What Exim finds wrong with an item even where it skips it: there the literal text counts alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.errors import ExpansionError
from expander.expand import regex
from expander.expand.compiled import Complaint
from grammar.ast.expansion import If, Item, Sequence, Text

if TYPE_CHECKING:
    from drivers.api.unit import Unit
    from expander.expand.compiled import Compiling
    from grammar.ast.expansion import Node


def literal(node: Node) -> str:
    """The text of a node when it is skipped: variables, operators and most items count as empty."""
    if isinstance(node, Text):
        return node.value
    if isinstance(node, If):
        return "" if node.no is None else literal(node.no)
    if isinstance(node, Item) and node.broken is None:
        unit = registry.find("item", node.name)
        work = unit.facts.get("literal") if unit else None
        if isinstance(work, int):
            return literal(node.groups[work])
        # Comprehensions, not map: they take no room on the stack of C, of which there is little.
        return "" if work is None else str(work(*[literal(group) for group in node.groups]))
    return "".join([literal(part) for part in node.parts]) if isinstance(node, Sequence) else ""


def _judged(compiler: Compiling, unit: Unit, group: Node, index: int) -> str:
    """The literal text of a group, or the group as it stands where that is never expanded."""
    if index not in unit.facts.get("sources", ()):
        return literal(group)
    return compiler.source.text[group.start : group.end] if unit.facts.get("unexpanded") else ""


def complaint(compiler: Compiling, unit: Unit, node: Item) -> Complaint | None:
    """What the unit's ``when_skipped`` says of the literal texts, or a bad pattern among them."""
    judge = unit.facts.get("when_skipped")
    patterns = unit.facts.get("patterns", ())
    judged = range(len(node.groups)) if judge is not None else patterns
    texts = [
        _judged(compiler, unit, group, index) if index in judged else ""
        for index, group in enumerate(node.groups)
    ]
    named = {"words": tuple(word.value for word in node.words)} if unit.facts["shape"].words else {}
    try:
        if judge is not None:
            judge(*texts, **named)
        for index in patterns:
            if index < len(texts):
                regex.pattern(texts[index])
    except ExpansionError as error:
        return Complaint(error.message, compiler.span(node))
    return None
