"""What is remembered from one message to the next: rates and what was seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from drivers.api.protocols import Context

KEPT = "hints"
"""Under this name the state of a context has its hints."""


class Hints(Protocol):
    """Records by database and key; a record is what JSON can hold."""

    def read(self, database: str, key: str) -> dict[str, Any] | None:
        """The record, or None."""

    def write(self, database: str, key: str, record: dict[str, Any]) -> None:
        """Keep a record in place of the one before."""

    def update(self, database: str, records: Mapping[str, dict[str, Any] | None]) -> None:
        """Keep several records at once; None forgets one."""


class MemoryHints:
    """Hints that are gone when the process ends."""

    def __init__(self) -> None:
        self._records: dict[tuple[str, str], dict[str, Any]] = {}

    def __len__(self) -> int:
        """How many records there are."""
        return len(self._records)

    def __bool__(self) -> bool:
        """True, with records or without."""
        return True

    def read(self, database: str, key: str) -> dict[str, Any] | None:
        """The record, or None."""
        return self._records.get((database, key))

    def write(self, database: str, key: str, record: dict[str, Any]) -> None:
        """Keep a record in place of the one before."""
        self._records[database, key] = record

    def update(self, database: str, records: Mapping[str, dict[str, Any] | None]) -> None:
        """Keep several records at once; None forgets one."""
        for key, record in records.items():
            if record is None:
                self._records.pop((database, key), None)
            else:
                self.write(database, key, record)


def hints_of(ctx: Context) -> Hints:
    """The hints that a context was given under `KEPT`; else it has some of its own, in memory."""
    found: Hints = ctx.state.get(KEPT) or ctx.state.setdefault(KEPT, MemoryHints())
    return found
