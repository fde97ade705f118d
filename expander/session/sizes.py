"""The size limit of messages."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, Failed
from drivers.values import integer

if TYPE_CHECKING:
    from expander.session.machine import Session


parse = lru_cache(maxsize=16)(integer.parse)
"""A limit is nearly always the same text."""


def set_size_limit(session: Session) -> str:
    """Find out how many bytes a message may have: "", or what the log says of a limit that is none."""
    try:
        text = session.option("message_size_limit")
    except ExpansionError as problem:
        return f"unable to expand message_size_limit: {problem.message}"
    try:
        session.size_limit = parse(text)
    except Failed as problem:
        return f"invalid message_size_limit: {problem.message}"
    return ""


def size_limit(session: Session) -> int:
    """How many bytes a message may have, 0 for no limit."""
    return session.size_limit
