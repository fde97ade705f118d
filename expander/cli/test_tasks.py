"""What ``eximulate test`` is to run: the files that are named, and their scenarios."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.cli.arguments import CannotRunError
from expander.cli.output import complain

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from pathlib import Path

    from expander.testing.results import Result
    from expander.testing.schedule import Task

FAILED = 2
"""The exit status where a scenario is not as it was expected to be."""


def files_of(args: argparse.Namespace) -> list[Path]:
    """The files of scenarios that were named. Raises `CannotRunError`."""
    from expander.testing.running import files_in

    try:
        return list(files_in(args.path or ["."]))
    except FileNotFoundError as problem:
        raise CannotRunError(f"{problem.filename}: {problem.strerror}") from None


def tasks_of(args: argparse.Namespace, take: Callable[[Result], None]) -> list[Task]:
    """The work; files that cannot be read as scenarios are told of and taken as results."""
    from expander.cli.test_coverage import is_wanted
    from expander.testing.running import Wanted
    from expander.testing.schedule import tasks

    wanted = Wanted(args.k, frozenset(args.tag))
    try:
        found, broken = tasks(
            files_of(args), wanted, processes=args.j, seed=args.shuffle, covers=is_wanted(args)
        )
    except (OSError, UnicodeDecodeError) as problem:
        raise CannotRunError(f"cannot read scenarios: {problem}") from None
    for result in broken:
        complain(f"eximulate test: {result.path}:{result.line}:{result.column}: {result.reason}")
        take(result)
    return found
