"""A PostgreSQL server of the tests' own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import unprivileged

_PATH = ":".join([os.environ.get("PATH", ""), *map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin")))])
SERVER = shutil.which("postgres", path=_PATH)
INSTALLER = shutil.which("initdb", path=_PATH)
REASON = "no PostgreSQL server is installed"


class Postgres:
    """A server with the databases ``postgres`` and ``unicode`` and the users ``postgres`` and ``exim``.

    The password of both is ``secret``.
    """

    def __init__(self, port: int, folder: Path) -> None:
        self.port, self.folder = port, folder

    def execute(self, statements: Sequence[str]) -> None:
        """Run statements in the database as its administrator."""
        import psycopg

        with psycopg.connect(
            host=str(self.folder), port=self.port, user="postgres", password="secret", autocommit=True
        ) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def filled(self, text: str) -> str:
        """A text with the addresses of the server."""
        return (
            text.replace("@TCP@", f"127.0.0.1::{self.port}")
            .replace("@SOCKET@", f"({self.folder}/.s.PGSQL.{self.port})")
            .replace("@HOME@", str(self.folder))
        )


@contextmanager
def running() -> Iterator[Postgres]:
    """Serve until the end of the block."""
    assert SERVER is not None
    assert INSTALLER is not None
    with unprivileged.home() as home:
        data, port = home / "data", unprivileged.free_port()
        secret = home / "secret"
        secret.write_text("secret\n")
        secret.chmod(0o644)
        options = ("--no-sync", "-U", "postgres", "-A", "scram-sha-256", "-E", "SQL_ASCII", "--locale=C")
        unprivileged.run((INSTALLER, *options, f"--pwfile={secret}", "-D", data), home)
        command = (SERVER, "-D", data, "-F", "-p", str(port), "-k", home, "-c", "listen_addresses=127.0.0.1")
        server = Postgres(port, home)
        with unprivileged.serving(command, home, lambda: _answers(server)):
            server.execute(
                [
                    "create role exim login createdb password 'secret'",
                    "create database unicode encoding 'UTF8' template template0",
                    "grant all on schema public to public",
                ]
            )
            yield server


def _answers(server: Postgres) -> bool:
    import psycopg

    try:
        server.execute(["select 1"])
    except psycopg.Error:
        return False
    return True
