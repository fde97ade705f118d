"""Builds the conditions in the tree of an expansion, and words what is wrong with them."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from grammar.ast.expansion import Broken, Condition, Node, Variable
from grammar.expansion_parts import LONGEST_NAME, SPACE, is_token, leading_groups, position
from grammar.expansion_tokens import header

if TYPE_CHECKING:
    from grammar.shapes import ConditionShape, Shapes

Arguments = tuple[list[Node], Broken | None]
"""The arguments of a condition, and what is wrong after the last."""


class ConditionBuilder:
    """The half of the builder that the parser calls for conditions."""

    shapes: Shapes
    text: str

    @abstractmethod
    def _worded(self, message: str) -> str: ...

    def _remaining(self, at: int) -> str:
        return self.text[at:].lstrip(SPACE)

    def condition(self, children: list[Any]) -> Node:
        """A condition with its negations."""
        negations = sum(1 for child in children if is_token(child, "NOT"))
        children = children[negations:]
        head = children[0]
        if head.kind == "MISSING":
            return self._no_condition(head.start)
        name = head.text.strip()
        start = head.end - len(name)
        if head.kind == "NAME":
            return Broken(start, head.end, f'unknown condition "{name[:LONGEST_NAME]}"')
        shape = self.shapes.conditions[name]
        arguments, broken = getattr(self, f"_arguments_{shape.form}")(name, shape, children[1:])
        end = max((a.end for a in arguments), default=head.end)
        return Condition(start, end, name, bool(negations % 2), tuple(arguments), broken)

    def _no_condition(self, at: int) -> Broken:
        found = self._remaining(at)[:16]
        return Broken(at, at, f'condition name expected, but found "{found}"')

    @staticmethod
    def _arguments_none(_name: str, _shape: ConditionShape, _rest: list[Any]) -> Arguments:
        return [], None

    def _arguments_strings(self, name: str, shape: ConditionShape, rest: list[Any]) -> Arguments:
        if len(rest) == 1 and isinstance(rest[0], list):
            return self._arguments_bundle(name, shape, rest)
        arguments, surplus = leading_groups(rest, shape.most)
        if len(arguments) >= shape.least:
            return list(arguments), None
        index, at = len(arguments), position(surplus[0])
        default = f'missing {{ after "{name}"' if index == 0 else f'missing 2nd string in {{}} after "{name}"'
        words = shape.complaints.get(f"few{index}") or shape.complaints.get("few") or default
        return list(arguments), Broken(at, at, self._worded(words))

    def bundle(self, children: list[Any]) -> list[Any]:
        """Groups in braces of their own."""
        return children

    def _arguments_bundle(self, name: str, shape: ConditionShape, rest: list[Any]) -> Arguments:
        inside = rest[0]
        if not isinstance(inside, list):
            words = shape.complaints.get("open", f'missing {{ after "{name}"')
            return [], Broken(inside.start, inside.start, words)
        arguments, surplus = leading_groups(inside[1:-1], shape.most)
        if len(arguments) >= shape.least and not surplus:
            return list(arguments), None
        at = position(surplus[0]) if surplus else inside[-1].start
        words = shape.complaints.get("few", f"too few arguments or bracketing error for {name}")
        if surplus and isinstance(surplus[0], Node):
            words = shape.complaints.get("many", words)
        return list(arguments), Broken(at, at, words)

    def subconditions(self, children: list[Any]) -> list[Any]:
        """Conditions in braces, in braces of their own."""
        return children

    def tested(self, children: list[Any]) -> list[Any]:
        """A condition in braces."""
        return children

    def _arguments_subconditions(self, name: str, _shape: ConditionShape, rest: list[Any]) -> Arguments:
        if not isinstance(rest[0], list):
            return [], Broken(rest[0].start, rest[0].start, f'missing {{ after "{name}"')
        arguments: list[Node] = []
        for child in rest[0][1:-1]:
            if not isinstance(child, list):
                at = child.start
                words = f'each subcondition inside an "{name}{{...}}" condition must be in its own {{}}'
                return arguments, Broken(at, at, words)
            arguments.append(child[1])
            if is_token(child[2], "MISSING"):
                at = child[2].start
                return arguments, Broken(at, at, f'missing }} at end of condition inside "{name}" group')
        return arguments, None

    def _arguments_list(self, name: str, _shape: ConditionShape, rest: list[Any]) -> Arguments:
        subject, inside = rest
        if not isinstance(subject, Node):
            return [], Broken(subject.start, subject.start, f'missing {{ after "{name}"')
        if not isinstance(inside, list):
            return [subject], Broken(inside.start, inside.start, f'missing {{ after "{name}"')
        if is_token(inside[2], "MISSING"):
            at = inside[2].start
            return [subject, inside[1]], Broken(at, at, f'missing }} at end of condition inside "{name}"')
        return [subject, inside[1]], None

    def _arguments_def(self, _name: str, _shape: ConditionShape, rest: list[Any]) -> Arguments:
        colon, *named = rest
        if colon.kind == "MISSING":
            return [], Broken(colon.start, colon.start, '":" expected after "def"')
        token = named[0]
        if token.kind == "MISSING":
            return [], Broken(token.start, token.start, 'variable name omitted after "def:"')
        if token.kind == "DEF_HEADER":
            return [header(token.text, token.start, token.end)], None
        return [Variable(token.start, token.end, token.text[:LONGEST_NAME])], None
