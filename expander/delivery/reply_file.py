"""The files in which the autoreply transport notes who had a reply: its option ``once``."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from drivers.api.errors import Refused
from drivers.api.text import to_bytes
from drivers.api.transports import DEFER, Failure

if TYPE_CHECKING:
    from expander.delivery.job import LocalJob

_TIME = struct.Struct("<q")
MODE = 0o600
HINTS_SINCE = "4.97"
"""Before, the words for a database were those of Berkeley DB, whichever it was."""


def is_known(job: LocalJob, path: str, key: str, now: int, again: int, limit: int) -> bool:
    """True if the file says that a reply went to ``key``; else that is noted. Raises `Failure`."""
    name = to_bytes(key) + b"\0"
    try:
        found = _read_flat(job, path) if limit else _read(job, path)
        then = found.get(name)
        if then is not None and (again == 0 or now - then < again):
            return True
        found.pop(name, None)
        found[name] = now
        _write(job, path, _flat(found, limit) if limit else _database(found))
    except (OSError, Refused) as problem:
        database = "hintsdb" if job.ctx.profile.at_least(HINTS_SINCE) else "db (v4.1+)"
        kind = "once" if limit else database
        reason = getattr(problem, "strerror", None) or str(problem)
        what = f"Failed to open {kind} file {path} when sending message from {job.transport.name} transport"
        number = getattr(problem, "errno", None) or 0
        raise Failure(DEFER, number, f"{what}: {reason}") from None
    return False


def _read(job: LocalJob, path: str) -> dict[bytes, int]:
    """The notes of a database. Raises ``OSError`` for one that cannot be read, but not if it is missing."""
    from drivers.lookups.berkeley import BerkeleyFile, WrongFormatError

    try:
        items = dict(BerkeleyFile(job.ctx.world.files.read(path)).items())
    except FileNotFoundError:
        return {}
    except WrongFormatError:
        return {}
    return {key: _TIME.unpack(value)[0] for key, value in items.items() if len(value) == _TIME.size}


def _database(notes: dict[bytes, int]) -> bytes:
    from drivers.lookups.berkeley_writing import hash_file

    return hash_file({key: _TIME.pack(then) for key, then in notes.items()})


def _read_flat(job: LocalJob, path: str) -> dict[bytes, int]:
    """The notes of a file in which each is a time and a name that ends with a NUL."""
    try:
        data = job.ctx.world.files.read(path)
    except FileNotFoundError:
        return {}
    notes, at = {}, 0
    while at + _TIME.size < len(data):
        end = data.find(b"\0", at + _TIME.size) + 1
        if not end:
            break
        notes[data[at + _TIME.size : end]] = _TIME.unpack_from(data, at)[0]
        at = end
    return notes


def _flat(notes: dict[bytes, int], limit: int) -> bytes:
    pieces = [_TIME.pack(then) + key for key, then in sorted(notes.items(), key=lambda note: note[1])]
    while len(pieces) > 1 and sum(map(len, pieces)) > limit:
        del pieces[0]
    return b"".join(pieces)


def _write(job: LocalJob, path: str, data: bytes) -> None:
    job.ctx.world.files.write(path, data, MODE)
