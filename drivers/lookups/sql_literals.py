"""Strings of an SQL statement as values beside it, so that the database prepares one statement for many."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3

_LITERAL = re.compile(r"(?<=[ =(,<>|])'((?:[^']|'')*)'(?![\w'])")
_SELECT = re.compile(r"select\s", re.IGNORECASE)
_MORE = re.compile(r"[;\"'`\[:@$#]|--|/\*")
"""What may be anything but plain words: then the statement is taken as it stands."""


def taken_out(statement: str) -> tuple[str, list[str]] | None:
    """The statement with places for its strings, and the strings; None where that is not plain to see.

    Only questions are looked at: they may be asked a second time if the database does not want a value there.
    """
    if not statement.isascii():
        return None
    parts = _LITERAL.split(statement)
    strings = parts[1::2]
    text = "?".join(parts[::2])
    if not _is_plain(text, len(strings)):
        return None
    if "''" in statement:
        strings = [part.replace("''", "'") for part in strings]
    return text, strings


@lru_cache(maxsize=256)
def _is_plain(text: str, places: int) -> bool:
    """True for a question with so many places for strings and nothing else that is not plain."""
    return places > 0 and text.count("?") == places and bool(_SELECT.match(text)) and not _MORE.search(text)


def asked(connection: sqlite3.Connection, statement: str) -> sqlite3.Cursor:
    """Run one statement. Raises ``sqlite3.Error``.

    A string in the place of a name, or one that is the name of a column, does not go without its text.
    """
    import sqlite3

    plain = taken_out(statement)
    if plain is None:
        return connection.execute(statement)
    try:
        cursor = connection.execute(*plain)
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) != sqlite3.SQLITE_ERROR:
            raise
        return connection.execute(statement)
    columns: tuple[tuple[Any, ...], ...] = cursor.description or ()
    if len(columns) > 1 and any("?" in name for name, *_ in columns):
        return connection.execute(statement)
    return cursor


def column(connection: sqlite3.Connection, text: str) -> list[Any] | None:
    """The values of a question that has one column; None for whatever is less simple, which has not run.

    Raises ``sqlite3.Error``.
    """
    plain = taken_out(text)
    if plain is None:
        return None
    try:
        cursor = connection.execute(*plain)
    except connection.Error as error:
        if getattr(error, "sqlite_errorcode", 1) != 1:  # an error in the statement: it may do as it stands
            raise
        return None
    return [row[0] for row in cursor] if len(cursor.description) == 1 else None
