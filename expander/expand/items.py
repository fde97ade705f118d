"""Compiles ``${item{...}{...}}``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drivers.api import registry
from drivers.api.errors import Failed
from drivers.api.text import Tainted
from expander.expand import calls
from expander.expand.compiled import Compiled, Complaint, first_complaint
from grammar.ast.expansion import Condition, Fail, Node
from grammar.shapes import CONDITION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.api.protocols import Context, Run
    from drivers.api.unit import Unit
    from expander.expand.compiler import Compiler
    from grammar.ast.expansion import Item


def compile_item(compiler: Compiler, node: Item) -> Compiled:
    """The groups in order, the item's own work, then the yes or no string where it has them."""
    unit = registry.find("item", node.name)
    if unit is None:
        message = f"the index has no item {node.name}"
        raise LookupError(message)
    if not compiler.profile.has(unit):
        return _not_built(compiler, node)
    if unit.facts["shape"].open_ended:
        return _open_ended(compiler, node, unit)
    groups = [_group(compiler, unit, node, index) for index in range(len(node.groups))]
    broken = compiler.complaint_of(node.broken)
    first = first_complaint(*[group.complaint for group in groups])
    if broken is not None and not _complete(unit, node):
        return Compiled(_incomplete(groups, broken), first_complaint(first, broken))
    found = _work(compiler, unit, node, groups)
    if not unit.facts["shape"].branches:
        return Compiled(_then_broken(found, broken), first_complaint(first, broken))
    yes, no = compiler.branches(node.name, node.yes, node.no)
    run = _branching(unit, found, None if node.yes is None else yes, no)
    complaint = first_complaint(first, yes.complaint, no.complaint, broken)
    return Compiled(_then_broken(run, broken), complaint)


def _complete(unit: Unit, node: Item) -> bool:
    """True if all groups are there, so that the item works before the surplus is noticed."""
    shape = unit.facts["shape"]
    return bool(shape.branches) and len(node.groups) >= shape.least


def _group(compiler: Compiler, unit: Unit, node: Item, index: int) -> Compiled:
    group = node.groups[index]
    suffix = unit.facts.get("inside", "")
    if unit.facts["shape"].group_kind(index) == CONDITION:
        made = compiler.compile_test(group)
        complaint = made.complaint.inside(suffix) if made.complaint else None
        return Compiled(made.test, complaint)  # type: ignore[arg-type] # handed on as a test
    compiled = compiler.compile(group)
    if suffix and index in unit.facts.get("lazy", ()):
        complaint = compiled.complaint.inside(suffix) if compiled.complaint else None
        return Compiled(compiled.run, complaint, compiled.constant)
    return compiled


def _not_built(compiler: Compiler, node: Item) -> Compiled:
    message = f'"${{{node.name}" encountered, but this facility is not included in this binary'
    span = compiler.span(node)

    def run(_ctx: Context) -> str:
        raise Failed(message, span)

    return Compiled(run)


def _incomplete(groups: Sequence[Compiled], broken: Complaint) -> Run:
    """Exim expands the groups that are there before it misses the next."""

    def run(ctx: Context) -> str:
        for group in groups:
            group.run(ctx)
        raise broken.error()

    return run


def _then_broken(run: Run, broken: Complaint | None) -> Run:
    if broken is None:
        return run

    def run_then_fail(ctx: Context) -> str:
        run(ctx)
        raise broken.error()

    return run_then_fail


def _work(compiler: Compiler, unit: Unit, node: Item, groups: Sequence[Compiled]) -> Run:
    """The item's own function over its groups: values for strict ones, closures for lazy ones."""
    function = calls.with_context(unit)
    lazy = set(unit.facts.get("lazy", ()))
    shape = unit.facts["shape"]
    lazy |= {index for index in range(len(groups)) if shape.group_kind(index) == CONDITION}
    named: dict[str, Any] = {"words": tuple(word.value for word in node.words)} if shape.words else {}
    if shape.words == "type":
        named["keyed"] = len(node.groups) > 1
    plan = [(index in lazy, group.run) for index, group in enumerate(groups)]
    keeps = compiler.mode.taint and unit.facts.get("taint", "keeps") == "keeps"
    adds = compiler.mode.taint and unit.facts.get("taint") == "adds"

    def run(ctx: Context) -> str:
        values = [run if is_lazy else run(ctx) for is_lazy, run in plan]
        result: str | None = function(ctx, *values, **named)
        if result is not None and (adds or (keeps and Tainted in map(type, values))):
            return Tainted(result)
        return result  # type: ignore[return-value] # None stands for "not found" in items with branches

    return run


def _branching(unit: Unit, found: Run, yes: Compiled | None, no: Compiled) -> Run:
    """The yes string sees the result as ``$value``; without one the result itself is the value."""
    value_in_no = bool(unit.facts.get("value_in_no"))

    def run(ctx: Context) -> str:
        value, captures = ctx.value, ctx.captures
        try:
            result = found(ctx)
            if result is not None:
                ctx.value = result
                chosen = result if yes is None else yes.run(ctx)
                if no.complaint:
                    raise no.complaint.error()
                return chosen
            if not value_in_no:
                ctx.value = value
            if yes is not None and yes.complaint:
                raise yes.complaint.error()
            return no.run(ctx)
        finally:
            ctx.value, ctx.captures = value, captures

    return run


class _Parts:
    """The groups of an item whose number of own arguments depends on a value."""

    __slots__ = ("_compiler_branches", "_groups", "_no", "_runs")

    def __init__(self, groups: Sequence[Compiled], no: Compiled | None) -> None:
        self._groups = groups
        self._runs = [group.run for group in groups]
        self._no = no

    def __len__(self) -> int:
        return len(self._runs)

    def __getitem__(self, index: int) -> Run:
        return self._runs[index]

    def choose(self, ctx: Context, found: str | None, *, after: int) -> str:
        """The yes or no string among the groups from ``after`` on, as the result says."""
        rest = self._groups[after:]
        yes = rest[0] if rest else None
        no = rest[1] if len(rest) > 1 else self._no
        saved = ctx.value
        try:
            if found is None:
                if yes is not None and yes.complaint:
                    raise yes.complaint.error()
                return "" if no is None else no.run(ctx)
            ctx.value = found
            chosen = found if yes is None else yes.run(ctx)
            if no is not None and no.complaint:
                raise no.complaint.error()
            return chosen
        finally:
            ctx.value = saved


def _open_ended(compiler: Compiler, node: Item, unit: Unit) -> Compiled:
    groups = [compiler.compile(group) for group in node.groups]
    no = compiler.forced(node.name, node.no) if isinstance(node.no, Fail) else None
    broken = compiler.complaint_of(node.broken)
    first = first_complaint(*[group.complaint for group in groups], broken)
    if len(groups) < unit.facts["shape"].least and broken is not None:
        return Compiled(_incomplete(groups, broken), first)
    function = calls.with_context(unit)
    words = tuple(word.value for word in node.words)
    parts = _Parts(groups, no)
    surplus = broken.message if broken is not None else None
    taint = compiler.mode.taint

    def run(ctx: Context) -> str:
        result: str = function(ctx, parts, words)
        if surplus is not None:
            raise Failed(surplus, compiler.span(node))
        return result

    del taint
    return Compiled(run, first)


def is_test(node: Node) -> bool:
    """True for what gives a truth value."""
    return isinstance(node, Condition)
