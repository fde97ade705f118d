"""SQL lookups where no server is needed: what the sandbox refuses, servers that are none, SQLite files."""

from __future__ import annotations

import os
import socket
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from drivers.api.errors import Deferred, Failed, LimitReached, Refused, Unsupported
from drivers.api.limits import Limits
from drivers.lookups import mysql, pgsql
from drivers.lookups.mysql_files import client_options
from drivers.lookups.sql_statements import castable, statements
from expander.api import Expander
from expander.config.profile import PROFILES
from expander.world.memory import MemoryFiles, MemoryWorld
from expander.world.real import RealWorld
from expander.world.sandbox import SandboxWorld
from unprivileged import free_port


def expand(text: str, *, allowed: str = "", limits: Limits | None = None) -> str:
    world = SandboxWorld(RealWorld(), allowed.split())
    return Expander(profile=PROFILES["debian-12"], world=world, limits=limits).expand(text)


# servers


@pytest.mark.parametrize(
    ("kind", "server", "place"),
    [
        ("mysql", "127.0.0.1::3306/db/user/pw", "127.0.0.1:3306"),
        ("mysql", "localhost(/tmp/none)/db/user/pw", "/tmp/none"),
        ("pgsql", "127.0.0.1::5432/db/user/pw", "127.0.0.1:5432"),
        ("pgsql", "(/tmp/.s.PGSQL.1)/db/user/pw", "/tmp/.s.PGSQL.1"),
    ],
)
def test_the_sandbox_lets_nobody_connect(kind: str, server: str, place: str) -> None:
    with pytest.raises(Refused) as refused:
        expand(f"${{lookup {kind},servers={server}{{select 1}}}}")
    assert refused.value.message == f'connecting to "{place}" refused by the sandbox'
    assert refused.value.notes == ["--allow=net permits it"]


def test_a_server_that_is_down() -> None:
    port = free_port()
    with pytest.raises(
        Deferred, match=r"MYSQL connection failed: Can't connect to server on '127.0.0.1' \(115\)"
    ):
        expand(f"${{lookup mysql,servers=127.0.0.1::{port}/db/user/pw{{select 1}}}}", allowed="net")
    with pytest.raises(Deferred, match=f"PGSQL connection failed: .*port {port} failed: Connection refused"):
        expand(f"${{lookup pgsql,servers=127.0.0.1::{port}/db/user/pw{{select 1}}}}", allowed="net")


def test_a_world_without_servers() -> None:
    expander = Expander(profile=PROFILES["debian-12"], world=MemoryWorld())
    with pytest.raises(Deferred, match=r"MYSQL connection failed: Can't connect to server on 'db' \(115\)"):
        expander.expand("${lookup mysql,servers=db/d/u/p{select 1}}")
    with pytest.raises(Deferred, match="PGSQL connection failed: Connection refused"):
        expander.expand("${lookup pgsql,servers=db/d/u/p{select 1}}")


@pytest.mark.parametrize(("kind", "package"), [("mysql", "pymysql"), ("pgsql", "psycopg")])
def test_a_package_that_is_not_installed(monkeypatch: pytest.MonkeyPatch, kind: str, package: str) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(Unsupported) as unsupported:
        expand(f"${{lookup {kind},servers=127.0.0.1::1/db/user/pw{{select 1}}}}", allowed="net")
    assert f'lookup type "{kind}" needs' in unsupported.value.message
    assert "pip install eximulate[sql]" in unsupported.value.message


@contextmanager
def saying(data: bytes, *, silent: bool = False) -> Iterator[int]:
    """The port of a server that says something to everybody and hangs up, or waits silently."""
    done = threading.Event()

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.sendall(data)
                if silent:
                    done.wait(20)
                elif data:
                    connection.settimeout(2)
                    try:
                        connection.recv(4096)  # what is not read would break the connection off
                    except OSError:
                        return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            done.set()
            listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def packet(content: bytes, number: int = 0) -> bytes:
    return len(content).to_bytes(3, "little") + bytes([number]) + content


GREETING = (
    b"\x0a5.5.5-10.11.0-X\0\1\0\0\0abcdefgh\0\xfe\xf7\x2d\2\0\xff\x81\x15"
    + b"\0" * 10
    + b"abcdefghijkl\0mysql_native_password\0"
)
AT_GREETING = (
    "Lost connection to server at 'handshake: reading initial communication packet', system error: 115"
)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", AT_GREETING),
        (b"SSH-2.0-OpenSSH_9.2\r\n", AT_GREETING),
        (packet(b"\xff\x10\x04Too many connections"), "Too many connections"),
        (packet(b"\xff\x69\x04Host 'x' is not allowed to connect"), "Host 'x' is not allowed to connect"),
        (
            packet(GREETING),
            "Lost connection to server at 'reading authorization packet', system error: 115",
        ),
        (packet(GREETING) + packet(b"\xff\x15\x04#28000Access denied", 2), "Access denied"),
    ],
)
def test_what_is_no_mysql_server_or_wants_nobody(data: bytes, words: str) -> None:
    with saying(data) as port, pytest.raises(Deferred) as deferred:
        expand(f"${{lookup mysql,servers=127.0.0.1::{port}/db/user/pw{{select 1}}}}", allowed="net")
    assert deferred.value.message == f'lookup of "select 1" gave DEFER: MYSQL connection failed: {words}'


def test_what_is_no_postgresql_server() -> None:
    with saying(b"hello world") as port, pytest.raises(Deferred, match="received invalid response"):
        expand(f"${{lookup pgsql,servers=127.0.0.1::{port}/db/user/pw{{select 1}}}}", allowed="net")


def test_servers_that_say_nothing_are_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mysql, "LONGEST_ANSWER", 0.2)
    monkeypatch.setattr(pgsql, "LONGEST_WAIT", 2)  # the library's least
    with saying(b"", silent=True) as port:
        with pytest.raises(Deferred, match="Lost connection to server at 'handshake"):
            expand(f"${{lookup mysql,servers=127.0.0.1::{port}/db/user/pw{{select 1}}}}", allowed="net")
        with pytest.raises(Deferred, match="timeout expired"):
            expand(f"${{lookup pgsql,servers=127.0.0.1::{port}/db/user/pw{{select 1}}}}", allowed="net")


@pytest.mark.parametrize(
    ("text", "host", "port", "path", "group"),
    [
        ("db.example", "db.example", 0, None, "exim"),
        ("db:33", "db", 33, None, "exim"),
        ("db: 33x", "db", 33, None, "exim"),
        ("db:x", "db", 0, None, "exim"),
        ("db:-1", "db", -1, None, "exim"),
        ("(/a/b)", "", 0, "/a/b", "exim"),
        ("db:33(/a/b)[mail]", "db", 33, "/a/b", "mail"),
        ("[mail](/a/b)", "", 0, None, "mail"),
        ("()[]", "", 0, "", "exim"),
    ],
)
def test_the_first_field_of_a_mysql_server(
    text: str, host: str, port: int, path: str | None, group: str
) -> None:
    assert mysql.address(text) == mysql.Address(host, port, path, group)


def test_option_files_of_mysql_clients() -> None:
    files = MemoryFiles(
        {
            "/etc/mysql/my.cnf": "[client-server]\nsocket = /run/one # here\n!includedir /etc/mysql/more\n"
            "!include /etc/mysql/last\n!include /etc/mysql/none\n!include /etc/mysql/my.cnf\n",
            "/etc/mysql/more/a.cnf": "[client]\nport=77\ndefault_character_set = latin1\n[mysqld]\nport=1\n",
            "/etc/mysql/more/b.txt": "[client]\nport=78\n",
            "/etc/mysql/last": "; a comment\n[exim]\nuser = 'm a\\sil'\npassword=\"a#b\"\n[other]\nuser=x\n",
        },
        0.0,
    )
    assert client_options(files, "exim") == {
        "socket": "/run/one",
        "port": "77",
        "default-character-set": "latin1",
        "user": "m a il",
        "password": "a#b",
    }
    assert client_options(files, "other")["user"] == "x"


# SQLite


@pytest.fixture
def users(tmp_path: Path) -> Path:
    path = tmp_path / "users.db"
    with sqlite3.connect(path) as connection:
        connection.execute("create table users (name, quota)")
        connection.execute("insert into users values ('alice', 5)")
    connection.close()
    return path


@pytest.mark.parametrize(
    "change",
    [
        "insert into users values ('bob', 7)",
        "select 1; delete from users",
        "create table more (a)",
        "pragma user_version = 7",
        "attach '@DIR@/other.db' as other",
        "attach '@DIR@/users.db' as other; select * from other.users",
        "attach 'file:@DIR@/users.db?mode=rwc' as other; delete from other.users",
        "vacuum into '@DIR@/copy.db'",
    ],
)
def test_the_sandbox_keeps_files_as_they_are(users: Path, change: str) -> None:
    before = users.read_bytes()
    statement = change.replace("@DIR@", str(users.parent))
    with pytest.raises(Refused, match="refused by the sandbox") as refused:
        expand(f"${{lookup sqlite,file={users}{{{statement}}}}}")
    assert refused.value.notes == ["--allow=write permits it"]
    assert users.read_bytes() == before
    assert [path.name for path in users.parent.iterdir()] == ["users.db"]
    expand(f"${{lookup sqlite,file={users}{{{statement}}}}}", allowed="write")


@pytest.mark.parametrize("statement", ["attach '@DIR@/new.db' as other; create table other.t (a)"])
def test_a_missing_file_lets_nothing_be_attached(tmp_path: Path, statement: str) -> None:
    with pytest.raises(Refused):
        expand(f"${{lookup sqlite,file={tmp_path}/none.db{{{statement.replace('@DIR@', str(tmp_path))}}}}}")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_file_is_made_where_that_is_allowed(tmp_path: Path) -> None:
    question = f"${{lookup sqlite,file={tmp_path}/none.db{{select 6*7}}}}"
    assert expand(question) == "42"
    assert list(tmp_path.iterdir()) == []
    assert expand(question, allowed="write") == "42"
    assert [path.name for path in tmp_path.iterdir()] == ["none.db"]


def test_a_query_without_end_meets_the_limits(users: Path) -> None:
    endless = "with recursive c(x) as (select 1 union all select x+1 from c) select count(*) from c"
    with pytest.raises(LimitReached, match="too many steps"):
        expand(f"${{lookup sqlite,file={users}{{{endless}}}}}", limits=Limits(steps=200))
    large = endless.replace("count(*)", "x")
    with pytest.raises(LimitReached, match="too large a value"):
        expand(f"${{lookup sqlite,file={users}{{{large}}}}}", limits=Limits(size=100_000))


def test_a_locked_file_finds_nothing_after_a_while(users: Path) -> None:
    expander = Expander(profile=PROFILES["debian-12"], world=RealWorld())
    expander.context.options = {**expander.context.options, "sqlite_lock_timeout": 0}
    question = f"${{lookup sqlite,file={users}{{select quota from users}}{{$value}}{{none}}}}"
    holder = sqlite3.connect(users, isolation_level=None)
    holder.execute("begin exclusive")
    assert expander.expand(question) == "none"
    holder.execute("rollback")
    holder.close()
    assert Expander(profile=PROFILES["debian-12"], world=RealWorld()).expand(question) == "5"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Failed, match="unable to open database file"):
        expand(f"${{lookup sqlite,file={tmp_path}/pipe{{select 1}}}}")


def test_a_file_that_only_the_world_has(users: Path) -> None:
    expander = Expander(
        profile=PROFILES["debian-12"], world=MemoryWorld({"/db/users.db": users.read_bytes()})
    )
    assert expander.expand("${lookup sqlite{/db/users.db select quota from users}}") == "5"


def test_bytes_that_are_no_text_come_through(users: Path) -> None:
    expander = Expander(profile=PROFILES["debian-12"], world=RealWorld())
    ask = f"${{lookup sqlite,file={users}"
    assert (
        expander.expand(ask + "{select 'caf\xe9' as \"n\", length(cast('\xe9' as blob)) as l}}")
        == "n=caf\xe9 l=1 "
    )
    expander.expand(ask + "{insert into users values ('caf\xe9', 9)}}")
    assert expander.expand(ask + "{select quota from users where name='caf\xe9'}}") == "9"
    assert expander.expand(ask + "{select name from users where quota=9}}") == "caf\xe9"


def test_where_statements_end() -> None:
    text = (
        "select ';', \";\", [;], `;` -- ;\n, 1; /* ; */ select 2;"
        "create trigger a after insert on t begin select 1; select 2; end; select 'x"
    )
    assert list(statements(text)) == [
        "select ';', \";\", [;], `;` -- ;\n, 1;",
        " /* ; */ select 2;",
        "create trigger a after insert on t begin select 1; select 2; end;",
        " select 'x",
    ]
    assert list(statements(" ;; ")) == [" ;", ";"]


def test_odd_bytes_in_a_statement() -> None:
    assert castable("select 'a''\udce9', 'b'") == "select CAST(x'6127e9' AS TEXT), 'b'"
    assert castable("select 'b'") == "select 'b'"
