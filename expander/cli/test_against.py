"""``eximulate test --against``: the same scenarios with a real Exim, and where the two differ."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from expander.cli import test_output
from expander.cli.arguments import CLEAN, CannotRunError
from expander.cli.output import say
from expander.cli.test_tasks import FAILED, tasks_of

if TYPE_CHECKING:
    import argparse

    from expander.testing.results import Result


def run(args: argparse.Namespace) -> int:
    """Compare: status 0 if nothing differs, 1 if something could not be run, 2 if there are differences.

    Scenarios that Exim cannot be asked are told as skipped, with the reason.
    """
    from expander.testing.results import BROKEN

    begun = time.perf_counter()
    results: list[Result] = []

    def take(result: Result) -> None:
        results.append(result)
        if args.format == "text" and not args.output:
            say(*test_output.lines(args, result))

    try:
        _compare(args, take)
    except OSError as problem:
        raise CannotRunError(f"cannot run {args.against}: {problem.strerror}") from None
    test_output.write(args, results, time.perf_counter() - begun)
    if any(result.outcome == BROKEN for result in results):
        return 1
    return CLEAN if all(result.is_well for result in results) else FAILED


def _compare(args: argparse.Namespace, take: test_output.Take) -> None:
    from expander.testing import schedule
    from expander.testing.against.apart import Apart
    from expander.testing.against.compare import Comparison
    from expander.testing.against.real import RealExim
    from expander.world.real import RealWorld

    machine = RealWorld()
    if not RealExim(args.against, machine, "/dev/null").version():
        raise CannotRunError(f"{args.against} is no Exim")
    with Apart(machine) as apart:
        for task in tasks_of(args, take):
            source = schedule.source(task.path, covers=False)
            with Comparison(source, args.against, machine, apart) as comparison:
                for number in task.numbers:
                    take(comparison.result(*source.cases[number]))
