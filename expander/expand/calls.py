"""Calling units: what they ask for comes first, taint is kept, constants are worked out once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from drivers.api.errors import ExpansionError
from drivers.api.limits import CHARACTERS_A_STEP, NOTABLE
from drivers.api.text import QuotedFor, Tainted, is_tainted, tainted_like
from drivers.api.text import quoted as in_quotes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from drivers.api.protocols import Context, Narrator, Run
    from drivers.api.unit import Unit
    from expander.expand.compiled import Compiled
    from grammar.ast.expansion import Node

T = TypeVar("T")

LONGEST_QUOTED = 32_768
"""Longer messages are not quoted again."""


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
    run = _call(unit, arguments, extra, named or {}, taint=taint)
    return _restoring_captures(run) if unit.facts.get("scopes_captures") else run


def _restoring_captures(run: Run) -> Run:
    """What the arguments captured is forgotten afterwards; a failure leaves it."""

    def restoring(ctx: Context) -> str:
        captures = ctx.captures
        value = run(ctx)
        ctx.captures = captures
        return value

    return restoring


def _call(
    unit: Unit,
    arguments: Sequence[Callable[[Context], Any]],
    extra: Sequence[Any],
    named: Mapping[str, Any],
    *,
    taint: bool,
) -> Run:
    function = with_context(unit)
    if unit.facts.get("grows"):
        function = _watched(function)
    rule = unit.facts.get("taint", "keeps")
    if not taint or rule == "removes":
        return _plain_call(function, arguments, extra, named)
    adds = rule == "adds"
    quotes = unit.facts.get("quotes_for")
    counting = rule if isinstance(rule, tuple) else range(len(arguments))

    def run(ctx: Context) -> str:
        values = [argument(ctx) for argument in arguments]
        text: str | None = function(ctx, *values, *extra, **named)
        if text is None:
            return text  # type: ignore[return-value] # see above for it
        if adds:
            return Tainted(text)
        text = tainted_like(text, *[values[at] for at in counting if at < len(values)])
        return QuotedFor(text, quotes) if quotes is not None and is_tainted(text) else text

    return run


def _watched(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function of a unit whose value can be a multiple of what it is given."""

    def watched(ctx: Context, *given: Any, **named: Any) -> Any:
        text = function(ctx, *given, **named)
        if text is not None and len(text) > NOTABLE:
            ctx.grown(len(text))
        return text

    return watched


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
    if any(value is None or len(value) > NOTABLE for value in values):
        return None
    try:
        value: str = unit.impl(*values, *extra)
    except ExpansionError:
        return None
    return value if len(value) <= NOTABLE else None


def round_of(
    run: Callable[[Context], T], node: Node, suffix: str, *, quoted: bool = False
) -> Callable[[Context], T]:
    """The closure of a group that a loop runs again and again: each round counts by the text's length.

    Its errors are worded as `worded_inside` does it.
    """
    weight = 1 + (node.end - node.start) // CHARACTERS_A_STEP

    def round_(ctx: Context) -> T:
        ctx.step(weight)
        try:
            return run(ctx)
        except ExpansionError as error:
            _tell_place(error, suffix, quoted=quoted)
            raise

    return round_


def worded_inside(
    run: Callable[[Context], T], suffix: str, *, quoted: bool = False
) -> Callable[[Context], T]:
    """The closure, whose errors tell at the end of their message what they are inside of.

    With ``quoted`` the message before that is put in quotes, unless it has grown long: each level of
    quotes can double it.
    """

    def worded(ctx: Context) -> T:
        try:
            return run(ctx)
        except ExpansionError as error:
            _tell_place(error, suffix, quoted=quoted)
            raise

    return worded


def _tell_place(error: ExpansionError, suffix: str, *, quoted: bool) -> None:
    message = error.message
    if quoted and len(message) <= LONGEST_QUOTED:
        message = in_quotes(message)
    error.message = message + suffix


def is_checked(unit: Unit, index: int) -> bool:
    """True if an argument is judged, or told of, before the unit gets it."""
    return index in unit.facts.get("checks", {}) or unit.facts.get("tells") is not None


def checked(unit: Unit, index: int, run: Run) -> Run:
    """The closure of an argument, followed by the unit's check of it if there is one.

    A check judges a value before the next argument runs; it raises what Exim says.
    """
    check = unit.facts.get("checks", {}).get(index)
    tell = unit.facts.get("tells")
    if tell is not None:
        run = _told(run, tell)
    if check is None:
        return run

    def run_checked(ctx: Context) -> str:
        value = run(ctx)
        check(value)
        return value

    return run_checked


def _told(run: Run, tell: Callable[[Narrator, str], None]) -> Run:
    """The closure of an argument of which something is told, whose unit says what."""

    def run_and_tell(ctx: Context) -> str:
        value = run(ctx)
        if ctx.narrator is not None:
            tell(ctx.narrator, value)
        return value

    return run_and_tell
