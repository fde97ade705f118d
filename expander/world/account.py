"""Users, groups and the ends of programs as plain values that every kind of world gives out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.record import Record

if TYPE_CHECKING:
    from typing import IO


class Account(Record):
    """A user as the password file has it; all texts are held text."""

    login: str
    uid: int
    gid: int
    gecos: str = ""
    home: str = "/"
    shell: str = "/bin/sh"


class Finished(Record):
    """How a program ended: its exit status, or minus the number of the signal that ended it.

    ``kept`` is a file with the output, at its beginning, where that was wanted; ``output`` is empty then.
    """

    status: int
    output: bytes
    kept: IO[bytes] | None = None


def kept(ended: Finished) -> Finished:
    """The same with its output in a file, which is in memory."""
    from io import BytesIO

    return Finished(ended.status, b"", BytesIO(ended.output))


def is_number(name: str) -> bool:
    """True for a decimal number, which stands for a user or group by its number."""
    return name.isascii() and name.isdigit()
