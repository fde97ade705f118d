"""What Exim finds wrong with an item even where it skips it: there the literal text counts alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError
from expander.expand import regex
from expander.expand.compiled import Complaint
from grammar.ast.expansion import Sequence, Text

if TYPE_CHECKING:
    from drivers.api.unit import Unit
    from expander.expand.compiler import Compiler
    from grammar.ast.expansion import Item, Node


def literal(node: Node) -> str:
    """The text of a node when it is skipped: variables, operators and items count as empty."""
    if isinstance(node, Text):
        return node.value
    return "".join(map(literal, node.parts)) if isinstance(node, Sequence) else ""


def complaint(compiler: Compiler, unit: Unit, node: Item) -> Complaint | None:
    """What the unit's ``when_skipped`` says of the literal texts, or a bad pattern among them."""
    sources = unit.facts.get("sources", ())
    text = compiler.source.text
    texts = [
        text[group.start : group.end] if index in sources else literal(group)
        for index, group in enumerate(node.groups)
    ]
    judge = unit.facts.get("when_skipped")
    named = {"words": tuple(word.value for word in node.words)} if unit.facts["shape"].words else {}
    try:
        if judge is not None:
            judge(*texts, **named)
        for index in unit.facts.get("patterns", ()):
            if index < len(texts):
                regex.pattern(texts[index])
    except ExpansionError as error:
        return Complaint(error.message, compiler.span(node))
    return None
