"""Compiles what stands after ``${if``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.errors import ExpansionError, Failed
from drivers.api.text import is_tainted, tainted_like
from expander.expand import calls, forbidden, variables
from expander.expand.compiled import CompiledTest, Complaint, broken_test, first_complaint, skipping
from expander.expand.skipped import literal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from drivers.api.protocols import Context, Run, Test
    from drivers.api.unit import Unit
    from expander.expand.compiled import Compiled, Compiling, Skip
    from grammar.ast.expansion import Condition


def compile_condition(compiler: Compiling, node: Condition) -> CompiledTest:
    """The condition with its negation."""
    unit = compiler.unit("condition", node.name)
    if unit is None:
        message = f"the index has no condition {node.name}"
        raise LookupError(message)
    wrong = forbidden.complaint(compiler, unit, node)
    made = _by_form(compiler, node, unit) if wrong is None else broken_test(wrong)
    if not node.negated:
        return made
    test = made.test
    return made._replace(test=lambda ctx: not test(ctx))


def _by_form(compiler: Compiling, node: Condition, unit: Unit) -> CompiledTest:
    form = unit.facts["shape"].form
    if form == "def":
        return variables.compile_defined(compiler, node)
    if form == "subconditions":
        return _subconditions(compiler, node, unit)
    if form == "list":
        return _over_list(compiler, node, unit)
    return _strings(compiler, node, unit)


def _strings(compiler: Compiling, node: Condition, unit: Unit) -> CompiledTest:
    arguments = [compiler.compile(argument) for argument in node.arguments]
    runs = [calls.checked(unit, index, argument.run) for index, argument in enumerate(arguments)]
    broken = compiler.complaint_of(node.broken)
    complaint = first_complaint(*[argument.complaint for argument in arguments], broken)
    if broken is not None:
        return CompiledTest(_failing_after(runs, broken), complaint)
    if not compiler.profile.has(unit):
        unsupported = Complaint(f'support for "{node.name}" not compiled', compiler.span(node))
        return CompiledTest(_failing_after(runs, unsupported), complaint)
    function = calls.with_context(unit)
    if unit.facts["shape"].form == "bundle":
        return CompiledTest(_bundle_test(function, runs), complaint)
    complaint = complaint or _skipped_check(compiler, node, unit)
    fixed = complaint is None and all(one.fixed for one in arguments) and calls.is_fixed(unit)
    if not fixed:
        arguments = compiler.settle(arguments)
        runs = [calls.checked(unit, index, argument.run) for index, argument in enumerate(arguments)]
    if not compiler.mode.taint:
        return CompiledTest(lambda ctx: bool(function(ctx, *[run(ctx) for run in runs])), complaint, fixed)
    if unit.wants("ctx"):
        return CompiledTest(_tainting_test(function, runs), complaint, fixed)
    if compiler.mode.fold and unit.wants("world") and len(arguments) == 1 and not calls.is_checked(unit, 0):
        return _world_test(unit, arguments[0], complaint)
    if "judges" in unit.facts and "tells" not in unit.facts:
        return CompiledTest(_judging(unit, arguments), complaint, fixed)
    return CompiledTest(_plain_test(unit, function, runs), complaint, fixed)


def _judging(unit: Unit, arguments: Sequence[Compiled]) -> Test:
    """A test of two values that are the same checks made of the texts: each text is checked once."""
    value, test = unit.facts["judges"]
    first, second = (argument.run for argument in arguments)
    constant = arguments[1].constant
    if constant is not None:
        try:
            known = value(constant)
        except ExpansionError:
            pass  # it is complained of when its turn comes
        else:
            return lambda ctx: bool(test(value(first(ctx)), known))
    return lambda ctx: bool(test(value(first(ctx)), value(second(ctx))))


def _world_test(unit: Unit, argument: Compiled, complaint: Complaint | None) -> CompiledTest:
    """A test of the world with one string; a unit can have a shorter way for one that is constant."""
    bare, run, text = unit.impl, argument.run, argument.constant
    of_constant: Callable[[str], Test] | None = unit.facts.get("of_constant")
    if text is not None and of_constant is not None:
        return CompiledTest(of_constant(text), complaint, looks=True)
    if text is not None:
        return CompiledTest(lambda ctx: bool(bare(ctx.world, text)), complaint)
    return CompiledTest(lambda ctx: bool(bare(ctx.world, run(ctx))), complaint)


def _plain_test(unit: Unit, function: Callable[..., bool], runs: Sequence[Run]) -> Test:
    """A test that cannot capture anything."""
    if unit.wants("world"):
        return lambda ctx: bool(function(ctx, *[run(ctx) for run in runs]))
    bare = unit.impl
    if len(runs) == 2:
        first, second = runs
        return lambda ctx: bool(bare(first(ctx), second(ctx)))
    return lambda ctx: bool(bare(*[run(ctx) for run in runs]))


def _skipped_check(compiler: Compiling, node: Condition, unit: Unit) -> Complaint | None:
    """Exim judges some arguments even in a branch that it skips, by their literal text."""
    if not unit.facts.get("checks_when_skipped"):
        return None
    values = [literal(argument) for argument in node.arguments]
    plain = registry.find(unit.family, unit.name) or unit
    try:
        plain.impl(*values)
    except ExpansionError as error:
        return Complaint(error.message, compiler.span(node))
    return None


def _bundle_test(function: Callable[..., bool], runs: Sequence[Run]) -> Test:
    return lambda ctx: bool(function(ctx, [run(ctx) for run in runs]))


def _tainting_test(function: Callable[..., bool], runs: Sequence[Run]) -> Test:
    """Captures are tainted as the subject that is tested, ``$value`` as the list in which it was found."""

    def test(ctx: Context) -> bool:
        values = [run(ctx) for run in runs]
        if not any(map(is_tainted, values)):
            return bool(function(ctx, *values))
        captures, value = ctx.captures, ctx.value
        result = bool(function(ctx, *values))
        if ctx.captures is not captures and is_tainted(values[0]):
            ctx.captures = [tainted_like(text, values[0]) for text in ctx.captures]
        if ctx.value is not value and ctx.value is not None:
            ctx.value = tainted_like(ctx.value, ctx.value, *values[1:])
        return result

    return test


def _failing_after(runs: Sequence[Callable[[Context], object]], complaint: Complaint) -> Test:
    def test(ctx: Context) -> bool:
        for run in runs:
            run(ctx)
        raise Failed(complaint.message, complaint.span)

    return test


def _subconditions(compiler: Compiling, node: Condition, unit: Unit) -> CompiledTest:
    """``and`` and ``or`` stop early, but what comes later is read, and so is what is wrong at the end."""
    suffix = f' inside "{node.name}{{...}}" condition'
    made = [compiler.compile_test(argument) for argument in node.arguments]
    complaints = [one.complaint.inside(suffix) if one.complaint else None for one in made]
    broken = compiler.complaint_of(node.broken)
    tests = [calls.worded_inside(one.test, suffix) for one in made]
    complaint = first_complaint(*complaints, broken)
    function = calls.with_context(unit)
    skips = [skip and calls.worded_inside(skip, suffix) for skip in map(skipping, made)]
    if broken is None and not any(skips):
        fixed = all(one.fixed for one in made) and calls.is_fixed(unit)
        return CompiledTest(lambda ctx: bool(function(ctx, tests)), None, fixed)

    def careful(ctx: Context) -> bool:
        done = 0

        def counted(test: Test) -> Test:
            def run(ctx: Context) -> bool:
                nonlocal done
                done += 1
                return test(ctx)

            return run

        result = bool(function(ctx, [counted(test) for test in tests]))
        for skip in skips[done:]:
            if skip is not None:
                skip(ctx)
        if broken is not None:
            raise broken.error()
        return result

    return CompiledTest(careful, complaint)


def _over_list(compiler: Compiling, node: Condition, unit: Unit) -> CompiledTest:
    """``forany`` and its relatives; Exim reads the condition once before it looks at the list."""
    suffix = f' inside "{node.name}" condition'
    subject = compiler.compile(node.arguments[0]) if node.arguments else None
    broken = compiler.complaint_of(node.broken)
    if subject is None or len(node.arguments) == 1:
        runs = [] if subject is None else [subject.run]
        missing = broken or Complaint(f'missing {{ after "{node.name}"', compiler.span(node))
        complaint = first_complaint(subject.complaint if subject else None, missing)
        return CompiledTest(_failing_after(runs, missing), complaint)
    made = compiler.compile_test(node.arguments[1])
    inner = made.complaint.inside(suffix) if made.complaint else None
    wrong = first_complaint(inner, broken)
    skip = skipping(made)
    before = [subject.run] if skip is None else [subject.run, calls.worded_inside(skip, suffix)]
    if wrong is not None:
        return CompiledTest(_failing_after(before, wrong), first_complaint(subject.complaint, wrong))
    fixed = subject.fixed and made.fixed and subject.complaint is None and calls.is_fixed(unit)
    if not fixed:
        (subject,) = compiler.settle([subject])
    test = calls.round_of(made.test, node.arguments[1], suffix)
    function, run = calls.with_context(unit), subject.run
    if skip is not None:
        run = _then_skipped(run, calls.worded_inside(skip, suffix))
    complaint, elements = subject.complaint, literal(node.arguments[0])
    when_skipped: Skip | None = None
    if complaint is None and elements:  # Exim goes through the list even where it skips the condition
        went: list[bool] = []
        error = compiler.error_of(lambda ctx: went.append(function(ctx, elements, test)))
        complaint = None if error is None else Complaint(error.message, compiler.span(node))
        if error is None and not went:
            when_skipped = lambda ctx: function(ctx, elements, test)  # noqa: E731 - as those above
    return CompiledTest(lambda ctx: bool(function(ctx, run(ctx), test)), complaint, fixed, when_skipped)


def _then_skipped(run: Run, skip: Skip) -> Run:
    def run_then_skip(ctx: Context) -> str:
        value = run(ctx)
        skip(ctx)
        return value

    return run_then_skip
