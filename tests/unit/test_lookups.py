"""Lookups whose files a case cannot hold: constant databases, and SQLite files that are changed."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from cdb_file import written_cdb
from drivers.api.errors import Deferred, Failed, Refused
from drivers.lookups.cdb import HEADER
from expander.api import Expander
from expander.config.profile import PROFILES
from expander.world.real import RealWorld
from expander.world.sandbox import SandboxWorld


def expand(text: str, *, allowed: str = "") -> str:
    world = SandboxWorld(RealWorld(), allowed.split())
    return Expander(profile=PROFILES["debian-12"], world=world).expand(text)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "data.cdb"
    many = [(f"key{number}".encode(), f"value{number}".encode()) for number in range(1000)]
    path.write_bytes(
        written_cdb([(b"Alice", b"alice@example.org"), (b"dup", b"first"), (b"dup", b"second"), *many])
    )
    return path


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("Alice", "alice@example.org"),
        ("alice", "none"),
        ("dup", "first"),
        ("key999", "value999"),
        ("key1000", "none"),
    ],
)
def test_a_key_of_a_constant_database(database: Path, key: str, value: str) -> None:
    assert expand(f"${{lookup{{{key}}}cdb{{{database}}}{{$value}}{{none}}}}") == value


def test_a_constant_database_that_ends_too_soon(database: Path) -> None:
    database.write_bytes(database.read_bytes()[: HEADER + 8])
    with pytest.raises(Deferred, match=r"corrupt cdb file .* \(too short\)"):
        expand(f"${{lookup{{Alice}}cdb{{{database}}}}}")
    database.write_bytes(b"short")
    with pytest.raises(Failed, match="too short for cdb lookup: Success"):
        expand(f"${{lookup{{Alice}}cdb{{{database}}}}}")


@pytest.fixture
def users(tmp_path: Path) -> Path:
    path = tmp_path / "users.db"
    with sqlite3.connect(path) as connection:
        connection.execute("create table users (name, quota)")
        connection.execute("insert into users values ('alice', 5)")
    connection.close()
    return path


def test_a_change_of_a_file_needs_permission(users: Path) -> None:
    change = (
        f"${{lookup sqlite,file={users}{{insert into users values ('bob', 7); select count(*) from users}}}}"
    )
    with pytest.raises(Refused, match="refused by the sandbox"):
        expand(change)
    assert expand(change, allowed="write") == "2"


def test_a_file_that_is_named_once_for_all(users: Path) -> None:
    expander = Expander(profile=PROFILES["debian-12"], world=RealWorld())
    expander.context.options = {**expander.context.options, "sqlite_dbfile": str(users)}
    assert expander.expand("${lookup sqlite{select name, quota from users}}") == "name=alice quota=5 "
