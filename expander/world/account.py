"""Users, groups and the ends of programs as plain values that every kind of world gives out."""

from __future__ import annotations

from grammar.record import Record


class Account(Record):
    """A user as the password file has it; all texts are held text."""

    login: str
    uid: int
    gid: int
    gecos: str = ""
    home: str = "/"
    shell: str = "/bin/sh"


class Finished(Record):
    """How a program ended: its exit status, or minus the number of the signal that ended it."""

    status: int
    output: bytes


def is_number(name: str) -> bool:
    """True for a decimal number, which stands for a user or group by its number."""
    return name.isascii() and name.isdigit()
