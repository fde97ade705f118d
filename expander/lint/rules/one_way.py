"""Conditions that come to the same whatever they find."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.expand.tree import walk
from expander.lint.acl_arguments import truth
from expander.lint.finding import WARNING, Finding, Note
from expander.lint.possible import outcomes
from expander.lint.rule import rule
from expander.lint.worth import depends, has_broken
from grammar.ast.expansion import Condition, If, Item, Sequence
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.survey import Survey
    from grammar.ast.expansion import Node

_START = "acl_smtp_rcpt = a\nbegin acl\na:\n"


@rule(
    "EXE034",
    "same-either-way",
    severity=WARNING,
    section="Expansion items",
    bad=f"{_START}  accept condition = ${{if eq{{$sender_address}}{{a@b.example}}{{no}}}}\n  deny\n",
    good=f"{_START}  accept condition = ${{if eq{{$sender_address}}{{a@b.example}}{{no}}{{yes}}}}\n  deny\n",
)
def same_either_way(survey: Survey) -> Iterator[Finding]:
    """An ``${if`` that is the value of a condition is true, or false, whatever it tests.

    Without strings the item is ``true`` or empty. With one string only, and that a false one, it is never
    true: the string for the other case is missing, or a bracket stands where it was not meant.
    """
    for text in survey.texts:
        if text.name != "condition" or text.section not in {"acl", "router"}:
            continue
        tree = survey.tree(text.source)
        node = tree.parts[0] if isinstance(tree, Sequence) and len(tree.parts) == 1 else tree
        if not isinstance(node, If) or not isinstance(node.condition, Condition) or has_broken(node):
            continue
        if not depends(node.condition) or _does_something(node.condition):
            continue
        found = outcomes(node)
        values = {truth(one.text) if one.whole else None for one in found}
        if len(found) > 1 and len(values) == 1 and None not in values:
            word = "true" if values.pop() else "false"
            span = Span(text.source, node.start, node.end)
            note = Note("it has one string for both cases" if word == "true" else "no case is true")
            yield Finding("EXE034", f"this is {word} whatever it tests", span, WARNING, (note,))


def _does_something(condition: Node) -> bool:
    """True for a condition that is asked for what it does: it looks something up or runs something."""
    return any(isinstance(part, Item) for part in walk(condition))
