"""Compiles expansions that tell their steps in Exim's words: what ``-d+expand`` shows.

Exim's expansion is one procedure that calls itself for every group. It tells what text it comes to
and what a group came to, and it goes in the same way, "scanning", through the groups that it skips.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

from drivers.api import registry
from drivers.api.errors import ExpansionError
from drivers.api.text import SPACE
from expander.expand import calls
from expander.expand.compiled import Compiled, CompiledTest, Complaint, first_complaint
from expander.expand.compiler import Compiler
from expander.expand.extent import condition_end
from expander.expand.narrated_group import ITEM_RESULT, OPERATOR_RESULT, Group, Step, raw_value, tellings
from expander.expand.skipped import literal
from grammar.ast.expansion import (
    Broken,
    Condition,
    Fail,
    Header,
    If,
    Item,
    Node,
    Operator,
    Sequence,
    Text,
    Variable,
)
from grammar.expansion import parse
from grammar.record import replaced
from grammar.source import Source, Span
from grammar.words import UNENDED

UNESCAPED_BRACE = re.compile(r"(?<!\\)\}")

if TYPE_CHECKING:
    from collections.abc import Callable

    from drivers.api.profile import Profile
    from drivers.api.protocols import Context, Run, Test
    from drivers.api.unit import Unit
    from expander.expand.compiled import Skip
    from expander.expand.mode import Mode
    from grammar.shapes import ItemShape


T = TypeVar("T")


class NarratingCompiler(Compiler):
    """The compiler whose closures tell the context's narrator what they do.

    ``part`` is set for a piece of another text that is read on its own: that text, and where the
    piece begins in it.
    """

    def __init__(
        self, profile: Profile, mode: Mode, source: Source, part: tuple[str, int] | None = None
    ) -> None:
        super().__init__(profile, mode, source)
        self._whole, self._offset = part or (source.text, 0)
        self._skips: dict[int, Skip] = {}
        """What skips the groups and conditions that were compiled, by the identity of the node."""
        self._tests: dict[int, Test] = {}

    @staticmethod
    def unit(family: str, name: str) -> Unit | None:
        """The unit behind a name, in the form that tells what it does if it has one."""
        unit = registry.find(family, name)
        if unit is None or unit.facts.keys().isdisjoint({"narrated", "told_arguments"}):
            return unit
        facts = unit.facts
        told = {**facts, "tells": facts.get("told_arguments")}
        return replaced(unit, impl=facts.get("narrated", unit.impl), facts=told)

    def of_text(self, source: Source) -> NarratingCompiler:
        """A compiler for another text, of the same profile and mode."""
        return NarratingCompiler(self.profile, self.mode, source)

    def compile_part(self, group: Node) -> Compiled:
        """The closure for the text of a group that was kept as it stands, read as an expansion."""
        text = self.source.text[group.start : group.end]
        place = self._whole, self._offset + group.start
        inner = NarratingCompiler(self.profile, self.mode, Source("command", text), place)
        made = inner.compile(parse(text, registry.shapes(self.profile)))
        if made.skip is not None:
            self._skips[id(group)] = made.skip
        return made

    # -- groups and their pieces

    def compile(self, node: Node) -> Compiled:
        """The closure for a group, or for the whole text."""
        if isinstance(node, Broken | Fail):
            return self._by_node[type(node)](node)
        parts = node.parts if isinstance(node, Sequence) else (node,)
        steps: list[Step] = []
        made: list[Compiled] = []
        at = node.start
        for part in parts:
            one = self._by_node[type(part)](part)
            made.append(one)
            steps.append(self._step(part, at + self._offset, one))
            at = part.end
        group = Group(self._whole, self._offset + node.start, self._offset + node.end, tuple(steps))
        self._skips[id(node)] = group.scan
        complaint = first_complaint(*[one.complaint for one in made])
        return Compiled(group.run, complaint, fixed=all(one.fixed for one in made), skip=group.scan)

    def compile_source(self, group: Node) -> Compiled:
        """The closure for the name of a variable, which Exim reads as text that begins after the dollar."""
        made = super().compile_source(group)
        if made.complaint is not None or not self.source.text.startswith("$", group.start):
            return made._replace(skip=None)
        told = self._raw(group.start + 1)
        self._skips[id(group)] = told.scan
        return made._replace(run=told.run, skip=told.scan)

    def _raw(self, start: int) -> Group:
        """The text up to the next brace, in which dollars are nothing special."""
        text = self.source.text
        found = UNESCAPED_BRACE.search(text, start)
        end = found.start() if found else len(text)
        at = start + self._offset
        steps = [Step(at, raw_value(text[start:end]), tellings(text[start:end], at))]
        if found is None:
            fail = Complaint(UNENDED, Span(self.source, start, end)).fail
            steps.append(Step(end + self._offset, "", (), fail, fail))
        return Group(self._whole, at, end + self._offset, tuple(steps))

    def _operator(self, node: Operator) -> Compiled:
        """An operator on a certificate first looks for the name of a variable."""
        made = super()._operator(node)
        unit = registry.find("operator", node.name)
        start = node.argument.start
        if unit is None or "of_certificate" not in unit.facts or not self.source.text.startswith("$", start):
            return made
        name, run, skip = self._raw(start + 1), made.run, self._skip_of(node, made)

        def told(ctx: Context) -> str:
            name.run(ctx)
            return run(ctx)

        def told_skip(ctx: Context) -> None:
            name.scan(ctx)
            if skip is not None:
                skip(ctx)

        return made._replace(run=told, skip=told_skip)

    def _step(self, part: Node, at: int, made: Compiled) -> Step:
        if isinstance(part, Text):
            return Step(at, part.value, tellings(self.source.text[part.start : part.end], at))
        is_item = isinstance(part, Item | If)
        result = OPERATOR_RESULT if isinstance(part, Operator) else ITEM_RESULT if is_item else ""
        scanned = result if isinstance(part, If) or _is_told(part) else ""
        run = self._announced(part, made.run) if isinstance(part, Item) else made.run
        skip, is_variable = self._skip_of(part, made), isinstance(part, Variable | Header)
        return Step(at, literal(part), (), run, skip, result, scanned, is_variable)

    @staticmethod
    def _announced(part: Item, run: Run) -> Run:
        """The closure of an item, which may have something to tell before its groups."""
        unit = registry.find("item", part.name)
        told_first = unit.facts.get("told_first") if unit is not None else None
        if told_first is None:
            return run
        words = tuple(word.value for word in part.words)

        def announce(ctx: Context) -> str:
            line = told_first(words)
            if line and ctx.narrator is not None:
                ctx.narrator.say(line)
            return run(ctx)

        return announce

    def _skip_of(self, part: Node, made: Compiled) -> Skip | None:
        """What goes through an item or an operator that is skipped: its groups, in the order of the text."""
        complaint = made.complaint
        if made.skip is not None:
            return made.skip
        if isinstance(part, Operator):
            inside: tuple[Node | None, ...] = (part.argument,)
        elif isinstance(part, Item):
            inside = (*part.groups[: self._read_before(part, complaint)], part.yes, part.no)
        elif isinstance(part, If):
            return self._skip_of_if(part, complaint)
        else:
            return None if complaint is None else complaint.fail
        return self._skip_all(inside, complaint)

    def _read_before(self, part: Item, complaint: Complaint | None) -> int:
        """How many groups are read before the item itself complains of one that is judged at once."""
        unit = registry.find("item", part.name)
        checked = unit.facts.get("checks", ()) if unit is not None else ()
        own = complaint is not None and complaint.span == self.span(part)
        if own and checked:
            return int(max(checked)) + 1
        shape: ItemShape | None = unit.facts["shape"] if unit is not None else None
        return shape.most if shape is not None and shape.open_ended else len(part.groups)

    def _skip_all(self, nodes: tuple[Node | None, ...], complaint: Complaint | None) -> Skip:
        reached = [
            node
            for node in nodes
            if node is not None and (complaint is None or node.start <= complaint.span.end)
        ]
        skips = [self._skips[id(node)] for node in reached if id(node) in self._skips]

        def skip(ctx: Context) -> None:
            try:
                for one in skips:
                    one(ctx)
            except ExpansionError:
                if complaint is None:
                    raise
                raise complaint.error() from None
            if complaint is not None:
                raise complaint.error()

        return skip

    # -- conditions

    def _skip_of_if(self, node: If, complaint: Complaint | None) -> Skip:
        test = self._skips.get(id(node.condition))
        branches = self._skip_all((node.yes, node.no), complaint)
        shown = self._shown(node)

        if test is None:  # no condition, so the rest is not looked at
            return branches if complaint is None else complaint.fail

        def skip(ctx: Context) -> None:
            try:
                test(ctx)
            except ExpansionError:
                if complaint is not None:
                    raise complaint.error() from None
                raise
            _tell_decision(ctx, shown, result=False)
            branches(ctx)

        return skip

    def compile_decision(self, node: If) -> CompiledTest:
        """The closure for the condition of ``${if``, which is told together with its result."""
        made = self.compile_test(node.condition)
        test, shown = made.test, self._shown(node)

        def told(ctx: Context) -> bool:
            result = test(ctx)
            _tell_decision(ctx, shown, result=result)
            return result

        return made._replace(test=told)

    def _shown(self, node: If) -> str:
        """The condition as it is written, with its negations."""
        text, test = self.source.text, node.condition
        if not isinstance(test, Condition):
            return ""
        head = text[node.start + len("${if") : condition_end(test, text)]
        return head.lstrip(SPACE)

    def compile_test(self, node: Node) -> CompiledTest:
        """The closure for a condition."""
        made = super().compile_test(node)
        if not isinstance(node, Condition):
            return made
        unit = self.unit("condition", node.name)
        begun = unit is not None and unit.facts["shape"].form == "list"
        test, skip = made.test, self._skip_all(node.arguments, made.complaint)
        own = made.complaint is None or made.complaint.span == self.span(node)
        if unit is not None and own and node.broken is None:
            values: tuple[Any, ...] = ()
            if unit.facts.get("told_when_skipped"):
                values = tuple(map(literal, node.arguments))
            elif begun and literal(node.arguments[0]):  # Exim goes through what is plain text
                suffix = f' inside "{node.name}" condition'
                inner = calls.worded_inside(self._tests[id(node.arguments[1])], suffix)
                values = literal(node.arguments[0]), inner
            if values:
                skip = _then_judged(self._skip_all(node.arguments, None), unit.impl, values)
        if begun:
            test, skip = _begun(test, node.name), _begun(skip, node.name)
        self._tests[id(node)] = test
        self._skips[id(node)] = skip
        return made._replace(test=test, skip=skip)


def _begun(work: Callable[[Context], T], name: str) -> Callable[[Context], T]:
    """Tell that a condition that goes through a list begins."""

    def told(ctx: Context) -> T:
        if ctx.narrator is not None:
            ctx.narrator.say(f"condition: {name}")
        return work(ctx)

    return told


def _then_judged(skip: Skip, judge: Callable[..., Any], values: tuple[Any, ...]) -> Skip:
    """Some conditions are worked out even where they are skipped, on what is plain text."""

    def skip_and_judge(ctx: Context) -> None:
        skip(ctx)
        judge(ctx, *values)

    return skip_and_judge


def _is_told(part: Node) -> bool:
    """True for an item that comes to something even where it is skipped, and tells it."""
    unit = registry.find("item", part.name) if isinstance(part, Item) else None
    return unit is not None and bool(unit.facts.get("told_when_skipped"))


def _tell_decision(ctx: Context, shown: str, *, result: bool) -> None:
    if ctx.narrator is not None:
        ctx.narrator.draw("├──condition: ", shown)
        ctx.narrator.draw("├─────result: ", "true" if result else "false")
