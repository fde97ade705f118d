"""Conditions that join others, and truth values as text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from drivers.api.text import SPACE
from drivers.api.unit import condition
from drivers.values import boolean
from grammar.shapes import ConditionShape

if TYPE_CHECKING:
    from drivers.api.protocols import Context, Test

SECTION = "Expansion conditions"
JOINED = "Combining expansion conditions"
ONE = ConditionShape(form="strings")


def _telling(name: str, judge: Callable[[str], bool]) -> Callable[[Context, str], bool]:
    """The condition in the form that tells what it does, as ``-d+expand`` shows it."""

    def told(ctx: Context, text: str) -> bool:
        say = ctx.narrator.say if ctx.narrator is not None else str
        say(f"considering {name}: {text.strip(SPACE) or '<empty>'}")
        result = judge(text)
        say(f"{name}: condition evaluated to {'true' if result else 'false'}")
        return result

    return told


@condition(
    "and",
    syntax="and {{<cond1>}{<cond2>}...}",
    section=JOINED,
    shape=ConditionShape(form="subconditions"),
    examples={"${if and{{eq{a}{a}}{eq{b}{c}}}{y}{n}}": "n", "${if and{}{y}{n}}": "y"},
)
def and_(ctx: Context, tests: Sequence[Test]) -> bool:
    """True if all conditions are true; those after the first that is false are not evaluated."""
    for test in tests:  # noqa: SIM110 - conditions nest deep, and all() would nest in C
        if not test(ctx):
            return False
    return True


@condition(
    "or",
    syntax="or {{<cond1>}{<cond2>}...}",
    section=JOINED,
    shape=ConditionShape(form="subconditions"),
    examples={"${if or{{eq{a}{a}}{eq{b}{c}}}{y}{n}}": "y", "${if or{}{y}{n}}": "n"},
)
def or_(ctx: Context, tests: Sequence[Test]) -> bool:
    """True if one of the conditions is true; those after it are not evaluated."""
    for test in tests:  # noqa: SIM110 - conditions nest deep, and any() would nest in C
        if test(ctx):
            return True
    return False


@condition(
    "bool",
    syntax="bool {<string>}",
    since="4.70",
    section=SECTION,
    shape=ONE,
    checks_when_skipped=True,
    narrated=_telling("bool", boolean.strict),
    told_when_skipped=True,
    examples={"${if bool{Yes}{y}{n}}": "y", "${if bool{}{y}{n}}": "n", "${if bool{42}{y}{n}}": "y"},
)
def bool_(text: str) -> bool:
    """True for ``true``, ``yes`` and numbers other than zero.

    False for ``false``, ``no``, zero and the empty string. Case and white space around it do not
    matter. Raises `Failed` for other strings.
    """
    return boolean.strict(text)


@condition(
    "bool_lax",
    syntax="bool_lax {<string>}",
    since="4.73",
    section=SECTION,
    shape=ONE,
    narrated=_telling("bool_lax", boolean.lax),
    told_when_skipped=True,
    examples={"${if bool_lax{maybe}{y}{n}}": "y", "${if bool_lax{No}{y}{n}}": "n"},
)
def bool_lax(text: str) -> bool:
    """False for the empty string, ``0``, ``no`` and ``false``; true for all other strings.

    This is how the option ``condition`` of routers is read.
    """
    return boolean.lax(text)
