"""Deliveries that were broken off: what their notes in the journal tell, so that nothing is delivered twice.

Before a file gets its final name, and before each piece is added to a mailbox, a delivery writes down what it
is about to do. Whoever delivers the message next finds these notes, and sees from the files how far it came.
"""

from __future__ import annotations

import zlib
from contextlib import suppress
from typing import TYPE_CHECKING

from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from drivers.api.storage import OpenFile
    from drivers.api.transports import Job

MAKES, RENAMES, GIVES_UP, WRITES = "makes", "renames", "gives-up", "writes"
PIECE = 1 << 16


class Piece(Record):
    """A piece of a message that was about to be added to a mailbox at some place."""

    number: int
    at: int
    size: int
    checksum: int
    is_last: bool


def makes(job: Job, path: str) -> None:
    """A new file is about to be made."""
    job.note(f"{MAKES} {path}")


def renames(job: Job, path: str, to: str) -> None:
    """It is complete, and about to get its name."""
    job.note(f"{RENAMES} {path}\t{to}")


def gives_up(job: Job, path: str) -> None:
    """It did not get its name, and is about to be removed."""
    job.note(f"{GIVES_UP} {path}")


def was_finished(job: Job) -> bool:
    """True if an earlier delivery had its file complete; it has its name then.

    Files of deliveries that did not come so far are removed.
    """
    files, storage = job.ctx.world.files, job.ctx.world.storage
    made: dict[str, str] = {}
    for note in job.before:
        what, _, rest = note.partition(" ")
        path, _, to = rest.partition("\t")
        if what in {MAKES, GIVES_UP}:
            made[path] = ""
        elif what == RENAMES:
            made[path] = to
    for path, to in made.items():
        if not to:
            with suppress(OSError):
                storage.remove(path)
            continue
        try:
            files.lstat(path)
        except FileNotFoundError:
            return True
        storage.rename(path, to)
        return True
    return False


def noted(job: Job, path: str, at: int, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Pieces that are added to a mailbox from a place on; each is written down before it is given."""
    gathered, number = b"", 0
    for piece in pieces:
        if len(gathered) + len(piece) > PIECE and gathered:
            _note(job, path, Piece(number, at, len(gathered), zlib.crc32(gathered), is_last=False))
            yield gathered
            at, gathered, number = at + len(gathered), b"", number + 1
        gathered += piece
    _note(job, path, Piece(number, at, len(gathered), zlib.crc32(gathered), is_last=True))
    yield gathered


def _note(job: Job, path: str, piece: Piece) -> None:
    words = (piece.number, piece.at, piece.size, piece.checksum, int(piece.is_last), path)
    job.note(f"{WRITES} {' '.join(map(str, words))}")


def was_added(job: Job, path: str, file: OpenFile) -> bool:
    """True if an earlier delivery has added the whole message to a mailbox.

    Where it added a part, and nobody has written since, that is taken away again.
    """
    pieces = _pieces(job, path)
    if not pieces:
        return False
    end = start = pieces[0].at
    for piece in pieces:
        file.seek(piece.at)
        data = file.read(piece.size)
        if len(data) < piece.size or zlib.crc32(data) != piece.checksum:
            break
        end = piece.at + piece.size
        if piece.is_last:
            return True
    if end > start and end == file.stat().st_size:
        file.truncate(start)
    return False


def _pieces(job: Job, path: str) -> list[Piece]:
    """What the last of those deliveries was about to write to the mailbox."""
    found: list[Piece] = []
    for note in job.before:
        words = note.split(" ", 6)
        if words[0] == WRITES and words[6] == path:
            number, at, size, checksum, is_last = map(int, words[1:6])
            if not number:
                found.clear()  # another try
            found.append(Piece(number, at, size, checksum, bool(is_last)))
    return found
