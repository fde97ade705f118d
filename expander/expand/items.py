"""Compiles ``${item{...}{...}}``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from drivers.api import registry
from drivers.api.errors import Failed
from expander.expand import calls, forbidden, lookup, open_ended, skipped
from expander.expand.compiled import (
    Compiled,
    Complaint,
    broken,
    constant,
    first_complaint,
    marked_find,
    skipping,
)
from grammar.patterns import late_pattern
from grammar.shapes import COMMAND, CONDITION
from grammar.words import MISPLACED_HEADER, UNENDED_HEADER

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Sequence as Several

    from drivers.api.protocols import Context, Run
    from drivers.api.unit import Unit
    from expander.expand.compiled import Compiling, Skip
    from grammar.ast.expansion import Item, Node

HEADER_AT_END = late_pattern(r"(?<!\\)\$(?:[rbl]?h|[rbl]?header)_[^\x00-\x20:\x7f]*\Z", re.ASCII)
UNCLOSED_COMMAND = "missing '}' closing command arg of run"


def compile_item(compiler: Compiling, node: Item) -> Compiled:
    """The groups in order, the item's own work, then the yes or no string where it has them."""
    unit = compiler.unit("item", node.name)
    if unit is None:
        message = f"the index has no item {node.name}"
        raise LookupError(message)
    if not compiler.profile.has(unit):
        return _not_built(compiler, node)
    wrong = forbidden.complaint(compiler, unit, node) or _options_complaint(compiler, unit, node)
    if wrong is not None:
        return broken(wrong)
    if unit.facts["shape"].open_ended:
        return open_ended.compile_open_ended(compiler, node, unit)
    groups = [_group(compiler, unit, node, index) for index in range(len(node.groups))]
    if unit.facts["shape"].words == "type":
        wrong = lookup.type_complaint(compiler, node)
        if wrong is not None:
            before = groups[: int(lookup.is_keyed(node))]
            key = before[0].complaint if before else None
            run = lookup.leaving_words(open_ended.incomplete([one.run for one in before], wrong))
            return Compiled(run, first_complaint(key, wrong))
    surplus = compiler.complaint_of(node.broken)
    complaints = [group.complaint for group in groups]
    if surplus is None or _complete(unit, node) or "checks" in unit.facts:
        # What is judged as soon as it is read comes before what is wrong with later groups.
        judged = max(unit.facts.get("checks", {len(groups): None})) + 1
        complaints.insert(judged, skipped.complaint(compiler, unit, node))
    first = first_complaint(*complaints)
    if surplus is not None and not _complete(unit, node):
        plan = [
            group.run
            if index in unit.facts.get("lazy", ()) and "inside" not in unit.facts
            else _argument(compiler, unit, node, index, group)
            for index, group in enumerate(groups)
        ]
        words = unit.facts.get("words_by_first")
        skipped_surplus = surplus
        if words is not None and node.groups:
            message = words(surplus.message, skipped.literal(node.groups[0]))
            skipped_surplus = surplus._replace(message=message)
        run = open_ended.incomplete(plan, surplus, words)
        return Compiled(run, first_complaint(first, skipped_surplus))
    if unit.facts.get("works_first"):
        lazy = [groups[index].complaint for index in unit.facts["lazy"] if index < len(groups)]
        found = _work(compiler, unit, node, _settled(compiler, unit, groups))
        return Compiled(_then_broken(found, first_complaint(*lazy, surplus)), first_complaint(first, surplus))
    fixed = first is None and surplus is None and all(g.fixed for g in groups) and calls.is_fixed(unit)
    if not unit.facts["shape"].branches:
        found = _work(compiler, unit, node, groups if fixed else _settled(compiler, unit, groups))
        return Compiled(_then_broken(found, surplus), first_complaint(first, surplus), fixed=fixed)
    yes, no = compiler.branches(node.name, node.yes, node.no, surplus)
    complaint = first_complaint(
        first, yes.complaint, _run_when_skipped(compiler, unit, node, yes), no.complaint, surplus
    )
    fixed = fixed and yes.fixed and no.fixed and complaint is None
    if not fixed:
        yes, no = compiler.settle([yes, no])
        groups = _settled(compiler, unit, groups)
    found = _work(compiler, unit, node, groups)
    mark = compiler.marker(node)
    told = found if mark is None else marked_find(found, mark)
    run = _branching(unit, told, None if node.yes is None else yes, no)
    return Compiled(_then_broken(run, surplus), complaint, fixed=fixed)


def _run_when_skipped(compiler: Compiling, unit: Unit, node: Item, yes: Compiled) -> Complaint | None:
    """Exim runs the yes string of some items even where it skips them; what is wrong if that is constant."""
    if unit.facts.get("yields_when_skipped") != "yes" or node.yes is None or yes.complaint is not None:
        return None
    error = compiler.error_of(yes.run)
    return None if error is None else Complaint(error.message, compiler.span(node.yes))


def _options_complaint(compiler: Compiling, unit: Unit, node: Item) -> Complaint | None:
    """What the unit's ``options`` says of the options after the name, before all else is read."""
    judge = unit.facts.get("options")
    if judge is None or not node.words:
        return None
    end = max(node.end, node.words[-1].end + 1)  # and what stands where they end
    message = judge(compiler.source.text[node.words[0].start : end])
    return None if message is None else Complaint(message, compiler.span(node))


def _settled(compiler: Compiling, unit: Unit, groups: list[Compiled]) -> list[Compiled]:
    """The groups of an item that is not constant: texts are worked out, conditions stay as they are."""
    kind = unit.facts["shape"].group_kind
    texts = [one for index, one in enumerate(groups) if kind(index) != CONDITION]
    settled = iter(compiler.settle(texts))
    return [one if kind(index) == CONDITION else next(settled) for index, one in enumerate(groups)]


def _complete(unit: Unit, node: Item) -> bool:
    """True if all groups are there, so that the item works before the surplus is noticed."""
    shape = unit.facts["shape"]
    least = shape.least + int(shape.words == "type" and lookup.is_keyed(node))
    works = bool(shape.branches) or bool(unit.facts.get("works_first"))
    return works and len(node.groups) >= least and (shape.words != "type" or bool(node.words))


def _group(compiler: Compiling, unit: Unit, node: Item, index: int) -> Compiled:
    group = node.groups[index]
    suffix = unit.facts.get("inside", "")
    if unit.facts["shape"].group_kind(index) == CONDITION:
        made = compiler.compile_test(group)
        test = Compiled(made.test, made.complaint, fixed=made.fixed, skip=made.skip)  # type: ignore[arg-type] # handed on as a test
        return _inside(test, suffix)
    if unit.facts["shape"].group_kind(index) == COMMAND and not _expanded_first(unit, node):
        return _command(compiler, group)
    if unit.facts.get("unexpanded") and index in unit.facts["sources"]:
        if not compiler.source.text.startswith("$", group.start):
            return constant("")  # refused before its end is looked for
        return compiler.compile_source(group)
    compiled = compiler.compile(group)
    if suffix and index in unit.facts.get("lazy", ()):
        return _inside(compiled, suffix)
    return compiled


def _inside(group: Compiled, suffix: str) -> Compiled:
    """The group, what is wrong with which is told with a suffix."""
    complaint = group.complaint.inside(suffix) if group.complaint else None
    skip = group.skip and calls.worded_inside(group.skip, suffix)
    return group._replace(complaint=complaint, skip=skip)


def _expanded_first(unit: Unit, node: Item) -> bool:
    """True if the option is given that makes an ordinary text of the command."""
    option = unit.facts["shape"].expanding_option
    return any(option in word.value.split(",") for word in node.words)


def _command(compiler: Compiling, group: Node) -> Compiled:
    """The text of a command as it stands, which is read as an expansion only to find its end.

    Where that goes wrong the command ends, if a brace happens to stand there, or else is not closed.
    """
    end = compiler.compile(group)
    if end.complaint is not None:
        return end
    text = compiler.source.text[group.start : group.end]
    read = compiler.compile_part(group)
    wrong = read.complaint
    if wrong is None and HEADER_AT_END.search(text):  # the header's name goes on with the brace
        return broken(Complaint(MISPLACED_HEADER, compiler.span(group)))
    if wrong is None:
        return constant(text) if read.skip is None else _after(read.skip, text)
    if wrong.span.start < wrong.span.end and text[wrong.span.end :][:1] in {"", "}"}:
        return constant(text[: wrong.span.end])
    missing = MISPLACED_HEADER if wrong.message == UNENDED_HEADER else UNCLOSED_COMMAND
    return broken(Complaint(missing, compiler.span(group)))


def _after(skip: Skip, text: str) -> Compiled:
    """A text that is always the same, but read first."""

    def run(ctx: Context) -> str:
        skip(ctx)
        return text

    return Compiled(run, fixed=True, skip=skip)


def _not_built(compiler: Compiling, node: Item) -> Compiled:
    message = registry.not_built(node.name)
    span = compiler.span(node)

    def run(_ctx: Context) -> str:
        raise Failed(message, span)

    return Compiled(run)


def _then_broken(run: Run, surplus: Complaint | None) -> Run:
    if surplus is None:
        return run

    def run_then_fail(ctx: Context) -> str:
        run(ctx)
        raise surplus.error()

    return run_then_fail


def _work(compiler: Compiling, unit: Unit, node: Item, groups: Several[Compiled]) -> Run:
    """The item's own function over its groups: values for strict ones, closures for lazy ones.

    What is wrong with a lazy group fails the item when its place comes. Groups among the unit's
    ``sources`` are handed over as they stand; its ``checks`` judge a value before the next group runs.
    """
    shape = unit.facts["shape"]
    named: dict[str, Any] = {"words": tuple(word.value for word in node.words)} if shape.words else {}
    if shape.words == "type":
        named["keyed"] = lookup.is_keyed(node)
    plan = [_argument(compiler, unit, node, index, group) for index, group in enumerate(groups)]
    if shape.words == "type" and not compiler.mode.trace and not compiler.mode.narrate:
        return lookup.search(unit.impl, node.words[0].value, plan, keyed=named["keyed"])  # type: ignore[return-value] # None for not found
    return calls.call(unit, plan, named=named, taint=compiler.mode.taint)


def _argument(
    compiler: Compiling, unit: Unit, node: Item, index: int, group: Compiled
) -> Callable[[Context], Any]:
    """What makes the unit's argument out of one group."""
    run = group.run
    source = index in unit.facts.get("sources", ())
    lazy = index in unit.facts.get("lazy", ()) or unit.facts["shape"].group_kind(index) == CONDITION
    read_first = source or (lazy and "inside" in unit.facts)
    skip = skipping(group) if read_first else None
    if unit.facts.get("unexpanded") and group.complaint is None and skip is not None:
        skip = run
    place = node.groups[index]
    if lazy:
        running = unit.facts.get("inside_running") or unit.facts.get("inside")
        since = unit.facts.get("quoted_since")
        quoted = since is not None and compiler.profile.at_least(since)
        handed = calls.round_of(run, place, running, quoted=quoted) if running else run
        return _handed(lambda _ctx: handed, skip)
    if source:
        whole, start, end = compiler.source.text, place.start, place.end  # a copy for each level would add up
        return _handed(lambda _ctx: whole[start:end], skip)
    return calls.checked(unit, index, run)


def _handed(hand: Callable[[Context], Any], skip: Skip | None) -> Callable[[Context], Any]:
    """What hands over a group that the unit runs itself; it is read first if there is something to skip."""
    if skip is None:
        return hand

    def read_and_hand(ctx: Context) -> Any:
        skip(ctx)
        return hand(ctx)

    return read_and_hand


def _branching(unit: Unit, found: Callable[[Context], str | None], yes: Compiled | None, no: Compiled) -> Run:
    """The yes string sees the result as ``$value``; without one the result itself is the value."""
    value_in_no = bool(unit.facts.get("value_in_no"))
    keeps_value = bool(unit.facts.get("keeps_value"))
    skip_yes, skip_no = yes and skipping(yes), skipping(no)
    keeps_captures = bool(unit.facts.get("keeps_captures"))

    if yes is None and skip_no is None and no.constant is not None and not (keeps_value or keeps_captures):
        return _found_or(found, no.constant)

    def run(ctx: Context) -> str:
        value, captures = ctx.value, ctx.captures
        result = found(ctx)
        if result is not None:
            ctx.value = result
            chosen = result if yes is None else yes.run(ctx)
            if skip_no is not None:
                if not keeps_value:
                    ctx.value = value
                skip_no(ctx)
        else:
            if skip_yes is not None:
                if not value_in_no:
                    ctx.value = None  # nothing was found, and the old value does not come back
                skip_yes(ctx)
            if not value_in_no:
                ctx.value = value
            chosen = no.run(ctx)
        if not keeps_captures:
            ctx.captures = captures
        if not keeps_value:
            ctx.value = value
        return chosen

    return run


def _found_or(found: Callable[[Context], str | None], otherwise: str) -> Run:
    """The result itself, or a text that is always the same."""

    def run(ctx: Context) -> str:
        value, captures = ctx.value, ctx.captures
        result = found(ctx)
        ctx.value, ctx.captures = value, captures
        return otherwise if result is None else result

    return run
