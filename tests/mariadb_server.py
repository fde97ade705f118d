"""A MariaDB server of the tests' own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import unprivileged

_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin"
SERVER = shutil.which("mariadbd", path=_PATH)
INSTALLER = shutil.which("mariadb-install-db", path=_PATH)
REASON = "no MariaDB server is installed"
SMALL = (
    "--no-defaults",
    "--innodb-buffer-pool-size=8M",
    "--innodb-log-file-size=4M",
    "--innodb-flush-log-at-trx-commit=0",
)


class MariaDb:
    """A server with the database ``mail`` and the user ``exim``, whose password is ``secret``.

    The user ``root`` needs no password on 127.0.0.1.
    """

    def __init__(self, port: int, socket: Path) -> None:
        self.port, self.socket = port, socket

    def execute(self, statements: Sequence[str]) -> None:
        """Run statements in the database as its administrator."""
        import pymysql

        with pymysql.connect(
            unix_socket=str(self.socket), user="root", database="mail", autocommit=True, ssl_disabled=True
        ) as connection:
            for statement in statements:
                connection.cursor().execute(statement)

    def filled(self, text: str) -> str:
        """A text with the addresses of the server; ``@TCP1@`` is for lists that no colon separates."""
        return (
            text.replace("@TCP@", f"127.0.0.1::{self.port}")
            .replace("@TCP1@", f"127.0.0.1:{self.port}")
            .replace("@SOCKET@", f"({self.socket})")
            .replace("@HOME@", str(self.socket.parent))
        )


@contextmanager
def running() -> Iterator[MariaDb]:
    """Serve until the end of the block."""
    assert SERVER is not None
    assert INSTALLER is not None
    with unprivileged.home() as home:
        data, socket, port = home / "data", home / "s", unprivileged.free_port()
        options = (*SMALL, f"--datadir={data}")
        quick = ("--skip-name-resolve", "--auth-root-authentication-method=normal", "--skip-test-db")
        unprivileged.run((INSTALLER, *options, *quick), home)
        command = (
            SERVER,
            *options,
            "--skip-name-resolve",
            "--performance-schema=off",
            "--bind-address=127.0.0.1",
            f"--port={port}",
            f"--socket={socket}",
            f"--pid-file={home / 'pid'}",
        )
        with unprivileged.serving(command, home, lambda: unprivileged.listens(str(socket))):
            server = MariaDb(port, socket)
            _prepare(socket)
            yield server


def _prepare(socket: Path) -> None:
    import pymysql

    with pymysql.connect(
        unix_socket=str(socket), user="root", autocommit=True, ssl_disabled=True
    ) as connection:
        for statement in (
            "create database mail",
            "create user exim@'%' identified by 'secret'",
            "grant all on mail.* to exim@'%'",
        ):
            connection.cursor().execute(statement)
