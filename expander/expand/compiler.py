"""Typed tree to closures: parse once, compile once, run often.

Compiling never raises for what a text says. What Exim would refuse when it reaches it becomes a
closure that raises; what Exim refuses even where it skips is kept beside as the complaint.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.errors import ExpansionError, ForcedFail
from drivers.api.limits import NOTABLE
from drivers.api.text import QuotedFor, Tainted, tainted_like
from expander.expand import operators, variables
from expander.expand.choosing import careful_choice, choice, restoring
from expander.expand.compiled import (
    Compiled,
    CompiledTest,
    Complaint,
    broken,
    broken_test,
    constant,
    first_complaint,
    marked_test,
    skipping,
    skipping_all,
)
from expander.expand.fold import Budget, error_of, folded
from expander.expand.trace import traced, traced_test
from grammar.ast.expansion import (
    Broken,
    Capture,
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
from grammar.source import Source, Span
from grammar.words import NO_END, UNENDED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from drivers.api.profile import Profile
    from drivers.api.protocols import Context, Run
    from drivers.api.unit import Unit
    from expander.expand.compiled import Mark
    from expander.expand.mode import Mode

NUL = "\0"


class Compiler:
    """Compiles the trees of one text for one profile and mode.

    ``free`` makes a template of the text: the number of the literal for each place where one starts.
    """

    def __init__(
        self,
        profile: Profile,
        mode: Mode,
        source: Source,
        free: Mapping[int, int] | None = None,
        budget: Budget | None = None,
    ) -> None:
        self.profile = profile
        self.mode = mode
        self.source = source
        self._free = free
        self._budget = budget or Budget()
        self._by_node: dict[type[Node], Callable[..., Compiled]] = {
            Text: self._text,
            Sequence: self._sequence,
            Broken: self._broken,
            Capture: self._capture,
            Variable: partial(variables.compile_variable, self),
            Header: partial(variables.compile_header, self),
            Operator: self._operator,
            Item: self._item,
            If: self._if,
            Fail: self._broken_fail,
        }

    @staticmethod
    def unit(family: str, name: str) -> Unit | None:
        """The unit behind a name; None if the index does not have it."""
        return registry.find(family, name)

    def of_text(self, source: Source) -> Compiler:
        """A compiler for another text, of the same profile and mode."""
        return Compiler(self.profile, self.mode, source, budget=self._budget)

    def compile_part(self, group: Node) -> Compiled:
        """The closure for the text of a group that was kept as it stands, read as an expansion."""
        return self.of_made_text(self.source.text[group.start : group.end])

    def compile(self, node: Node) -> Compiled:
        """The closure for a node that gives text."""
        made = self._by_node[type(node)](node)
        if self.mode.trace and not isinstance(node, Text):
            return made._replace(run=traced(made.run, node, self.span(node)))
        return made

    def settle(self, pieces: list[Compiled]) -> list[Compiled]:
        """The pieces of something that is not constant, the constant ones worked out."""
        if not self.mode.fold:
            return pieces
        return [self.folded(one) if one.fixed and one.constant is None else one for one in pieces]

    def folded(self, piece: Compiled) -> Compiled:
        """The constant that a piece comes to, or the piece itself."""
        return folded(piece, self.profile, self._budget, self.of_made_text) if self.mode.fold else piece

    def error_of(self, test: Callable[[Context], object]) -> ExpansionError | None:
        """What a piece that depends on nothing raises when it is run."""
        return error_of(test, self.profile, self._budget, self.of_made_text)

    def of_made_text(self, text: str) -> Compiled:
        """The closure for a text that an expansion makes while it is worked out."""
        source = Source("expansion", text)
        return self.of_text(source).compile(parse(text, registry.shapes(self.profile)))

    def compile_source(self, group: Node) -> Compiled:
        """The closure for a text that is not expanded at all: nothing but that it does not end is wrong."""
        parts = group.parts if isinstance(group, Sequence) else (group,)
        unended = [part for part in parts if isinstance(part, Broken) and part.message == UNENDED]
        return self.compile(unended[0] if unended else Text(group.start, group.end, ""))

    def compile_test(self, node: Node) -> CompiledTest:
        """The closure for a condition."""
        if isinstance(node, Condition):
            from expander.expand import conditions

            made = conditions.compile_condition(self, node)
        else:
            made = broken_test(self.complaint(node))
        if self.mode.trace:
            return made._replace(test=traced_test(made.test, node, self.span(node)))
        return made

    def marker(self, node: Node) -> Mark | None:
        """What counts the two ways of a decision, None where nobody wants to know."""
        cover = self.mode.cover
        return None if cover is None else cover.marker(self.source.text, node.start)

    def span(self, node: Node) -> Span:
        """The place of a node in the text."""
        return Span(self.source, node.start, node.end)

    def complaint(self, node: Node) -> Complaint:
        """What a broken node says."""
        message = node.message if isinstance(node, Broken) else f"condition expected, found {node.kind}"
        return Complaint(message, self.span(node))

    def complaint_of(self, node: Broken | None) -> Complaint | None:
        """The same where there may be nothing broken."""
        return None if node is None else self.complaint(node)

    # -- simple nodes

    def _text(self, node: Text) -> Compiled:
        if self._free is not None and node.start in self._free and node.value:
            number = self._free[node.start]
            return Compiled(lambda ctx: ctx.literals[number])
        return constant(node.value.partition(NUL)[0])

    def _broken(self, node: Broken) -> Compiled:
        return broken(self.complaint(node))

    def _broken_fail(self, node: Fail) -> Compiled:
        """Where ``fail`` stands alone, as a group of an open-ended item; `forced` words it elsewhere."""
        return self.forced("extract", node)

    def forced(self, name: str, node: Fail) -> Compiled:
        """The word ``fail`` in the place of an item's no string."""
        message, span = f'"{name}" failed and "fail" requested', self.span(node)

        def run(_ctx: Context) -> str:
            raise ForcedFail(message, span)

        return Compiled(run, fixed=True)

    @staticmethod
    def _capture(node: Capture) -> Compiled:
        number = node.number

        def run(ctx: Context) -> str:
            captures = ctx.captures
            return captures[number] if number < len(captures) else ""

        return Compiled(run, fixed=True)

    def _operator(self, node: Operator) -> Compiled:
        return operators.compile_operator(self, node)

    def _item(self, node: Item) -> Compiled:
        from expander.expand import items

        return items.compile_item(self, node)

    # -- joining

    def _sequence(self, node: Sequence) -> Compiled:
        if len(node.parts) == 1 and type(node.parts[0]) is Text:
            return self._text(node.parts[0])
        parts = [self.compile(part) for part in node.parts]
        if len(parts) == 1 and _cut_after(node) is None and not parts[0].ends_text:
            return parts[0]
        fixed = all(part.fixed for part in parts)
        if not fixed:
            parts = self.settle(parts)
        complaint = first_complaint(*[part.complaint for part in parts])
        cut = _cut_after(node)
        if cut is not None:
            run = self._joined(parts, cut)
            return Compiled(_ended(run) if any(part.ends_text for part in parts[:cut]) else run, complaint)
        if not parts:
            return constant("")
        if any(part.ends_text for part in parts):
            return Compiled(_ended(self._joined(parts, len(parts))), complaint)
        if complaint is None and all(part.constant is not None for part in parts):
            return constant("".join([part.constant or "" for part in parts]))
        return Compiled(self._joined(parts, len(parts)), complaint, fixed=fixed, skip=skipping_all(*parts))

    def _joined(self, parts: list[Compiled], kept: int) -> Run:
        """All parts in order; the values of the first ``kept`` are joined."""
        runs = [part.run for part in parts]
        if kept < len(runs):

            def run_cut(ctx: Context) -> str:
                values = [run(ctx) for run in runs][:kept]
                return tainted_like("".join(values), *values)

            return run_cut
        if not self.mode.taint:
            return _plain_join(runs)
        return _tainted_join([(part.constant if self.mode.fold else None, part.run) for part in parts])

    # -- choosing

    def _if(self, node: If) -> Compiled:
        decision = self.compile_decision(node)
        test, test_complaint, fixed_test, _, looks = decision
        mark = self.marker(node)
        if mark is not None:
            test = marked_test(test, mark)
        after = self.complaint_of(node.broken)
        yes, no = self.branches("if", node.yes, node.no, after)
        complaint = first_complaint(test_complaint, yes.complaint, no.complaint, after)
        yes = constant("true") if node.yes is None else yes
        fixed = fixed_test and yes.fixed and no.fixed and complaint is None
        if not fixed:
            yes, no = self.settle([yes, no])
        skip = skipping_all(decision, yes, no, after=after)
        if after is None and skipping(yes) is None and skipping(no) is None:
            run = choice(test, yes, no, folds=self.mode.fold)
            made = Compiled(run, complaint, fixed=fixed, skip=skip)
            if looks and self.mode.fold and complaint is None:
                made = made._replace(
                    empty_unless=test if no.constant == "" else None,
                    fails_unless=test if isinstance(node.no, Fail) else None,
                )
            return made
        return Compiled(restoring(careful_choice(test, yes, no), after), complaint, fixed=fixed, skip=skip)

    def compile_decision(self, node: If) -> CompiledTest:
        """The closure for the condition of ``${if``."""
        return self.compile_test(node.condition)

    def branches(
        self, name: str, yes: Node | None, no: Node | None, after: Complaint | None
    ) -> tuple[Compiled, Compiled]:
        """The closures of the yes and no strings; an absent one is empty.

        What is wrong after the word ``fail`` is noticed before the failure is forced.
        """
        compiled_yes = constant("") if yes is None else self.compile(yes)
        if no is None:
            return compiled_yes, constant("")
        if isinstance(no, Fail):
            return compiled_yes, self.forced(name, no) if after is None else _misplaced_fail(after)
        return compiled_yes, self.compile(no)


def _misplaced_fail(after: Complaint) -> Compiled:
    """Exim says more of what follows ``fail`` where it is met than where it is skipped."""
    more = Complaint(after.message.replace(NO_END, f"{NO_END} after forcedfail", 1), after.span)
    return broken(more)._replace(complaint=None)


def _cut_after(node: Sequence) -> int | None:
    """Exim's strings end at a NUL: the number of parts up to the first text with one in it."""
    for index, part in enumerate(node.parts):
        if isinstance(part, Text) and NUL in part.value:
            return index + 1
    return None


def _ended(run: Run) -> Run:
    """The text up to the first NUL."""

    def cut(ctx: Context) -> str:
        text = run(ctx)
        return tainted_like(text.partition(NUL)[0], text)

    return cut


def _plain_join(runs: list[Run]) -> Run:
    if len(runs) == 2:
        first, second = runs

        def run_both(ctx: Context) -> str:
            text = first(ctx) + second(ctx)
            if len(text) > NOTABLE:
                ctx.grown(len(text))
            return text

        return run_both

    def run_all(ctx: Context) -> str:
        text = "".join([run(ctx) for run in runs])
        if len(text) > NOTABLE:
            ctx.grown(len(text))
        return text

    return run_all


def _tainted_join(parts: list[tuple[str | None, Run]]) -> Run:
    """The parts, each with its value if that is always the same."""

    def run(ctx: Context) -> str:
        values: list[str] = []
        for constant_text, part in parts:  # quicker than a comprehension, which is a function of its own
            values.append(part(ctx) if constant_text is None else constant_text)
        text = "".join(values)
        if len(text) > NOTABLE:
            ctx.grown(len(text))
        kinds = set(map(type, values))
        return tainted_like(text, *values) if Tainted in kinds or QuotedFor in kinds else text

    return run
