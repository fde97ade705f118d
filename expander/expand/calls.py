"""Calling units: what they ask for comes first, taint is kept, constants are worked out once."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from drivers.api.errors import ExpansionError
from drivers.api.text import Tainted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from drivers.api.protocols import Context, Run
    from drivers.api.unit import Unit
    from expander.expand.compiled import Compiled


def with_context(unit: Unit) -> Callable[..., Any]:
    """The unit's function, taking the context first whether or not it asks for one."""
    function = unit.impl
    if unit.wants("ctx"):
        return function  # type: ignore[no-any-return]
    if unit.wants("world"):
        return lambda ctx, *given, **named: function(ctx.world, *given, **named)
    return lambda _ctx, *given, **named: function(*given, **named)


def strict_call(unit: Unit, arguments: Sequence[Run], extra: Sequence[Any], *, taint: bool) -> Run:
    """Run the arguments in order, then the unit; its text is tainted as the unit's rule says."""
    function = with_context(unit)
    rule = unit.facts.get("taint", "keeps")
    if not taint or rule == "removes":
        return _plain_call(function, arguments, extra)
    if rule == "adds":
        plain = _plain_call(function, arguments, extra)
        return lambda ctx: Tainted(plain(ctx))

    def run(ctx: Context) -> str:
        values = [argument(ctx) for argument in arguments]
        text: str = function(ctx, *values, *extra)
        return Tainted(text) if Tainted in map(type, values) else text

    return run


def _plain_call(function: Callable[..., Any], arguments: Sequence[Run], extra: Sequence[Any]) -> Run:
    if len(arguments) == 1 and not extra:
        (argument,) = arguments
        return lambda ctx: function(ctx, argument(ctx))

    def run(ctx: Context) -> str:
        values = [argument(ctx) for argument in arguments]
        text: str = function(ctx, *values, *extra)
        return text

    return run


def folded(unit: Unit, arguments: Sequence[Compiled], extra: Sequence[Any]) -> str | None:
    """The value of a pure unit over constant arguments; None if it has to be run.

    An error is left for the run, so that it comes in its place.
    """
    if not unit.facts.get("pure") or unit.wants("ctx") or unit.wants("world"):
        return None
    values = [argument.constant for argument in arguments]
    if None in values:
        return None
    try:
        value: str = unit.impl(*values, *extra)
    except ExpansionError:
        return None
    return value


def worded_after(run: Run, suffix: str) -> Run:
    """The closure, with a suffix to the message of whatever error it raises."""

    @wraps(run)
    def inside(ctx: Context) -> str:
        try:
            return run(ctx)
        except ExpansionError as error:
            error.message += suffix
            raise

    return inside
