"""The lookup of PostgreSQL servers."""

from __future__ import annotations

import os
import re
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from drivers.api.errors import Deferred, Unsupported
from drivers.api.text import from_bytes, to_bytes
from drivers.api.unit import lookup
from drivers.lookups import servers, sql_rows
from drivers.lookups.query_memory import Memory, memory_of
from drivers.lookups.quoting import remembered
from drivers.values.lookup_type import QUERY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from drivers.api.protocols import Context

KIND = servers.Kind("PostgreSQL", "pgsql_servers")
TITLE = "pgSQL"
PORT = 5432
ENCODING = "SQL_ASCII"
"""With this the server changes no byte on the way."""

LONGEST_WAIT = 30
"""So many seconds may connecting take."""

LONGEST_ANSWER = 60.0
"""Exim waits for an answer for ever; here a server has so many seconds."""

_SPECIAL = re.compile(r"['\\]")
_URI = ("postgresql://", "postgres://")


@lookup(
    "pgsql",
    syntax="pgsql{<query>}, pgsql,servers=<servers>{<query>}",
    feature="lookup_pgsql",
    section="File and database lookups",
    style=QUERY,
)
def pgsql(ctx: Context, _place: str, options: Sequence[str]) -> Callable[[str], str | None]:
    """Ask a PostgreSQL server.

    One column gives its values, several ``name=value`` pairs; rows are separated by newlines. A statement
    that asks for no data gives the number of rows that it changed, and finds nothing if it is none that
    changes rows. Connections stay open for the queries that follow. Raises `Deferred` in
    Exim's words where no server can be asked or the statement fails, `Refused` where the sandbox permits
    no connection, and `Unsupported` without the Python package ``psycopg`` or PostgreSQL's library.
    """
    memory = memory_of(ctx, "pgsql")

    def ask(server: str, query: str) -> str | None:
        return _asked(ctx, memory, server, query)

    return remembered(ctx, "pgsql", options, lambda text: servers.ask_in_turn(ctx, KIND, text, options, ask))


def _library() -> Any:
    try:
        from psycopg import pq
    except ImportError:
        raise Unsupported(
            'the lookup type "pgsql" needs libpq and the Python package "psycopg" (extra "sql": '
            "pip install eximulate[sql])"
        ) from None
    return pq


def _asked(ctx: Context, memory: Memory, server: str, query: str) -> str | None:
    """What one server finds."""
    host, database, user, password = servers.parts(KIND, TITLE, server)
    links: dict[str, Any] = ctx.state.setdefault("pgsql_links", {})
    name = f"{host}/{database}/{user}"
    link = links.get(name)
    if link is None:
        link = links[name] = _connection(ctx, _address(host), database, user, password)
    status, reason, result = _run(link, query)
    words = _library().ExecStatus
    if status == words.TUPLES_OK:
        return _rows(result)
    if status in {words.COMMAND_OK, words.EMPTY_QUERY}:
        memory.spent = True
        return str(result.command_tuples) if result.command_tuples is not None else None
    if status in {words.COPY_IN, words.COPY_OUT, words.COPY_BOTH}:
        del links[name]  # it would have to be talked out of copying
    raise Deferred(f"PGSQL: query failed: {reason} (PGRES_{words(status).name}) ({query})\n")


def _address(host: str) -> tuple[str, str]:
    """The host, or the directory of the socket, and the port; "" for what is not said.

    Raises `GivenUp` for what is no address. See "Special PostgreSQL features".
    """
    if not host.startswith("("):
        name, colon, port = host.partition(":")
        if "/" in host and not colon:
            raise servers.GivenUp(f"unexpected slash in {TITLE} server hostname: {host}")
        return name, port
    path = host[1:].partition(")")[0]
    if "/" not in path or "." not in path:
        raise servers.GivenUp(f"PGSQL invalid filename for socket: {path}")
    return path.rpartition("/")[0], path.rpartition(".")[2]


def _connection(ctx: Context, place: tuple[str, str], database: str, user: str, password: str) -> Any:
    """A new connection. Raises `Deferred` with the words of PostgreSQL's library."""
    library = _library()
    host, port = place
    given = {"host": host, "port": port, "user": user, "password": password, **_database(library, database)}
    number = int(port) if port.isdecimal() else PORT
    try:
        ctx.world.sockets.permit((host, number) if not host.startswith("/") else f"{host}/.s.PGSQL.{number}")
    except OSError as error:
        raise Deferred(f"PGSQL connection failed: {error.strerror}\n") from None
    given = {"client_encoding": ENCODING, "connect_timeout": str(LONGEST_WAIT), **given}
    text = " ".join(f"{name}={_quoted(value)}" for name, value in given.items() if value)
    with _no_settings():
        connection = library.PGconn.connect(to_bytes(text))
    if connection.status == library.ConnStatus.OK:
        return connection
    reason = from_bytes(connection.error_message)
    connection.finish()
    raise Deferred(f"PGSQL connection failed: {reason}")


@contextmanager
def _no_settings() -> Iterator[None]:
    """Without the settings for PostgreSQL's library in the environment: Exim has emptied its own."""
    kept = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("PG")}
    try:
        yield
    finally:
        os.environ.update(kept)


def _database(library: Any, name: str) -> Mapping[str, str]:
    """The database; its name may be a whole connection string."""
    if "=" not in name and not name.startswith(_URI):
        return {"dbname": name}
    try:
        known = library.Conninfo.parse(to_bytes(name))
    except Exception as error:  # the package has its own family
        if error.__class__.__module__.partition(".")[0] != "psycopg":
            raise
        raise Deferred(f"PGSQL connection failed: {str(error).strip()}\n") from None
    return {from_bytes(one.keyword): from_bytes(one.val) for one in known if one.val is not None}


def _quoted(value: str) -> str:
    return "'" + _SPECIAL.sub(r"\\\g<0>", value) + "'"


def _run(link: Any, query: str) -> tuple[int, str, Any]:
    """Send statements: the state of the last result, what is wrong with it, and the result.

    A connection that was lost before gives no result, and no reason either.
    """
    import select

    import psycopg

    library = _library()
    last = None
    sent = False
    deadline = time.monotonic() + LONGEST_ANSWER
    try:
        link.send_query(to_bytes(query))
        sent = True
        while True:
            while link.is_busy():
                left = deadline - time.monotonic()
                if left <= 0 or not select.select([link.socket], [], [], left)[0]:
                    link.finish()
                    return library.ExecStatus.FATAL_ERROR, "timeout expired\n", None
                link.consume_input()
            result = link.get_result()
            if result is None:
                break
            last = result
            if result.status in {library.ExecStatus.COPY_IN, library.ExecStatus.COPY_OUT}:
                break
    except psycopg.Error:
        # The library has gathered what it said before; of several results the last one counts.
        earlier = b"" if last is None else last.error_message
        reason = from_bytes(link.error_message.removeprefix(earlier)) if sent else ""
        return library.ExecStatus.FATAL_ERROR, reason, None
    if last is None:
        return library.ExecStatus.FATAL_ERROR, "", None
    return last.status, from_bytes(last.error_message), last


def _rows(result: Any) -> str | None:
    """The rows of a result as text, None for none; a NULL is an empty text."""
    columns = range(result.nfields)
    names = [from_bytes(result.fname(column) or b"") for column in columns]
    lines = []
    for row in range(result.ntuples):
        values = [from_bytes(result.get_value(row, column) or b"") for column in columns]
        lines.append(values[0] if len(values) == 1 else sql_rows.named(names, values))
    return sql_rows.up_to_nul("\n".join(lines)) if lines else None
