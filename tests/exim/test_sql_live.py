"""SQL lookups: the real Exim and eximulate ask the same servers and files the same questions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

import mariadb_server
import postgresql_server
from questions_file import differences, made

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


@no_postgresql
@pytest.mark.parametrize("name", ["pgsql", "pgsql_servers", "pgsql_none", "pgsql_empty"])
def test_questions_to_a_postgresql_server(
    postgresql: postgresql_server.Postgres, name: str, tmp_path: Path
) -> None:
    assert differences(name, tmp_path, postgresql.execute, postgresql.filled) == []


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
