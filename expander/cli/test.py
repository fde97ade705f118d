"""``eximulate test``: the scenarios of test files."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from expander.cli.arguments import CLEAN, VerbParser
from expander.cli.output import complain, say
from expander.cli.test_tasks import FAILED, files_of, tasks_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from expander.testing.results import Result
    from expander.testing.schedule import Done, Task

FORMATS = ("text", "tap", "junit", "json", "github")
WATCHING = 0.5
"""Seconds between two looks at files that may have changed."""


class _EnoughError(Exception):
    """A scenario failed, and no more are wanted then."""


def run(argv: list[str]) -> int:
    """Run scenarios: status 0 if all passed, 1 if one could not be run, 2 if one failed."""
    args = _parser().parse_intermixed_args(argv)
    from expander.cli import test_coverage

    test_coverage.check(args)
    forget()
    if args.against:
        from expander.cli.test_against import run as compare

        return compare(args)
    if not args.watch:
        return _once(args)
    return _watch(args)


def _watch(args: argparse.Namespace) -> int:
    """Run again and again until the user has seen enough: the status of the last run."""
    status = CLEAN
    try:
        while True:
            seen = _stamps(args)  # what changes meanwhile counts as well
            status = _once(args)
            while _stamps(args) == seen:
                time.sleep(WATCHING)
            forget()
    except KeyboardInterrupt:
        return status


def forget() -> None:
    """Read all files anew the next time."""
    from expander.testing import schedule

    schedule.source.cache_clear()


def _parser() -> VerbParser:
    parser = VerbParser("test", "Run the scenarios of test files (*.exim-test) with their configurations.")
    parser.add_argument(
        "path", nargs="*", metavar="PATH", help="files, and folders that are searched (default: .)"
    )
    parser.add_argument("-k", default="", metavar="TEXT", help="only scenarios with this in their names")
    parser.add_argument("--tag", action="append", default=[], metavar="TAG", help="only those with this tag")
    parser.add_argument("-j", type=int, default=1, metavar="N", help="so many processes side by side")
    parser.add_argument("--fail-fast", action="store_true", help="stop at the first that fails")
    parser.add_argument("--watch", action="store_true", help="run again whenever a file changes")
    parser.add_argument("--durations", action="store_true", help="tell which scenarios took longest")
    parser.add_argument(
        "--explain", choices=("fails", "all"), help="tell all that was done in these scenarios"
    )
    parser.add_argument("--format", choices=FORMATS, default="text", help="how results are printed")
    parser.add_argument("--output", metavar="FILE", help="where to print them (default: standard output)")
    parser.add_argument(
        "--shuffle", type=int, metavar="SEED", help="run them in an order by chance: the same for each number"
    )
    parser.add_argument(
        "--coverage",
        action="append",
        default=[],
        metavar="FORM[=FILE]",
        help="tell what of the configuration was come to: text, html, lcov or cobertura",
    )
    parser.add_argument(
        "--fail-under", type=float, metavar="N", help="status 2 if less than N per cent of it was covered"
    )
    parser.add_argument(
        "--against", metavar="EXIM", help="run them with a real Exim as well, and tell the differences"
    )
    return parser


def _once(args: argparse.Namespace) -> int:
    from expander.cli import test_coverage, test_output
    from expander.testing.results import BROKEN
    from expander.testing.schedule import Done

    begun = time.perf_counter()
    done = Done()

    def take(result: Result) -> None:
        done.results.append(result)
        if args.format == "text" and not args.output:
            say(*test_output.lines(args, result))
        if args.fail_fast and not result.is_well:
            raise _EnoughError

    with suppress(_EnoughError):
        _run_all(args, done, take)
    test_output.write(args, done.results, time.perf_counter() - begun)
    is_enough = test_coverage.write(args, done)
    if not done.results:
        complain("eximulate test: there are no scenarios to run")
    if not done.results or any(result.outcome == BROKEN for result in done.results):
        return 1
    return CLEAN if is_enough and all(result.is_well for result in done.results) else FAILED


def _stamps(args: argparse.Namespace) -> dict[Path, int]:
    """When the files of scenarios and what lies beside them were last written to."""
    beside = {other for path in files_of(args) for other in path.parent.iterdir() if other.is_file()}
    found = {}
    for path in beside:
        try:
            found[path] = path.stat().st_mtime_ns
        except OSError:
            continue
    return found


def _run_all(args: argparse.Namespace, done: Done, take: Callable[[Result], None]) -> None:
    from expander.testing import schedule

    found = tasks_of(args, take)
    try:
        if args.j <= 1 or len(found) <= 1:
            for task in found:
                for result in schedule.results(task):
                    take(result)
        else:
            _side_by_side(args.j, found, take)
    finally:
        for task in {task.path: task for task in found if task.covers}.values():
            schedule.collect(task, done)


def _side_by_side(processes: int, found: Sequence[Task], take: Callable[[Result], None]) -> None:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    from expander.testing import schedule

    with ProcessPoolExecutor(max_workers=processes, mp_context=get_context("fork")) as pool:
        try:
            for task, part in zip(found, pool.map(schedule.done_by_process, found), strict=True):
                schedule.take_counts(task, part)
                for result in part.results:
                    take(result)
        except _EnoughError:
            pool.shutdown(cancel_futures=True)
            raise
