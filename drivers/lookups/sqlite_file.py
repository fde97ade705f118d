"""Opening SQLite files through the world: what may be changed, and how long a query may take."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from drivers.api.errors import LimitReached, NotOpened, Refused
from drivers.api.limits import UNLIMITED

if TYPE_CHECKING:
    import sqlite3

    from drivers.api.protocols import Context

CANNOT_OPEN = "unable to open database file"
STRETCH = 20_000
"""After so many instructions of the database the limits are looked at."""

MODE = 0o644
"""Permissions of a file that is made."""


class Link:
    """An open file. ``refusal`` is why nothing may be changed, ``stopped`` what limit a query met.

    ``problems`` are the exceptions with which a query fails.
    """

    def __init__(self, connection: sqlite3.Connection, refusal: Refused | None) -> None:
        import sqlite3

        self.problems = (sqlite3.Error, sqlite3.Warning, UnicodeError)
        self.connection = connection
        self.refusal = refusal
        self.stopped: LimitReached | None = None
        self.attached = False
        if refusal is not None:
            connection.set_authorizer(self._permit)

    def _permit(
        self, action: int, _first: str | None, _second: str | None, _database: str | None, _inner: str | None
    ) -> int:
        """The judge of the database library: other files are not attached, they could be changed."""
        import sqlite3

        if action == sqlite3.SQLITE_ATTACH:
            self.attached = True
            return sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_OK

    def watch(self, ctx: Context) -> None:
        """Hold the next query to the limits of a context that has some."""
        self.stopped = None
        if ctx.limits.steps == UNLIMITED:
            return

        def look() -> int:
            try:
                ctx.step()
            except LimitReached as error:
                self.stopped = error
                return 1
            return 0

        self.connection.set_progress_handler(look, STRETCH)

    def judge(self, error: Exception) -> None:
        """Raises `Refused` if a query failed because the sandbox forbids what it wants."""
        attached, self.attached = self.attached, False
        if self.refusal is None:
            return
        if attached:
            raise Refused("attaching a database refused by the sandbox", None, *self.refusal.notes)
        if "readonly" in str(error):
            raise self.refusal


def opened(ctx: Context, path: str) -> Link:
    """A connection to a file, which is made if it is missing.

    Where nothing may be written the file is only read, and one that is missing is an empty database in
    memory; so is what only the world has. Raises `NotOpened` for what cannot be opened.
    """
    import sqlite3

    refusal, missing = _claim(ctx, path)
    wait = float(ctx.options.get("sqlite_lock_timeout") or 0)
    local = None if missing else _local(ctx, path)
    try:
        if local is None:
            connection = sqlite3.connect(":memory:", isolation_level=None)
            held = b"" if missing else ctx.world.files.read(path)
            if held:
                connection.deserialize(held)
        elif refusal is None:
            connection = sqlite3.connect(local, timeout=wait, isolation_level=None)
        else:
            from urllib.parse import quote_from_bytes

            place = f"file:{quote_from_bytes(os.fsencode(local))}?mode=ro"
            connection = sqlite3.connect(place, timeout=wait, uri=True, isolation_level=None)
    except sqlite3.Error as error:
        raise NotOpened(str(error)) from None
    connection.text_factory = bytes
    return Link(connection, refusal)


def _local(ctx: Context, path: str) -> str | None:
    """The path for the database library, None if the file is nowhere but in the world."""
    try:
        return ctx.world.files.local(path)
    except OSError:
        return None


def _claim(ctx: Context, path: str) -> tuple[Refused | None, bool]:
    """Make the file if it is missing: the reason why it may not be changed, and if it still is."""
    files = ctx.world.files
    missing = False
    try:
        mode = files.stat(path).st_mode
        if stat.S_ISDIR(mode) or stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
            raise NotOpened(CANNOT_OPEN)  # a pipe would be waited for
    except FileNotFoundError:
        missing = True
    except OSError:
        raise NotOpened(CANNOT_OPEN) from None
    try:
        if missing and not stat.S_ISDIR(files.stat(path.rpartition("/")[0] or "/").st_mode):
            raise NotOpened(CANNOT_OPEN)
        files.write(path, b"", MODE, append=True)
    except Refused as refusal:
        return refusal, missing
    except OSError:
        if missing:
            raise NotOpened(CANNOT_OPEN) from None
    return None, False
