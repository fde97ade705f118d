"""Hints that sessions and processes share: in a file of SQLite, or where Exim has them."""

from __future__ import annotations

import os
from struct import Struct
from struct import error as BrokenBytes  # noqa: N812 - what it means here
from typing import TYPE_CHECKING, Any

from drivers.api.errors import Refused
from drivers.api.text import from_bytes, to_bytes
from drivers.values.hints import MemoryHints

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from drivers.api.outside import Files, World
    from drivers.api.storage import OpenFile
    from expander.queue.ownership import Owner

_TABLE = (
    "CREATE TABLE IF NOT EXISTS hints (database TEXT, key TEXT, record TEXT, PRIMARY KEY (database, key))"
)
PATIENCE = 30.0
"""For how many seconds another process may hold the file."""


class SqliteHints:
    """Hints in an SQLite database; see `drivers.values.hints.Hints`. Threads may share it.

    It is given to a context under `drivers.values.hints.KEPT`. Raises ``sqlite3.Error`` for a file
    that cannot be used.
    """

    def __init__(self, path: str) -> None:
        import sqlite3
        import threading

        self._lock = threading.Lock()
        self._database = sqlite3.connect(path, timeout=PATIENCE, check_same_thread=False)
        with self._lock, self._database:
            self._database.execute(_TABLE)

    def read(self, database: str, key: str) -> dict[str, Any] | None:
        """The record, or None."""
        import json

        query = "SELECT record FROM hints WHERE database = ? AND key = ?"
        with self._lock:
            row = self._database.execute(query, (database, key)).fetchone()
        return None if row is None else dict(json.loads(row[0]))

    def write(self, database: str, key: str, record: dict[str, Any]) -> None:
        """Keep a record in place of the one before."""
        import json

        row = database, str(key), json.dumps(record)
        with self._lock, self._database:
            self._database.execute("INSERT OR REPLACE INTO hints VALUES (?, ?, ?)", row)

    def update(self, database: str, records: Mapping[str, dict[str, Any] | None]) -> None:
        """Keep several records at once; None forgets one."""
        for key, record in records.items():
            if record is not None:
                self.write(database, key, record)
                continue
            with self._lock, self._database:
                query = "DELETE FROM hints WHERE database = ? AND key = ?"
                self._database.execute(query, (database, str(key)))

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._database.close()


_SEEN, _RATE = Struct("<q"), Struct("<qi4xd")
_CALLOUT, _CALLOUT_DOMAIN = Struct("<qi4x"), Struct("<qiiqi4xq")
_OF_DOMAIN = ("time", "result", "postmaster", "postmaster_time", "random", "random_time")
_WAITING, _WAITING_SIZE = Struct("<qii"), 24
_SERIAL = Struct("<qi4x")
_EHLO = Struct("<qHHHH")
_OF_EHLO = ("time", "clear", "crypted", "clear_auths", "crypted_auths")
OFFERS = ".EHLO"
"""What keys end with under which stands what a host has offered."""
_RETRY = Struct("<qqqqiii")
_OF_RETRY = ("written", "first_failed", "last_try", "next_try", "has_expired", "number", "more")
_SMALLEST_RETRY = 48
WAITING = "wait-"
"""What the names of databases begin with that tell which messages wait for which hosts."""
_MILLION = 1_000_000
MODE, FOLDER_MODE = 0o640, 0o750
LOCK_TRIES, LOCK_PAUSE = 600, 0.1
"""How often the lock of a file is asked for, and how many seconds lie between: a minute in all."""


class SpoolHints:
    """Hints in the files of Exim's spool, as Exim 4.96 on a 64-bit machine reads and writes them.

    ``folder`` is ``db`` below the spool directory. Each change writes a whole file. Records that a file
    cannot hold (with unique events), and all where the files cannot be used, are kept in memory. With a
    ``world``, files are locked as Exim locks them while they are changed, and belong to ``owner``.
    """

    def __init__(
        self, files: Files, folder: str, world: World | None = None, owner: Owner | None = None
    ) -> None:
        self._files = files
        self._folder = folder
        self._world = world
        self._owner = owner
        self._memory = MemoryHints()

    def read(self, database: str, key: str) -> dict[str, Any] | None:
        """The record, or None."""
        found = self._memory.read(database, key)
        if found is not None:
            return found
        value = self._items(database).get(_key(key))
        return None if value is None else _record(database, key, value)

    def write(self, database: str, key: str, record: dict[str, Any]) -> None:
        """Keep a record in place of the one before."""
        self.update(database, {key: record})

    def update(self, database: str, records: Mapping[str, dict[str, Any] | None]) -> None:
        """Keep several records at once; None forgets one."""
        values = {
            _key(key): None if record is None else _value(database, record) for key, record in records.items()
        }
        fits = all(values[_key(key)] is not None for key, record in records.items() if record is not None)
        if not fits or not self._store(database, values):
            self._memory.update(database, records)

    def alter(
        self, database: str, key: str, change: Callable[[dict[str, Any] | None], dict[str, Any] | None]
    ) -> None:
        """Change one record while nobody else can: ``change`` gets it, and says what it is to be."""

        def altered(items: dict[bytes, bytes]) -> None:
            value = items.pop(_key(key), None)
            record = change(None if value is None else _record(database, key, value))
            packed = None if record is None else _value(database, record)
            if packed is not None:
                items[_key(key)] = packed

        if not self._rewrite(database, altered):
            record = change(self._memory.read(database, key))
            self._memory.update(database, {key: record})

    def _items(self, database: str) -> dict[bytes, bytes]:
        from drivers.lookups.berkeley import BerkeleyFile, WrongFormatError

        try:
            return dict(BerkeleyFile(self._files.read(f"{self._folder}/{database}")).items())
        except (OSError, WrongFormatError, BrokenBytes):
            return {}

    def _store(self, database: str, values: Mapping[bytes, bytes | None]) -> bool:
        def stored(items: dict[bytes, bytes]) -> None:
            for key, value in values.items():
                items.pop(key, None)
                if value is not None:
                    items[key] = value

        return self._rewrite(database, stored)

    def _rewrite(self, database: str, change: Callable[[dict[bytes, bytes]], None]) -> bool:
        from drivers.lookups.berkeley_writing import hash_file

        path, lock = f"{self._folder}/{database}", None
        try:
            self._make_folder()
            lock = self._locked(f"{path}.lockfile")
            items = self._items(database)
            change(items)
            self._replace(path, hash_file(items))
        except (OSError, Refused):
            return False
        finally:
            if lock is not None:
                lock.close()
        return True

    def _make_folder(self) -> None:
        if self._world is not None and self._owner is not None:
            self._owner.make_folder(self._world, self._folder, FOLDER_MODE)
        else:
            self._files.make_folder(self._folder)

    def _locked(self, path: str) -> OpenFile | None:
        """The lock file, locked. Raises ``OSError`` if it is another's for too long."""
        if self._world is None:
            self._files.write(path, b"")
            return None
        file = self._world.storage.open(path, os.O_RDWR | os.O_CREAT, MODE)
        self._give(file)
        for _ in range(LOCK_TRIES):
            try:
                file.lock()
            except OSError:
                self._world.clock.sleep(LOCK_PAUSE)
                continue
            return file
        file.close()
        raise TimeoutError(path)

    def _replace(self, path: str, data: bytes) -> None:
        """Write a file as a whole: who reads it meanwhile finds the old one."""
        if self._world is None:
            self._files.write(path, data)
            return
        fresh = f"{path}.new"
        file = self._world.storage.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, MODE)
        try:
            self._give(file)
            file.write(data)
        finally:
            file.close()
        self._world.storage.rename(fresh, path)

    def _give(self, file: OpenFile) -> None:
        if self._owner is not None:
            self._owner.take(file)


def _key(key: str) -> bytes:
    return to_bytes(key) + b"\0"


def _record(database: str, key: str, value: bytes) -> dict[str, Any] | None:
    """A record out of its bytes, None if these are of another kind."""
    if database == "seen" and len(value) == _SEEN.size:
        return {"time": _SEEN.unpack(value)[0]}
    if database == "ratelimit" and len(value) == _RATE.size:
        seconds, fraction, rate = _RATE.unpack(value)
        return {"time": seconds + fraction / _MILLION, "rate": rate}
    if database == "retry" and len(value) >= _RETRY.size:
        text = from_bytes(value[_RETRY.size :].partition(b"\0")[0])
        return {**dict(zip(_OF_RETRY, _RETRY.unpack_from(value), strict=True)), "text": text}
    if database == "misc" and key.endswith(OFFERS) and len(value) == _EHLO.size:
        return dict(zip(_OF_EHLO, _EHLO.unpack(value), strict=True))
    if database == "misc" and len(value) == _SERIAL.size:
        return dict(zip(("time", "count"), _SERIAL.unpack(value), strict=True))
    if database.startswith(WAITING) and len(value) >= _WAITING.size:
        return _waiting(value)
    if database == "callout" and len(value) == _CALLOUT.size:
        return dict(zip(("time", "result"), _CALLOUT.unpack(value), strict=True))
    if database == "callout" and len(value) == _CALLOUT_DOMAIN.size:
        return dict(zip(_OF_DOMAIN, _CALLOUT_DOMAIN.unpack(value), strict=True))
    return None


def _waiting(value: bytes) -> dict[str, Any] | None:
    """Which messages wait for a host; how long their names are is told by how many there are."""
    written, count, sequence = _WAITING.unpack_from(value)
    room = len(value) - _WAITING_SIZE
    length = room // count if count > 0 else 0
    text = from_bytes(value[_WAITING.size :][: length * count])
    names = [text[at : at + length] for at in range(0, len(text), length or 1)]
    return {"written": written, "sequence": sequence, "messages": names}


def _value(database: str, record: dict[str, Any]) -> bytes | None:
    if database == "misc" and "clear" in record:
        return _EHLO.pack(*(int(record[name]) for name in _OF_EHLO))
    if database == "misc":
        return _SERIAL.pack(int(record["time"]), record["count"])
    if database.startswith(WAITING):
        names = to_bytes("".join(record["messages"]))
        packed = _WAITING.pack(int(record["written"]), len(record["messages"]), record["sequence"]) + names
        return packed.ljust(_WAITING_SIZE + len(names), b"\0")
    if database == "seen":
        return _SEEN.pack(int(record["time"]))
    if database == "retry":
        text = to_bytes(record["text"])
        packed = _RETRY.pack(*(int(record[name]) for name in _OF_RETRY)) + text
        return packed.ljust(_SMALLEST_RETRY + len(text), b"\0")
    if database == "callout" and "random" in record:
        return _CALLOUT_DOMAIN.pack(*(record[name] for name in _OF_DOMAIN))
    if database == "callout":
        return _CALLOUT.pack(record["time"], record["result"])
    if database != "ratelimit" or "seen" in record:
        return None
    seconds, fraction = divmod(round(float(record["time"]) * _MILLION), _MILLION)
    return _RATE.pack(seconds, fraction, float(record["rate"]))
