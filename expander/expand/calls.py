"""Calling units: what they ask for comes first, taint is kept, constants are worked out once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from drivers.api.errors import ExpansionError
from drivers.api.text import Tainted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from drivers.api.protocols import Context, Run
    from drivers.api.unit import Unit
    from expander.expand.compiled import Compiled

T = TypeVar("T")


def with_context(unit: Unit) -> Callable[..., Any]:
    """The unit's function, taking the context first whether or not it asks for one."""
    function = unit.impl
    if unit.wants("ctx"):
        return function  # type: ignore[no-any-return]
    if unit.wants("world"):
        return lambda ctx, *given, **named: function(ctx.world, *given, **named)
    return lambda _ctx, *given, **named: function(*given, **named)


def call(
    unit: Unit,
    arguments: Sequence[Callable[[Context], Any]],
    extra: Sequence[Any] = (),
    named: Mapping[str, Any] | None = None,
    *,
    taint: bool,
) -> Run:
    """Make the arguments in order, then run the unit; its text is tainted as the unit's rule says.

    ``extra`` and ``named`` are handed over as they are. An item that chooses between strings gives
    None for "not found".
    """
    function, named = with_context(unit), named or {}
    rule = unit.facts.get("taint", "keeps")
    if not taint or rule not in {"keeps", "adds"}:
        return _plain_call(function, arguments, extra, named)
    adds = rule == "adds"

    def run(ctx: Context) -> str:
        values = [argument(ctx) for argument in arguments]
        text: str | None = function(ctx, *values, *extra, **named)
        if text is not None and (adds or Tainted in map(type, values)):
            return Tainted(text)
        return text  # type: ignore[return-value] # see above for None

    return run


def _plain_call(
    function: Callable[..., Any],
    arguments: Sequence[Callable[[Context], Any]],
    extra: Sequence[Any],
    named: Mapping[str, Any],
) -> Run:
    if len(arguments) == 1 and not extra and not named:
        (argument,) = arguments
        return lambda ctx: function(ctx, argument(ctx))

    def run(ctx: Context) -> str:
        text: str = function(ctx, *[argument(ctx) for argument in arguments], *extra, **named)
        return text

    return run


def is_fixed(unit: Unit) -> bool:
    """True if the unit cannot reach the world: asked for the context it may turn out not to be constant."""
    return not unit.wants("world")


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


def worded_inside(
    run: Callable[[Context], T], suffix: str, *, quoted: bool = False
) -> Callable[[Context], T]:
    """The closure, whose errors tell at the end of their message what they are inside of."""

    def worded(ctx: Context) -> T:
        try:
            return run(ctx)
        except ExpansionError as error:
            error.message = (f'"{error.message}"' if quoted else error.message) + suffix
            raise

    return worded


def checked(unit: Unit, index: int, run: Run) -> Run:
    """The closure of an argument, followed by the unit's check of it if there is one.

    A check judges a value before the next argument runs; it raises what Exim says.
    """
    check = unit.facts.get("checks", {}).get(index)
    if check is None:
        return run

    def run_checked(ctx: Context) -> str:
        value = run(ctx)
        check(value)
        return value

    return run_checked
