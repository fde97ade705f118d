"""Hints in a file that several sessions, and one process after the other, share."""

from __future__ import annotations

import json
import sqlite3
import threading
from typing import Any

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
        self._lock = threading.Lock()
        self._database = sqlite3.connect(path, timeout=PATIENCE, check_same_thread=False)
        with self._lock, self._database:
            self._database.execute(_TABLE)

    def read(self, database: str, key: str) -> dict[str, Any] | None:
        """The record, or None."""
        query = "SELECT record FROM hints WHERE database = ? AND key = ?"
        with self._lock:
            row = self._database.execute(query, (database, key)).fetchone()
        return None if row is None else dict(json.loads(row[0]))

    def write(self, database: str, key: str, record: dict[str, Any]) -> None:
        """Keep a record in place of the one before."""
        row = database, str(key), json.dumps(record)
        with self._lock, self._database:
            self._database.execute("INSERT OR REPLACE INTO hints VALUES (?, ?, ?)", row)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._database.close()
