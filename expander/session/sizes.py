"""The size limit of messages."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, Failed
from drivers.api.text import SPACE
from drivers.values import integer
from grammar.patterns import late_pattern

if TYPE_CHECKING:
    from expander.session.machine import Session

_NEGATIVE = late_pattern(rf"[{SPACE}]*-[0-9]*[1-9]", re.ASCII)
_HALF = 1 << 31
"""Of a number Exim keeps 32 bits, the first of which is its sign."""

parse = lru_cache(maxsize=16)(integer.parse)
"""A limit is nearly always the same text."""


def set_size_limit(session: Session) -> str:
    """Find out how many bytes a message may have: "", or what the log says of a limit that is none."""
    try:
        text = session.option("message_size_limit")
    except ExpansionError as problem:
        return f"unable to expand message_size_limit: {problem.message}"
    if _NEGATIVE.match(text):
        shown = text.lstrip(SPACE)
        return f'invalid message_size_limit: non-negative integer expected but "{shown}" found'
    try:
        session.size_limit = max((parse(text) + _HALF) % (2 * _HALF) - _HALF, 0)
    except Failed as problem:
        return f"invalid message_size_limit: {problem.message}"
    return ""


def size_limit(session: Session) -> int:
    """How many bytes a message may have, 0 for no limit."""
    return session.size_limit
