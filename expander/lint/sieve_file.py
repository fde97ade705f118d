"""Faults of Sieve scripts, as Exim would find them in a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import LimitReached
from drivers.api.sieve import Settings
from expander.expand.context import Context
from expander.filters.sieve import interpret
from expander.lint.finding import Finding
from grammar.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.outside import World
    from drivers.api.profile import Profile

CODE = "EXF010"
EVERYTHING = Settings(owner="")


def in_script(path: str, text: str, profile: Profile, world: World) -> Iterator[Finding]:
    """What is wrong with a script, beginning with the fault to which Exim comes first.

    Behind it are those in other commands, where it is sure how far the wrong one goes. All commands are read
    and none is carried out; every extension of the release counts as enabled.
    """

    def expand(_text: str, _ctx: Context) -> str:
        message = "a script that is only read expands nothing"
        raise AssertionError(message)

    ctx = Context(profile=profile, world=world, options={}, expand_with=expand)
    try:
        result = interpret(ctx, text, EVERYTHING, executing=False)
    except LimitReached as problem:
        yield Finding(CODE, problem.message, Span(Source(path, text), 0, 1))
        return
    if result.error is not None:
        source = Source(path, text)
        further = [(problem.message, (problem.start, problem.at)) for problem in result.further]
        for message, (start, end) in [(result.error, result.place), *further]:
            yield Finding(CODE, message, Span(source, start, max(end, start + 1)))
