"""Compiles ``${item{...}{...}}``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drivers.api import registry
from drivers.api.errors import Failed
from drivers.api.text import Tainted
from expander.expand import calls, lookup, open_ended
from expander.expand.compiled import Compiled, Complaint, first_complaint
from grammar.shapes import CONDITION

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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
        return open_ended.compile_open_ended(compiler, node, unit)
    groups = [_group(compiler, unit, node, index) for index in range(len(node.groups))]
    if unit.facts["shape"].words == "type":
        wrong = lookup.type_complaint(compiler, node)
        if wrong is not None:
            before = groups[: int(lookup.is_keyed(node))]
            key = before[0].complaint if before else None
            return Compiled(open_ended.incomplete(before, wrong), first_complaint(key, wrong))
    broken = compiler.complaint_of(node.broken)
    first = first_complaint(*[group.complaint for group in groups])
    if broken is not None and not _complete(unit, node):
        return Compiled(open_ended.incomplete(groups, broken), first_complaint(first, broken))
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
        named["keyed"] = lookup.is_keyed(node)
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


def _branching(unit: Unit, found: Callable[[Context], str | None], yes: Compiled | None, no: Compiled) -> Run:
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
