"""SQL lookups: the real Exim and eximulate ask the same servers and files the same questions."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

import mariadb_server
import postgresql_server
from casefile import Setup
from drivers.lookups import mysql, pgsql
from questions_file import answers, differences, made
from real_exim import RealExim

pytestmark = [pytest.mark.exim, pytest.mark.servers]

no_mariadb = pytest.mark.skipif(mariadb_server.SERVER is None, reason=mariadb_server.REASON)
no_postgresql = pytest.mark.skipif(postgresql_server.SERVER is None, reason=postgresql_server.REASON)


@pytest.fixture(scope="module")
def mariadb() -> Iterator[mariadb_server.MariaDb]:
    with mariadb_server.running() as server:
        yield server


@pytest.fixture(scope="module")
def postgresql() -> Iterator[postgresql_server.Postgres]:
    with postgresql_server.running() as server:
        yield server


@no_mariadb
@pytest.mark.parametrize("name", ["mysql", "mysql_servers", "mysql_none", "mysql_empty"])
def test_questions_to_a_mariadb_server(mariadb: mariadb_server.MariaDb, name: str, tmp_path: Path) -> None:
    assert differences(name, tmp_path, mariadb.execute, mariadb.filled) == []


@no_mariadb
def test_mysql_answers_that_are_remembered(mariadb: mariadb_server.MariaDb, tmp_path: Path) -> None:
    assert differences("mysql_memory", tmp_path, mariadb.execute, mariadb.filled, anonymous=True) == []


@no_postgresql
@pytest.mark.parametrize("name", ["pgsql", "pgsql_servers", "pgsql_none", "pgsql_empty"])
def test_questions_to_a_postgresql_server(
    postgresql: postgresql_server.Postgres, name: str, tmp_path: Path
) -> None:
    assert differences(name, tmp_path, postgresql.execute, postgresql.filled) == []


@no_postgresql
def test_pgsql_answers_that_are_remembered(postgresql: postgresql_server.Postgres, tmp_path: Path) -> None:
    assert differences("pgsql_memory", tmp_path, postgresql.execute, postgresql.filled, anonymous=True) == []


def written(directory: Path, statements: Sequence[str]) -> None:
    """The files that questions to SQLite are about: a database, and what is none."""
    with sqlite3.connect(directory / "a.db") as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()
    data = (directory / "a.db").read_bytes()
    (directory / "truncated.db").write_bytes(data[:3000])
    (directory / "short.db").write_bytes(data[:100])
    (directory / "text").write_text(
        "not a database at all, really not, but longer than a head of 100 bytes\n" * 4
    )
    (directory / "empty").write_bytes(b"")
    (directory / "dangling").symlink_to("none")
    (directory / "folder").mkdir()


@pytest.mark.parametrize("name", ["sqlite", "sqlite_none"])
def test_questions_to_sqlite_files(name: str, tmp_path: Path) -> None:
    folders = iter((made(tmp_path / "exim"), made(tmp_path / "ours")))
    assert differences(name, tmp_path, lambda statements: written(next(folders), statements)) == []


def test_sqlite_answers_that_are_remembered(tmp_path: Path) -> None:
    folders = iter((made(tmp_path / "exim"), made(tmp_path / "ours")))
    assert (
        differences(
            "sqlite_memory", tmp_path, lambda statements: written(next(folders), statements), anonymous=True
        )
        == []
    )


MYSQL_KILL = """\
begin not atomic
  declare found int;
  repeat
    do sleep(0.05);
    select max(id) into found from information_schema.processlist where info like 'select sleep(20%';
  until found is not null end repeat;
  kill {query} found;
end
"""
PGSQL_KILL = """\
do $$ begin
  loop
    exit when (select bool_or({function}(pid)) from pg_stat_activity where query like 'select pg_sleep(20%');
    perform pg_sleep(0.05);
    perform pg_stat_clear_snapshot();
  end loop;
end $$
"""


def answers_while(
    directory: Path, setup: Setup, texts: list[str], meddle: Callable[[], object]
) -> tuple[list[str], list[str]]:
    """The answers of the real Exim and our own, each while somebody meddles with the server."""
    found = []
    for ask in (
        lambda: RealExim(made(directory / "exim"), setup).ask(texts),
        lambda: answers(made(directory / "ours"), setup, texts),
    ):
        meddler = threading.Thread(target=meddle, daemon=True)
        meddler.start()
        found.append(ask())
        meddler.join(10)
        assert not meddler.is_alive()
    return found[0], found[1]


@no_mariadb
@pytest.mark.parametrize("query", ["", "query"])
def test_a_mysql_query_that_is_ended_from_outside(
    mariadb: mariadb_server.MariaDb, query: str, tmp_path: Path
) -> None:
    setup = Setup(config=mariadb.filled("mysql_servers = @TCP@/mail/exim/secret\n"))
    texts = ["${lookup mysql{select sleep(20)}{Y<$value>}{N}}", "${lookup mysql{select 5}{Y<$value>}{N}}"]
    exim, ours = answers_while(
        tmp_path, setup, texts, lambda: mariadb.execute([MYSQL_KILL.format(query=query)])
    )
    assert ours == exim


@no_postgresql
@pytest.mark.parametrize("function", ["pg_terminate_backend", "pg_cancel_backend"])
def test_a_pgsql_query_that_is_ended_from_outside(
    postgresql: postgresql_server.Postgres, function: str, tmp_path: Path
) -> None:
    setup = Setup(config=postgresql.filled("pgsql_servers = @TCP@/postgres/exim/secret\n"))
    texts = ["${lookup pgsql{select pg_sleep(20)}{Y<$value>}{N}}", "${lookup pgsql{select 5}{Y<$value>}{N}}"]
    exim, ours = answers_while(
        tmp_path, setup, texts, lambda: postgresql.execute([PGSQL_KILL.format(function=function)])
    )
    assert ours == exim


@no_mariadb
def test_a_mysql_answer_that_is_late_is_not_waited_for(
    mariadb: mariadb_server.MariaDb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mysql, "LONGEST_ANSWER", 0.3)
    setup = Setup(config=mariadb.filled("mysql_servers = @TCP@/mail/exim/secret\n"))
    late, after = answers(tmp_path, setup, ["${lookup mysql{select sleep(9)}}", "${lookup mysql{select 5}}"])
    assert late.endswith("gave DEFER: MYSQL: query failed: Lost connection to server during query\n")
    assert after.endswith("gave DEFER: MYSQL: query failed: Server has gone away\n")


@no_postgresql
def test_a_pgsql_answer_that_is_late_is_not_waited_for(
    postgresql: postgresql_server.Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pgsql, "LONGEST_ANSWER", 0.3)
    setup = Setup(config=postgresql.filled("pgsql_servers = @TCP@/postgres/exim/secret\n"))
    late, after = answers(
        tmp_path, setup, ["${lookup pgsql{select pg_sleep(9)}}", "${lookup pgsql{select 5}}"]
    )
    assert "gave DEFER: PGSQL: query failed: timeout expired\n (PGRES_FATAL_ERROR)" in late
    assert after.endswith("gave DEFER: PGSQL: query failed:  (PGRES_FATAL_ERROR) (select 5)\n")
