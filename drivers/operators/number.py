"""Operators that calculate: arithmetic and random numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.text import SPACE
from drivers.api.unit import operator
from drivers.values import arithmetic, integer
from drivers.values.substring import wrap32

if TYPE_CHECKING:
    from drivers.api.outside import World

SECTION = "Expansion operators"


@operator(
    "eval",
    syntax="${eval:<expression>}",
    section=SECTION,
    taint="removes",
    pure=True,
    examples={"${eval:2+3*(4-1)}": "11", "${eval:0x10|1K}": "1040"},
)
def eval_(text: str) -> str:
    """Work out an arithmetic expression of integers of 64 bits.

    Operators, by priority: unary ``~ - +``; ``* / %``; ``+ -``; ``<< >>``; ``&``; ``^``; ``|``.
    Numbers are decimal, octal (leading 0) or hexadecimal (leading 0x), and may bear K, M or G.
    """
    return str(arithmetic.evaluate(text))


@operator(
    "eval10",
    syntax="${eval10:<expression>}",
    section=SECTION,
    taint="removes",
    pure=True,
    examples={"${eval10:08+09}": "17"},
)
def eval10(text: str) -> str:
    """Work out an arithmetic expression in which all numbers are decimal, leading zeros or not."""
    return str(arithmetic.evaluate(text, decimal=True))


@operator(
    "randint",
    syntax="${randint:<n>}",
    since="4.70",
    section=SECTION,
    taint="removes",
    examples={"${randint:1}": "0"},
)
def randint(world: World, text: str) -> str:
    """Give a random number that is at least 0 and less than the argument."""
    body = text.lstrip(SPACE)
    if not body:
        message = f'integer expected but "{body}" found'
        raise Failed(message)
    limit = integer.parse(text)
    if limit < 0:
        message = f'non-negative integer expected but "{body}" found'
        raise Failed(message)
    limit = wrap32(limit)
    return str(world.random.below(limit) if limit > 1 else 0)
