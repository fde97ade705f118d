"""Command lines as the configuration has them, cut into arguments without a shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import SPACE
from drivers.values.fields import unescape

if TYPE_CHECKING:
    from collections.abc import Iterator


def cut(command: str) -> Iterator[str]:
    """The arguments of a command line.

    An argument in double quotes may hold white space and has its backslash escapes resolved, one in
    single quotes is taken as it is. Quotes inside an argument mean nothing; a closing quote ends the
    argument even without white space after it.
    """
    at, end = 0, len(command)
    while True:
        while at < end and command[at] in SPACE:
            at += 1
        if at >= end:
            return
        quote = command[at]
        start = at
        if quote == "'":
            stop = command.find("'", at + 1)
            stop = end if stop < 0 else stop
            yield command[at + 1 : stop]
            at = stop + 1
        elif quote == '"':
            stop = at + 1
            while stop < end and command[stop] != '"':
                stop += 2 if command[stop] == "\\" else 1
            stop = min(stop, end)
            yield unescape(command[at + 1 : stop])
            at = stop + 1
        else:
            while at < end and command[at] not in SPACE:
                at += 1
            yield command[start:at]
