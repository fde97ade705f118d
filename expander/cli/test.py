"""``eximulate test``: the scenarios of test files."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from expander.cli.arguments import CLEAN, CannotRunError, VerbParser
from expander.cli.output import as_json_text, complain, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from expander.testing.results import Result

FORMATS = ("text", "tap", "junit", "json", "github")
FAILED = 2
MOST_DURATIONS = 10
WATCHING = 0.5
"""Seconds between two looks at files that may have changed."""


class _EnoughError(Exception):
    """A scenario failed, and no more are wanted then."""


def run(argv: list[str]) -> int:
    """Run scenarios: status 0 if all passed, 1 if one could not be run, 2 if one failed."""
    args = _parser().parse_intermixed_args(argv)
    if not args.watch:
        return _once(args)
    while True:
        status = _once(args)
        seen = _stamps(args)
        try:
            while _stamps(args) == seen:
                time.sleep(WATCHING)
        except KeyboardInterrupt:
            return status


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
    return parser


def _once(args: argparse.Namespace) -> int:
    from expander.testing.results import BROKEN

    begun = time.perf_counter()
    results: list[Result] = []

    def take(result: Result) -> None:
        results.append(result)
        if args.format == "text" and not args.output:
            say(*_lines(args, result))
        if args.fail_fast and not result.is_well:
            raise _EnoughError

    with suppress(_EnoughError):
        _run_all(args, take)
    seconds = time.perf_counter() - begun
    _print(args, results, seconds)
    if any(result.outcome == BROKEN for result in results):
        return 1
    return CLEAN if all(result.is_well for result in results) else FAILED


def _lines(args: argparse.Namespace, result: Result) -> Iterator[str]:
    from expander.testing.reports import text_lines

    explain = args.explain == "all" or (args.explain == "fails" and not result.is_well)
    return text_lines(result, explain=explain)


def _print(args: argparse.Namespace, results: Sequence[Result], seconds: float) -> None:
    from expander.testing import reports

    if args.format == "text":
        lines = [line for result in results for line in _lines(args, result)] if args.output else []
        if args.durations:
            longest = sorted(results, key=lambda result: -result.seconds)[:MOST_DURATIONS]
            lines += [f"{result.seconds * 1000:8.1f} ms  {result.path}: {result.name}" for result in longest]
        text = "".join(f"{line}\n" for line in (*lines, reports.summary(results, seconds)))
    elif args.format == "json":
        text = as_json_text([reports.plain(result) for result in results]) + "\n"
    elif args.format == "junit":
        text = reports.junit(results, seconds)
    elif args.format == "tap":
        text = reports.tap(results)
    else:
        text = "".join(f"{line}\n" for line in reports.github(results))
    if not args.output:
        say(*text.splitlines())
        return
    try:
        with open(args.output, "w", encoding="utf-8") as file:  # noqa: PTH123 - what the user names
            file.write(text)
    except OSError as problem:
        raise CannotRunError(f"cannot write {args.output}: {problem.strerror}") from None


def _files(args: argparse.Namespace) -> list[Path]:
    from expander.testing.running import files_in

    try:
        return list(files_in(args.path or ["."]))
    except FileNotFoundError as problem:
        raise CannotRunError(f"{problem.filename}: {problem.strerror}") from None


def _stamps(args: argparse.Namespace) -> dict[Path, int]:
    """When the files of scenarios and what lies beside them were last written to."""
    beside = {other for path in _files(args) for other in path.parent.iterdir() if other.is_file()}
    found = {}
    for path in beside:
        try:
            found[path] = path.stat().st_mtime_ns
        except OSError:
            continue
    return found


def _run_all(args: argparse.Namespace, take: Callable[[Result], None]) -> None:
    files = _files(args)
    wanted = (args.k, frozenset(args.tag))
    if args.j <= 1 or len(files) <= 1:
        for path in files:
            _of_file(path, wanted, take)
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(max_workers=args.j) as pool:
        for results in pool.map(_in_process, files, [wanted] * len(files)):
            for result in results:
                take(result)


def _in_process(path: Path, wanted: tuple[str, frozenset[str]]) -> list[Result]:
    results: list[Result] = []
    _of_file(path, wanted, results.append)
    return results


def _of_file(path: Path, wanted: tuple[str, frozenset[str]], take: Callable[[Result], object]) -> None:
    from expander.api import sandboxed
    from expander.testing import running
    from expander.testing.results import BROKEN, Fault, Result
    from grammar.scenario_words import ScenarioError

    try:
        source = running.read(path, sandboxed())
    except ScenarioError as problem:
        place = f"{path}:{problem.line}:{problem.column}: {problem.message}"
        complain(f"eximulate test: {place}")
        broken = Result(str(path), problem.line, str(path), outcome=BROKEN, reason=problem.message)
        broken.faults.append(Fault(problem.line, "a file of scenarios", problem.message))
        take(broken)
        return
    except (OSError, UnicodeDecodeError) as problem:
        raise CannotRunError(f"cannot read {path}: {problem}") from None
    running.run(source, running.Wanted(*wanted), take)
