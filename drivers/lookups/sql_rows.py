"""How the SQL lookups write the rows that they find as text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_NEEDS_QUOTES = re.compile(r'"|[\s\S]*[ \t\n\r]|\Z')
_SPECIAL = re.compile(r'["\\]')


def quoted(value: str) -> str:
    """A value of one of several columns: in quotes where it could not be told from what follows.

    Whether it needs them is judged by what stands before its first NUL.
    """
    if not _NEEDS_QUOTES.match(up_to_nul(value)):
        return value
    return '"' + _SPECIAL.sub(r"\\\g<0>", value) + '"'


def named(names: Iterable[str], values: Iterable[str]) -> str:
    """A row of several columns: ``name=value`` and a space for each."""
    return "".join(f"{name}={quoted(value)} " for name, value in zip(names, values, strict=False))


def up_to_nul(text: str) -> str:
    """The text as Exim has it, whose strings end at a NUL."""
    return text.partition("\0")[0]
