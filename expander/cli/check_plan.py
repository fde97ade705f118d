"""What ``eximulate check`` is asked to do: its arguments together with the settings of the project."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.api.text import from_argument
from expander.cli.arguments import CannotRunError, macros_from, profile_from, world_from
from expander.lint.baseline import BaselineError, read_baseline
from expander.lint.finding import SEVERITIES, WARNING
from expander.lint.policy import OFF, Policy
from expander.lint.settings import CheckSettings, Settings, SettingsError, find_settings, read_settings
from expander.lint.words import UnknownWordError, codes_of
from grammar.record import Record

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping

    from drivers.api.outside import World
    from drivers.api.profile import Profile
    from expander.lint.baseline import Baseline
    from expander.lint.outcome import Outcome

STDIN = "<stdin>"
"""The name under which a configuration from standard input is reported."""


class Plan(Record):
    """What to check, for which Exim and on which machine, and what counts."""

    paths: tuple[str, ...]
    profile: Profile
    world: World
    macros: Mapping[str, str]
    policy: Policy
    baseline: Baseline | None
    filters: tuple[str, ...] = ()


def plan_from(args: argparse.Namespace) -> Plan:
    """The plan for the arguments of the verb. Raises `CannotRunError`."""
    settings = _settings(args)
    named = args.profile or os.environ.get("EXIMULATE_PROFILE") or settings.profile
    profile = profile_from(named)
    asked = settings.checks(named or profile.name)
    host = args.host or (None if os.environ.get("EXIMULATE_HOST") else settings.host)
    world = world_from(args.allow, host)
    paths = tuple(map(from_argument, args.file))
    if "-" in paths:
        world = _with_input(world)
        paths = tuple(STDIN if path == "-" else path for path in paths)
    macros = {**macros_from([f"{n}={v}" for n, v in settings.macros.items()]), **macros_from(args.macros)}
    return Plan(
        paths,
        profile,
        world,
        macros,
        _policy(args, asked),
        _baseline(args, asked),
        tuple(map(from_argument, args.filter)),
    )


def examine(plan: Plan) -> list[Outcome]:
    """The findings of all files of a plan."""
    from expander.lint.engine import checked
    from expander.lint.outcome import outcome

    baseline = plan.baseline.fresh() if plan.baseline is not None else None
    return [
        outcome(
            checked(
                path,
                profile=plan.profile,
                world=plan.world,
                macros=plan.macros,
                is_filter=path in plan.filters,
            ),
            plan.policy,
            baseline,
        )
        for path in (*plan.paths, *plan.filters)
    ]


def _settings(args: argparse.Namespace) -> Settings:
    path = Path(args.settings) if args.settings else find_settings(Path.cwd())
    try:
        return read_settings(path) if path is not None else Settings()
    except SettingsError as problem:
        raise CannotRunError(str(problem)) from None


def _policy(args: argparse.Namespace, asked: CheckSettings) -> Policy:
    """What counts: arguments go before settings, what is ignored is ignored by either."""
    try:
        only = codes_of(_words(args.only)) if args.only else asked.only
        ignored = asked.ignored | codes_of(_words(args.ignore))
        severities = {**asked.severities, **_severities(args.severity)}
    except UnknownWordError as problem:
        raise CannotRunError(f"{problem} (--list-rules lists them)") from None
    return Policy(args.level or asked.level or WARNING, only, ignored, severities, asked.per_file)


def _words(given: Iterable[str]) -> list[str]:
    return [word.strip() for part in given for word in part.split(",") if word.strip()]


def _severities(given: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in _words(given):
        word, equals, severity = text.partition("=")
        if not equals or severity not in (*SEVERITIES, OFF):
            known = ", ".join((*SEVERITIES, OFF))
            raise CannotRunError(f"--severity {text}: CODE=SEVERITY expected (known: {known})")
        found |= dict.fromkeys(codes_of([word]), severity)
    return found


def _baseline(args: argparse.Namespace, asked: CheckSettings) -> Baseline | None:
    path = args.baseline or asked.baseline
    if path is None or args.write_baseline is not None:
        return None
    try:
        return read_baseline(path)
    except BaselineError as problem:
        raise CannotRunError(str(problem)) from None


def _with_input(world: World) -> World:
    """The world with standard input as a file."""
    import sys

    from expander.world.layered import with_files

    if sys.stdin is None:
        raise CannotRunError("standard input is closed")
    return with_files(world, {STDIN: sys.stdin.buffer.read()})
