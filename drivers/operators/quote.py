"""Operators that quote and escape."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.text import printing
from drivers.api.unit import operator
from grammar.patterns import late_pattern
from grammar.shapes import OperatorShape

if TYPE_CHECKING:
    from drivers.api.protocols import Context

SECTION = "Expansion operators"

_PLAIN = late_pattern(r"[A-Za-z0-9_.-]+", re.ASCII)
_PLAIN_LOCAL_PART = late_pattern(r"(?!\.)(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-])+(?<!\.)", re.ASCII)
_NOT_ALPHANUMERIC = late_pattern(r"[^A-Za-z0-9]", re.ASCII)
_NOT_SEVEN_BITS = late_pattern(r"[\\\x7f-\xff]")
_ESCAPED = str.maketrans({'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r"})


@operator(
    "quote",
    syntax="${quote:<string>}",
    section=SECTION,
    grows=True,
    pure=True,
    shape=OperatorShape(suffix="optional"),
    examples={'${quote:ab"c}': '"ab\\"c"', "${quote:a.b-c_d}": "a.b-c_d", "${quote:}": '""'},
)
def quote(text: str, suffix: str | None = None) -> str:
    r"""Put a string into double quotes unless it has only letters, digits, ``_``, ``.`` and ``-``.

    Inside the quotes, quotes and backslashes get a backslash; newline and return become ``\n``, ``\r``.
    What stands after an underscore is a type of lookup, and comes here only if there is none of that name.
    """
    if suffix is not None:
        message = f'unknown lookup type "{suffix.partition("_")[0]}"'
        raise Failed(message)
    return text if _PLAIN.fullmatch(text) else f'"{text.translate(_ESCAPED)}"'


@operator(
    "quote_local_part",
    syntax="${quote_local_part:<string>}",
    section=SECTION,
    grows=True,
    pure=True,
    examples={"${quote_local_part:a+b}": "a+b", "${quote_local_part:a b}": '"a b"'},
)
def quote_local_part(text: str) -> str:
    """Quote a string if it could not stand as a local part in an address without quotes."""
    return text if _PLAIN_LOCAL_PART.fullmatch(text) else f'"{text.translate(_ESCAPED)}"'


@operator(
    "rxquote",
    syntax="${rxquote:<string>}",
    section=SECTION,
    grows=True,
    pure=True,
    examples={"${rxquote:a.b_c}": r"a\.b\_c"},
)
def rxquote(text: str) -> str:
    """Put a backslash before every character that is not a letter or a digit."""
    return _NOT_ALPHANUMERIC.sub(r"\\\g<0>", text)


@operator(
    "escape",
    syntax="${escape:<string>}",
    section=SECTION,
    grows=True,
    examples={r"${escape:a\nb}": r"a\nb"},
)
def escape(ctx: Context, text: str) -> str:
    r"""Write non-printing characters but tabs as ``\n``, ``\r``... or three octal digits.

    Bytes with the top bit count as printing if ``print_topbitchars`` is set.
    """
    top_bit = bool(ctx.options["print_topbitchars"])
    return "\t".join([printing(part, top_bit_prints=top_bit) for part in text.split("\t")])


@operator(
    "escape8bit",
    syntax="${escape8bit:<string>}",
    since="4.88",
    section=SECTION,
    grows=True,
    pure=True,
    examples={r"${escape8bit:caf\xe9}": r"caf\351"},
)
def escape8bit(text: str) -> str:
    """Write bytes from 127 up, and backslashes, as a backslash and three octal digits."""
    return _NOT_SEVEN_BITS.sub(lambda byte: f"\\{ord(byte[0]):03o}", text)
