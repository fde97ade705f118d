"""The lookup of SQLite files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from drivers.api.answer import SEARCH_MESSAGE
from drivers.api.errors import NotOpened
from drivers.api.text import SPACE, from_bytes, is_tainted, to_display
from drivers.api.unit import Example, lookup
from drivers.lookups import sql_rows, sqlite_file
from drivers.lookups.query_memory import Memory, memory_of
from drivers.lookups.quoting import tell_if_bare
from drivers.lookups.sql_literals import asked, column
from drivers.lookups.sql_statements import castable, statements
from drivers.values.lookup_type import FILE_QUERY

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence

    from drivers.api.protocols import Context

NO_FILE = 'absolute file name expected for "sqlite" lookup'
_NAME = re.compile(r"[^ \t\n\v\f\r]+")
MANY = 4096
"""Up to so many bytes of rows are not held against the limits."""

_PLACES = re.compile(r"uses ([0-9]+), and there are 0 supplied")


@lookup(
    "sqlite",
    syntax="sqlite{<file> <statement>}, sqlite,file=<file>{<statement>}",
    since="4.53",
    section="File and database lookups",
    feature="lookup_sqlite",
    style=FILE_QUERY,
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
    the file where the lookup does not; a file that is missing is made. Files stay open for the queries
    that follow. Raises `NotOpened` for a file that cannot be opened, and `Refused` for a change of it
    that the sandbox does not permit. See "More about SQLite".
    """
    chosen = next((word[5:] for word in options if word.startswith("file=")), "")

    def find(text: str) -> str | None:
        path, query = _place_and_query(ctx, text, chosen)
        # The file of the main option is another one for Exim, even if it is named elsewhere as well.
        usual = not chosen and query is text
        name = "" if usual else path
        known: dict[str, tuple[sqlite_file.Link, Memory]] = ctx.state.setdefault("sqlite_links", {})
        if name not in known:
            known[name] = sqlite_file.opened(ctx, path), memory_of(ctx, f"sqlite {name}")
        link, memory = known[name]
        ctx.state[SEARCH_MESSAGE] = ""
        if not query:
            return None

        def ask() -> str | None:
            ctx.state.pop(SEARCH_MESSAGE, None)  # the library leaves what it has to say, or nothing at all
            if usual:
                tell_if_bare(ctx, "sqlite", text)
            return _asked(ctx, memory, link, str(query) if query.isascii() else to_display(query))

        return memory.recall(query, options, ask)

    return find


def _place_and_query(ctx: Context, text: str, chosen: str) -> tuple[str, str]:
    """The file and the statement: the file is an option, stands before the statement, or is set once."""
    if not chosen and text.startswith("/"):
        path: str = _NAME.match(text)[0]  # type: ignore[index] # the slash at least
        if is_tainted(text):
            raise ctx.refused_search(path)
        return path, text[len(path) :].lstrip(SPACE)
    path = chosen or str(ctx.options.get("sqlite_dbfile") or "")
    if not path.startswith("/"):
        raise NotOpened(NO_FILE)
    return path, text


def _asked(ctx: Context, memory: Memory, link: sqlite_file.Link, query: str) -> str | None:
    """What statements give, None if one fails or there are no rows."""
    link.watch(ctx)
    try:
        values = column(link.connection, query)
        lines = _lines(ctx, link, query) if values is None else [_shown(value) for value in values]
    except link.problems as error:
        if link.stopped is not None:
            raise link.stopped from None
        link.judge(error)
        ctx.state[SEARCH_MESSAGE] = str(error)
        return None
    if not lines:
        memory.spent = True
        return None
    found = "\n".join(lines)
    if values is not None and len(found) > MANY:
        ctx.grown(len(found))
    return found


def _lines(ctx: Context, link: sqlite_file.Link, query: str) -> list[str]:
    """The rows of all statements."""
    lines: list[str] = []
    size = 0
    for columns, row in _rows(link.connection, query):
        line = _line(columns, row)
        lines.append(line)
        size += len(line) + 1
        if size > MANY:
            ctx.grown(size)
    return lines


def _rows(connection: sqlite3.Connection, text: str) -> Iterator[tuple[list[str], Sequence[Any]]]:
    """The rows of all statements, each with the names of its columns."""
    for statement in statements(text):
        cursor = _executed(connection, castable(statement))
        if cursor.description:
            columns = [
                from_bytes(column[0].encode("utf-8", "surrogateescape")) for column in cursor.description
            ]
            for row in cursor:
                yield columns, row


def _executed(connection: sqlite3.Connection, statement: str) -> sqlite3.Cursor:
    """Run a statement; what it has places for is NULL."""
    import sqlite3

    try:
        return asked(connection, statement)
    except sqlite3.ProgrammingError as error:
        places = _PLACES.search(str(error))
        if places is None:
            raise
    try:
        return connection.execute(statement, _Nulls())
    except sqlite3.ProgrammingError:
        return connection.execute(statement, (None,) * int(places[1]))


class _Nulls(dict[str, None]):
    """NULL for every name."""

    def __missing__(self, name: str) -> None:
        return None


def _shown(value: object) -> str:
    """A value as SQLite writes it, up to its first NUL."""
    if type(value) is bytes:
        return sql_rows.up_to_nul(value.decode("latin-1"))
    if value is None:
        return "<NULL>"
    if isinstance(value, float):
        return _number(value)
    return sql_rows.up_to_nul(str(value))


def _number(value: float) -> str:
    """A floating-point number as SQLite writes it, always with a dot."""
    if value == 0:
        return "0.0"
    text = f"{value:.15g}"
    if text[-1] == "f":
        return text.replace("inf", "Inf")
    digits, exponent, tail = text.partition("e")
    return (digits if "." in digits else f"{digits}.0") + exponent + tail


def _line(columns: list[str], row: Sequence[Any]) -> str:
    if len(row) == 1:
        return _shown(row[0])
    return sql_rows.named(columns, map(_shown, row))
