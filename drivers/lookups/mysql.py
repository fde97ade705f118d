"""The lookup of MySQL and MariaDB servers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from drivers.api.errors import Deferred, Unsupported
from drivers.api.text import from_bytes, to_bytes
from drivers.api.unit import lookup
from drivers.lookups import servers, sql_rows
from drivers.lookups.mysql_files import client_options
from drivers.lookups.mysql_socket import CannotConnectError, connected
from drivers.lookups.query_memory import Memory, memory_of
from drivers.lookups.quoting import remembered
from drivers.values.lookup_type import QUERY
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from drivers.api.protocols import Context

KIND = servers.Kind("MySQL", "mysql_servers")
PORT = 3306
SOCKET = "/run/mysqld/mysqld.sock"
CHARACTER_SET = "utf8mb4"
GROUP = "exim"
"""The group of option files that is read where a server names none."""

LONGEST_ANSWER = 60.0
"""Exim waits for an answer for ever; here a server has so many seconds."""

GONE, LOST = "Server has gone away", "Lost connection to server during query"
OUT_OF_SYNC = "Commands out of sync; you can't run this command now"
AT_GREETING = "handshake: reading initial communication packet"
AT_AUTHORIZATION = "reading authorization packet"
IN_PROGRESS = 115
"""The number of the system error that the client library has left over from connecting."""

_NUMBER = re.compile(r"[ \t\n\v\f\r]*([+-]?[0-9]+)", re.ASCII)


class Address(Record):
    """The first field of a server: ``<host>:<port>(<socket>)[<group>]``; "" and None for what is missing."""

    host: str
    port: int
    socket: str | None
    group: str


def address(text: str) -> Address:
    """Read the first field of a server. See "Special MySQL features"."""
    text, _, group = text.partition("[")
    text, bracket, socket = text.partition("(")
    host, _, port = text.partition(":")
    number = _NUMBER.match(port)
    return Address(
        host,
        int(number[1]) if number else 0,
        socket.partition(")")[0] if bracket else None,
        group.partition("]")[0] or GROUP,
    )


class Link:
    """A connection, which may have gone out of step with its server."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.out_of_sync = False
        self.gone = False


@lookup(
    "mysql",
    syntax="mysql{<query>}, mysql,servers=<servers>{<query>}",
    feature="lookup_mysql",
    section="File and database lookups",
    style=QUERY,
)
def mysql(ctx: Context, _place: str, options: Sequence[str]) -> Callable[[str], str | None]:
    """Ask a MySQL or MariaDB server.

    One column gives its values, several ``name=value`` pairs; rows are separated by newlines. A statement
    that asks for no data gives the number of rows that it changed. Connections stay open for the
    queries that follow. Raises `Deferred` in Exim's words where no server can be asked or the
    statement fails, `Refused` where the sandbox permits no connection, and `Unsupported` without the Python
    package ``pymysql``.
    """
    memory = memory_of(ctx, "mysql")

    def ask(server: str, query: str) -> str | None:
        return _asked(ctx, memory, server, query)

    return remembered(ctx, "mysql", options, lambda text: servers.ask_in_turn(ctx, KIND, text, options, ask))


def _library() -> Any:
    try:
        import pymysql
    except ImportError:
        raise Unsupported(
            'the lookup type "mysql" needs the Python package "pymysql" (extra "sql": '
            "pip install eximulate[sql])"
        ) from None
    return pymysql


def _asked(ctx: Context, memory: Memory, server: str, query: str) -> str | None:
    """What one server finds."""
    host, database, user, password = servers.parts(KIND, "MySQL", server)
    links: dict[str, Link] = ctx.state.setdefault("mysql_links", {})
    name = f"{host}/{database}/{user}"
    link = links.get(name)
    if link is None:
        link = links[name] = Link(_connection(ctx, address(host), database, user, password))
    return _answer(memory, link, query)


def _connection(ctx: Context, place: Address, database: str, user: str, password: str) -> Any:
    """A new connection. Raises `Deferred` in Exim's words."""
    library = _library()
    given = client_options(ctx.world.files, place.group)
    host = place.host or given.get("host", "")
    connection = library.connections.Connection(
        user=to_bytes(user or given.get("user") or ctx.world.users.caller().login),
        password=to_bytes(password or given.get("password", "")),
        database=to_bytes(database or given.get("database", "")) or None,
        charset=_charset(library, given.get("default-character-set", CHARACTER_SET)),
        use_unicode=False,
        conv={},
        autocommit=None,
        init_command=given.get("init-command"),
        read_timeout=LONGEST_ANSWER,
        write_timeout=LONGEST_ANSWER,
        ssl_disabled=True,
        defer_connect=True,
    )
    try:
        if host in {"", "localhost"}:
            path = place.socket if place.socket is not None else given.get("socket", SOCKET)
            socket = connected(ctx.world, path)
        else:
            socket = connected(ctx.world, (host, place.port or int(given.get("port", PORT))))
        connection.connect(socket)
    except CannotConnectError as error:
        reason = error.reason
    except library.MySQLError as error:
        reason = _refusal(library, connection, error)
    except (ValueError, LookupError, TypeError, AssertionError, library.err.Error):
        reason = _lost(AT_GREETING)
    else:
        return connection
    raise Deferred(f"MYSQL connection failed: {reason}")


def _charset(library: Any, name: str) -> str:
    """The name of a character set, or of the usual one for a name that is not known."""
    try:
        library.charset.charset_by_name(name)
    except KeyError:
        return CHARACTER_SET
    return name


def _lost(where: str) -> str:
    return f"Lost connection to server at '{where}', system error: {IN_PROGRESS}"


def _refusal(library: Any, connection: Any, error: Exception) -> str:
    """Why a server that was there took no connection."""
    code = error.args[0] if error.args else 0
    ours = library.constants.CR
    if isinstance(code, int) and code not in {ours.CR_SERVER_LOST, ours.CR_SERVER_GONE_ERROR}:
        return _words(error)
    return _lost(AT_AUTHORIZATION if getattr(connection, "salt", None) else AT_GREETING)


def _words(error: Exception) -> str:
    """The server's own words."""
    text = str(error.args[1]) if len(error.args) > 1 else str(error)
    return from_bytes(text.encode("utf-8", "surrogateescape"))


def _answer(memory: Memory, link: Link, query: str) -> str | None:
    """What a statement gives. Raises `Deferred` in Exim's words."""
    library = _library()
    if link.gone or link.out_of_sync:
        raise Deferred(f"MYSQL: query failed: {GONE if link.gone else OUT_OF_SYNC}\n")
    cursor = link.connection.cursor(library.cursors.SSCursor)
    try:
        cursor.execute(to_bytes(query))
    except library.MySQLError as error:
        raise Deferred(f"MYSQL: query failed: {_trouble(library, link, error)}\n") from None
    if cursor.description is None:
        memory.spent = True
        return str(cursor.rowcount)
    text = _text(library, link, cursor)
    problem = _rest(library, link, cursor)
    if text is None and problem is not None:
        raise Deferred(f"MYSQL: lookup result error when checking for more results: {problem}\n")
    return text


def _trouble(library: Any, link: Link, error: Exception) -> str:
    """Why a statement failed; after some reasons the connection is of no more use."""
    code = error.args[0] if error.args else 0
    ours = library.constants.CR
    if code in {0, ours.CR_SERVER_LOST, ours.CR_SERVER_GONE_ERROR}:
        link.gone = True
        # A socket of this machine tells at once that nobody is there any more.
        return LOST if code == ours.CR_SERVER_LOST or "BrokenPipe" in str(error) else GONE
    return _words(error)


def _text(library: Any, link: Link, cursor: Any) -> str | None:
    """The rows of a result as text, None for none; where the server breaks off, the rows up to there."""
    names = [from_bytes(column[0].encode("utf-8", "surrogateescape")) for column in cursor.description]
    out: list[str] = []
    while True:
        try:
            row = cursor.fetchone()
        except library.MySQLError as error:
            _trouble(library, link, error)
            break
        if row is None:
            break
        if out:
            out.append("\n")
        if len(row) > 1:
            out.append(sql_rows.named(names, (from_bytes(value or b"") for value in row)))
        elif row[0] is not None:  # NULLs before the first value leave no trace, not even a newline
            out.append(from_bytes(row[0]))
    return sql_rows.up_to_nul("".join(out)) if out else None


def _rest(library: Any, link: Link, cursor: Any) -> str | None:
    """Go on to the end of what a procedure sends: what is wrong with it, if anything is.

    Exim takes one result. It does not read the rows of a second one either, and then can ask no more.
    """
    try:
        while cursor.nextset():
            if cursor.description is not None:
                link.out_of_sync = True
                return OUT_OF_SYNC
    except library.MySQLError as error:
        return _trouble(library, link, error)
    return None
