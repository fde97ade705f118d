"""How ``eximulate test`` prints results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.cli.arguments import CannotRunError
from expander.cli.output import as_json_text, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Sequence

    from expander.testing.results import Result

    Take = Callable[[Result], None]

MOST_DURATIONS = 10


def lines(args: argparse.Namespace, result: Result) -> Iterator[str]:
    """The lines of one result."""
    from expander.testing.reports import text_lines

    explain = args.explain == "all" or (args.explain == "fails" and not result.is_well)
    return text_lines(result, explain=explain)


def write(args: argparse.Namespace, results: Sequence[Result], seconds: float) -> None:
    """Print what is to be printed when all are done. Raises `CannotRunError`."""
    from expander.testing import reports

    if args.format == "text":
        shown = [line for result in results for line in lines(args, result)] if args.output else []
        if args.durations:
            longest = sorted(results, key=lambda result: -result.seconds)[:MOST_DURATIONS]
            shown += [f"{result.seconds * 1000:8.1f} ms  {result.path}: {result.name}" for result in longest]
        text = "".join(f"{line}\n" for line in (*shown, reports.summary(results, seconds)))
    elif args.format == "json":
        text = as_json_text([reports.plain(result) for result in results]) + "\n"
    elif args.format == "junit":
        text = reports.junit(results, seconds)
    elif args.format == "tap":
        text = reports.tap(results)
    else:
        text = "".join(f"{line}\n" for line in reports.github(results))
    if args.output:
        to_file(args.output, text)
    else:
        say(*text.splitlines())


def to_file(path: str, text: str) -> None:
    """Write a file that the user names, other bytes than UTF-8 unchanged. Raises `CannotRunError`."""
    try:
        with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:  # noqa: PTH123 - what the user names
            file.write(text)
    except OSError as problem:
        raise CannotRunError(f"cannot write {path}: {problem.strerror}") from None
