"""Conditions of filter files that are one word or compare two values."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from drivers.api.errors import Failed
from drivers.api.filters import FilterError, Filtering
from drivers.api.text import lower, tainted_like
from drivers.filter_commands.declare import done_by_evaluator, filter_condition
from drivers.values.personal import is_personal

STRINGS = "String testing conditions"
NUMBERS = "Numeric testing conditions"
OBEYING = "Obeying commands conditionally"
_NUMBER = re.compile(r"[ \t\n\v\f\r]*([+-]?)(0[xX][0-9A-Fa-f]+|0[0-7]*|[1-9][0-9]*)", re.ASCII)
_FACTOR = re.compile(r"([kKmM]?)[ \t\n\v\f\r]*", re.ASCII)
_FACTORS = {"": 1, "k": 1 << 10, "m": 1 << 20}
_MOST = (1 << 63) - 1


def wrapped(number: int) -> int:
    """What a C integer of 32 bits holds of a number that one of 64 bits has been asked for."""
    held = max(-_MOST - 1, min(_MOST, number))
    return (held + (1 << 31)) % (1 << 32) - (1 << 31)


def number(text: str) -> tuple[int, str] | None:
    """The integer (decimal, octal or hexadecimal) that a text begins with, and the rest; None without one."""
    found = _NUMBER.match(text)
    if found is None:
        return None
    digits = found[2]
    base = 16 if digits[:2].lower() == "0x" else 8 if digits[0] == "0" else 10
    value = int(digits, base)
    return wrapped(-value if found[1] == "-" else value), text[found.end() :]


def _size(text: str) -> int:
    found = number(text)
    factor = None if found is None else _FACTOR.fullmatch(found[1])
    if found is None or factor is None:
        raise FilterError(f'malformed numerical string "{text}"')
    value = wrapped(found[0] * _FACTORS[lower(factor[1])])
    return (value + (1 << 31)) % (1 << 32) - (1 << 31)


def _comparison(name: str, other: str, doc: str, meets: Callable[[str, str], bool]) -> None:
    """A condition on two strings, with the spelling that English has after "does" as ``other``."""
    names = tuple(dict.fromkeys((name, other)))
    caseful = tuple(spelling.upper() for spelling in names)

    def compare(_run: Filtering, left: str, right: str, *, caseful: bool) -> bool:
        if caseful:
            return meets(left, right)
        # Exim's search for text in any case does not find the empty one.
        return meets(lower(left), lower(right)) and not (name == "contains" and not right)

    filter_condition(
        name,
        syntax=f"<text1> {name} <text2>",
        doc=f"{doc}\nIn upper case it tells upper from lower case.",
        section=STRINGS,
        form="comparison",
        spellings=names + caseful,
        caseful=caseful,
        negative="is not" if name == "is" else f"does not {other}",
    )(compare)


_comparison("begins", "begin", "True if the first text begins with the second.", str.startswith)
_comparison("ends", "end", "True if the first text ends with the second.", str.endswith)
_comparison("is", "is", "True if the texts are the same.", str.__eq__)
_comparison("contains", "contain", "True if the second text stands in the first.", str.__contains__)


@filter_condition(
    "matches",
    syntax="<text1> matches <text2>",
    section=STRINGS,
    form="comparison",
    spellings=("matches", "match", "MATCHES", "MATCH"),
    caseful=("MATCHES", "MATCH"),
    negative="does not match",
)
def matches(run: Filtering, left: str, right: str, *, caseful: bool) -> bool:
    """True if the regular expression, which is the second text, matches somewhere in the first.

    In upper case it tells upper from lower case. What it captures is in ``$0``, ``$1`` and so on.
    Raises `FilterError` for a bad expression.
    """
    run.debug(f"Match expanded arguments:\n  Subject = {left}\n  Pattern = {right}")
    try:
        pattern = run.ctx.pattern(right, caseless=not caseful)
    except Failed as problem:
        words = problem.message.replace(
            "regular expression error in", "error while compiling regular expression", 1
        )
        raise FilterError(words) from None
    found = pattern.search(left)
    if found is None:
        return False
    run.ctx.captures = [tainted_like(group, left) for group in found.groups()]
    return True


@filter_condition(
    "above",
    syntax="<number1> is above <number2>",
    section=NUMBERS,
    form="comparison",
    spellings=("above",),
    caseful=(),
    negative="not above",
)
def above(_run: Filtering, left: str, right: str, *, caseful: bool) -> bool:
    """True if the first number is greater than the second.

    Numbers can have K or M behind them. Raises `FilterError` for what is no number.
    """
    del caseful
    return _size(left) > _size(right)


@filter_condition(
    "below",
    syntax="<number1> is below <number2>",
    section=NUMBERS,
    form="comparison",
    spellings=("below",),
    caseful=(),
    negative="not below",
)
def below(_run: Filtering, left: str, right: str, *, caseful: bool) -> bool:
    """True if the first number is less than the second.

    Numbers can have K or M behind them. Raises `FilterError` for what is no number.
    """
    del caseful
    return _size(left) < _size(right)


@filter_condition("delivered", syntax="delivered", section="Testing for significant deliveries", form="word")
def delivered(run: Filtering) -> bool:
    """True if a significant delivery has been set up already."""
    return run.delivered


@filter_condition("error_message", syntax="error_message", section="Testing for error messages", form="word")
def error_message(run: Filtering) -> bool:
    """True if the message is a bounce: it has no sender."""
    return not run.ctx.facts.get("sender_address")


@filter_condition("first_delivery", syntax="first_delivery", section="Testing delivery status", form="word")
def first_delivery(run: Filtering) -> bool:
    """True if this is the first attempt to deliver the message."""
    return run.is_first_delivery


@filter_condition("manually_thawed", syntax="manually_thawed", section="Testing delivery status", form="word")
def manually_thawed(run: Filtering) -> bool:
    """True if the message was frozen and an administrator has released it."""
    return run.is_thawed


@filter_condition(
    "personal", syntax="personal [alias <address>]...", section="Testing for personal mail", form="personal"
)
def personal(run: Filtering, aliases: Sequence[str]) -> bool:
    """True if the message is personal mail for the user: from no list and no daemon, and named in To:."""
    if run.is_system:
        return False  # nobody is the user of the system's filter
    own = (run.address, run.local_address, *aliases)
    return is_personal(run.ctx.headers or (), run.ctx.facts.get("sender_address", ""), own, ("to",))


def _syntax(name: str, syntax: str, doc: str, section: str = OBEYING) -> None:
    filter_condition(name, syntax=syntax, doc=doc, section=section, form="syntax")(done_by_evaluator)


_syntax("and", "<condition> and <condition>", "True if both conditions are; binds more than `or`.")
_syntax("or", "<condition> or <condition>", "True if one of the conditions is.")
_syntax("not", "not <condition>", "True if the condition is not.")
_syntax(
    "foranyaddress",
    "foranyaddress <string> (<condition>)",
    "True if the condition is for one of the addresses in a list, which is `$thisaddress` meanwhile.",
    "Testing a list of addresses",
)
