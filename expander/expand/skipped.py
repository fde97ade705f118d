"""What Exim finds wrong with an item even where it skips it: there the literal text counts alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.errors import ExpansionError, Fatal
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
        return node.value  # the text around it ends at its first NUL
    if isinstance(node, If):
        return "" if node.no is None else literal(node.no)
    if isinstance(node, Item) and node.broken is None:
        return _literal_item(node)
    if not isinstance(node, Sequence):
        return ""
    # Comprehensions, not map: they take no room on the stack of C, of which there is little.
    return "".join([literal(part) for part in node.parts]).partition("\0")[0]


def _literal_item(node: Item) -> str:
    """Some items are worked out; those that choose between strings come to the same one always."""
    unit = registry.find("item", node.name)
    if unit is None:
        return ""
    if unit.facts["shape"].branches and not unit.facts["shape"].open_ended:
        chosen = getattr(node, unit.facts.get("yields_when_skipped", "no"))
        return "" if chosen is None else literal(chosen)
    work = unit.facts.get("literal")
    if isinstance(work, int):
        return literal(node.groups[work])
    try:
        return "" if work is None else str(work(*[literal(group) for group in node.groups]))
    except (ExpansionError, Fatal):
        return ""


def _judged(compiler: Compiling, unit: Unit, group: Node, index: int) -> str:
    """The literal text of a group, or the group as it stands where that is never expanded."""
    if index not in unit.facts.get("sources", ()):
        return literal(group)
    return compiler.source.text[group.start : group.end] if unit.facts.get("unexpanded") else ""


def complaint(compiler: Compiling, unit: Unit, node: Item) -> Complaint | None:
    """What the unit's ``when_skipped`` says of the literal texts, or a bad pattern among them."""
    judge = unit.facts.get("when_skipped")
    patterns = unit.facts.get("patterns", ())
    runs = unit.facts.get("runs_when_skipped", False)
    judged = range(len(node.groups)) if judge is not None or runs else patterns
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
    except (ExpansionError, Fatal) as error:
        return Complaint(error.message, compiler.span(node), isinstance(error, Fatal))
    if runs and len(texts) == unit.facts["shape"].most and any(texts):
        wrong = compiler.error_of(lambda ctx: unit.impl(ctx, *texts))
        return Complaint(wrong.message, compiler.span(node)) if wrong else None
    return None
