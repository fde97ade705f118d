"""Items that cut or hash a string by numbers: length, substr, hash, nhash."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.text import SPACE, is_tainted
from drivers.api.unit import item
from drivers.items.counted import counted
from drivers.values import integer, substring

if TYPE_CHECKING:
    from drivers.api.protocols import Context

SECTION = "Expansion items"
REFUSED_SINCE = "4.97"
_NUMBER = re.compile(r"[ \t\n\v\f\r]*[+-]?[0-9]+\Z", re.ASCII)


def number(text: str, name: str, *, signed: bool = False) -> int:
    """An argument that must be a number; the empty string is zero.

    It is held in 32 bits, as Exim does. Raises `Failed`, which names the item, for other texts and
    for a negative number where ``signed`` is false.
    """
    what = "number" if signed else "positive number"
    if not text:
        return 0
    if not _NUMBER.match(text):
        raise Failed(f'"{text}" is not a {what} (in "{name}" expansion)')
    value = substring.wrap32(integer.saturated(text.lstrip(SPACE)))
    if value < 0 and not signed:
        raise Failed(f'"{text}" is not a {what} (in "{name}" expansion)')
    return value


def refuse_tainted(ctx: Context, name: str, *texts: str) -> None:
    """Since `REFUSED_SINCE` no number may come from outside. Raises `Failed`, which is logged."""
    for text in texts:
        if is_tainted(text) and ctx.profile.at_least(REFUSED_SINCE):
            message = f"attempt to use tainted string '{text}' for {name}"
            ctx.log(message)
            raise Failed(message)


def numbers(name: str, texts: tuple[str, ...]) -> tuple[int, int | None, str]:
    """The one or two numbers and the string that are the arguments of hash, nhash and substr."""
    first = number(texts[0], name, signed=True)
    second = number(texts[1], name) if len(texts) > 2 else None
    return first, second, texts[-1]


def _length(count: str, text: str) -> str:
    return substring.length(text, number(count, "length"))


def _substr(*texts: str) -> str:
    start, count, text = numbers("substr", texts)
    return substring.cut(text, start, count)


def _hash(*texts: str) -> str:
    count, letters, text = numbers("hash", texts)
    return substring.hash_letters(text, count, letters)


def _nhash(*texts: str) -> str:
    first, second, text = numbers("nhash", texts)
    return substring.hash_numbers(text, first, second)


@item(
    "length",
    syntax="${length{<string1>}{<string2>}}",
    section=SECTION,
    shape=counted("length", 2, 2),
    when_skipped=_length,
    literal=_length,
    examples={"${length{3}{abcdef}}": "abc", "${length{9}{abc}}": "abc"},
)
def length(ctx: Context, count: str, text: str) -> str:
    """The first bytes of a string: as many as the first argument says.

    Raises `Failed` if that is not a number, or a negative one.
    """
    refuse_tainted(ctx, "length", count)
    return _length(count, text)


@item(
    "substr",
    syntax="${substr{<start>}{<len>}{<subject>}}",
    section=SECTION,
    shape=counted("substr", 2, 3),
    when_skipped=_substr,
    literal=_substr,
    examples={
        "${substr{3}{2}{abcdefghijk}}": "de",
        "${substr{-3}{2}{abcdef}}": "de",
        "${substr{-2}{abcdef}}": "abcd",
    },
)
def substr(ctx: Context, *texts: str) -> str:
    """A part of a string, given by where it starts and how many bytes it has.

    A negative start counts from the right. Without a length a start that is not negative takes all
    to its right, a negative one all to its left. Raises `Failed` for what is not a number.
    """
    refuse_tainted(ctx, "substr", *texts[:-1])
    return _substr(*texts)


@item(
    "hash",
    syntax="${hash{<string1>}{<string2>}{<string3>}}",
    section=SECTION,
    shape=counted("hash", 2, 3),
    when_skipped=_hash,
    literal=_hash,
    examples={"${hash{3}{monty}}": "jmg", "${hash{5}{monty}}": "monty"},
)
def hash_(ctx: Context, *texts: str) -> str:
    """A string of letters and digits, as long as the first number says, made from the last string.

    The second number, 26 if absent, says how many of the lower case letters, upper case letters and
    digits may be used. A string that is not longer than wanted stays as it is. Raises `Failed`
    for what is not a number and for more than 62 letters.
    """
    refuse_tainted(ctx, "hash", *texts[:-1])
    return _hash(*texts)


@item(
    "nhash",
    taint="removes",
    syntax="${nhash{<string1>}{<string2>}{<string3>}}",
    section=SECTION,
    shape=counted("nhash", 2, 3),
    when_skipped=lambda *texts: numbers("nhash", texts),
    literal=_nhash,
    examples={"${nhash{8}{64}{supercalifragilisticexpialidocious}}": "6/33"},
)
def nhash(ctx: Context, *texts: str) -> str:
    """A number below the first argument made from the last one; with two numbers, a pair ``n/m``.

    Raises `Failed` for what is not a number and for a range of zero.
    """
    refuse_tainted(ctx, "nhash", *texts[:-1])
    return _nhash(*texts)
