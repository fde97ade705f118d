"""The lookup of SQLite files."""

from __future__ import annotations

import re
import stat
from typing import TYPE_CHECKING, Any

from drivers.api.errors import Failed
from drivers.api.text import SPACE, from_bytes, to_display
from drivers.api.unit import Example, lookup
from drivers.lookups.sql_literals import asked, column
from drivers.values.lookup_type import QUERY

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence

    from drivers.api.protocols import Context

NO_FILE = 'absolute file name expected for "sqlite" lookup'
CANNOT_OPEN = "unable to open database file"
_NEEDS_QUOTES = re.compile(r'"|[\s\S]*[ \t\n\r]|\Z')
_SPECIAL = re.compile(r'["\\]')


def _place_and_query(ctx: Context, text: str, options: Sequence[str]) -> tuple[str, str]:
    """The file and the statement: the file may be an option, stand before the statement, or be set once."""
    named = next((word[5:] for word in options if word.startswith("file=")), "")
    if not named and text.lstrip(SPACE).startswith("/"):
        named, _, text = text.lstrip(SPACE).partition(" ")
    named = named or str(ctx.options.get("sqlite_dbfile") or "")
    if not named.startswith("/"):
        raise Failed(NO_FILE)
    return named, text.lstrip(SPACE)


def _connected(ctx: Context, path: str, *, writing: bool) -> sqlite3.Connection:
    """A connection to the file, or to an empty database where there is no such file."""
    import sqlite3
    from urllib.parse import quote

    try:
        if stat.S_ISDIR(ctx.world.files.stat(path).st_mode):
            raise Failed(CANNOT_OPEN)
        place = f"file:{quote(to_display(ctx.world.files.local(path)))}?mode={'rw' if writing else 'ro'}"
    except FileNotFoundError:
        place = "file::memory:"
        folder = path.rpartition("/")[0] or "/"
        try:
            ctx.world.files.stat(folder)
        except OSError:
            raise Failed(CANNOT_OPEN) from None
    try:
        return sqlite3.connect(place, uri=True, isolation_level=None)
    except sqlite3.Error as error:
        raise Failed(str(error)) from None


def _rows(connection: sqlite3.Connection, statements: str) -> Iterator[tuple[list[str], Sequence[Any]]]:
    """The rows of all statements, each with the names of its columns."""
    import sqlite3

    rest = statements
    while rest.strip():
        end = next(
            (
                at + 1
                for at, char in enumerate(rest)
                if char == ";" and sqlite3.complete_statement(rest[: at + 1])
            ),
            len(rest),
        )
        cursor = asked(connection, rest[:end])
        columns = [column[0] for column in cursor.description or ()]
        yield from ((columns, row) for row in cursor)
        rest = rest[end:]


def _shown(value: object) -> str:
    """A value as SQLite writes it, up to its first NUL."""
    if value is None:
        return "<NULL>"
    if isinstance(value, float):
        text = f"{value:.15g}"
        digits, exponent, tail = text.partition("e")
        return (digits if "." in digits or not digits[-1].isdigit() else f"{digits}.0") + exponent + tail
    text = from_bytes(value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogateescape"))
    return text.partition("\0")[0]


def _quoted(value: str) -> str:
    """A value of one of several columns: in quotes where it could not be told from what follows."""
    if not _NEEDS_QUOTES.match(value):
        return value
    return '"' + _SPECIAL.sub(r"\\\g<0>", value) + '"'


def _line(columns: list[str], row: Sequence[Any]) -> str:
    if len(row) == 1:
        return _shown(row[0])
    return "".join(
        f"{_shown(name)}={_quoted(_shown(value))} " for name, value in zip(columns, row, strict=True)
    )


@lookup(
    "sqlite",
    syntax="sqlite{<file> <statement>}, sqlite,file=<file>{<statement>}",
    since="4.53",
    section="File and database lookups",
    feature="lookup_sqlite",
    style=QUERY,
    steady=True,
    examples=(
        Example("${lookup sqlite,file=@DIR@/none.db{select 6*7}}", "42"),
        Example("${extract{b}{${lookup sqlite{@DIR@/none.db select 1 as a, 'x y' as b}}}}", "x y"),
    ),
)
def sqlite(ctx: Context, _place: str, options: Sequence[str]) -> Callable[[str], str | None]:
    """Ask an SQLite file.

    One column gives its values, several ``name=value`` pairs; rows are separated by newlines. A
    statement that fails, or gives no row, finds nothing. The main option ``sqlite_dbfile`` names
    the file where the lookup does not. Raises `Failed` for a file that cannot be opened, and `Refused`
    for a change of it that the sandbox does not permit.
    """

    def find(text: str) -> str | None:
        path, query = _place_and_query(ctx, text, options)
        return _asked(ctx, path, to_display(query))

    return find


def _asked(ctx: Context, path: str, query: str, *, writing: bool = False) -> str | None:
    import sqlite3

    connection = _connected(ctx, path, writing=writing)
    lines: list[str] = []
    try:
        values = column(connection, query)
        if values is not None:
            lines = list(map(_shown, values))
        for columns, row in _rows(connection, query) if values is None else ():
            lines.append(_line(columns, row))
    except sqlite3.OperationalError as error:
        if writing or "readonly" not in str(error):
            return None
        ctx.world.files.write(path, b"", append=True)  # asks whether changes are permitted
        return _asked(ctx, path, query, writing=True)
    except (sqlite3.Error, sqlite3.Warning):
        return None
    finally:
        connection.close()
    return "\n".join(lines) if lines else None
