"""Statements of SQL as text: where one ends, and bytes in them that are no UTF-8."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_END = re.compile(
    r"""'[^']*(?:'|\Z)|"[^"]*(?:"|\Z)|`[^`]*(?:`|\Z)|\[[^\]]*(?:\]|\Z)"""  # quoted
    r"""|--[^\n]*|/\*[\s\S]*?(?:\*/|\Z)|(;)"""
)
_LITERAL = re.compile(r"'((?:[^']|'')*)'")
_ODD = re.compile(r"[\udc80-\udcff]")
_TRIGGER = re.compile(r"\btrigger\b", re.IGNORECASE)


def statements(text: str) -> Iterator[str]:
    """The statements of a text, each with the semicolon at its end.

    Semicolons in quotes and in comments end none; those inside the body of a trigger do not either.
    """
    if ";" not in text:  # as nearly always
        if text.strip():
            yield text
        return
    from sqlite3 import complete_statement

    bodies = _TRIGGER.search(text) is not None
    start = 0
    for found in _END.finditer(text):
        if found[1] and not (bodies and not complete_statement(text[start : found.end()])):
            yield text[start : found.end()]
            start = found.end()
    if text[start:].strip():
        yield text[start:]


def castable(statement: str) -> str:
    """The statement with text that is no UTF-8 written in hexadecimal: the database gets the same bytes.

    Such bytes are held as surrogates; those outside of quotes stay.
    """
    if statement.isascii() or not _ODD.search(statement):
        return statement
    return _LITERAL.sub(_cast, statement)


def _cast(literal: re.Match[str]) -> str:
    if not _ODD.search(literal[0]):
        return literal[0]
    data = literal[1].replace("''", "'").encode("utf-8", "surrogateescape")
    return f"CAST(x'{data.hex()}' AS TEXT)"
