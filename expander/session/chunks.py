"""What may come between the chunks of a message (BDAT), and what becomes of it where they end too early."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.message.headers import read_message
from grammar.patterns import late_pattern

if TYPE_CHECKING:
    from expander.session.machine import Session
    from expander.session.reception import Reception

BETWEEN = frozenset({"BDAT", "NOOP", "QUIT", "RSET"})
LARGEST = (1 << 64) - 1
MOST_DIGITS = 25
_CHUNK = late_pattern(r"([+-]?)([0-9]+)[ \t\n\v\f\r]*(.*)\Z")


def refused(session: Session, name: str, *, is_whole: bool) -> bool:
    """Refuse a command that may not come between chunks; True if that was done.

    After such a command there may only be RSET and QUIT. ``is_whole`` is false if the command has an argument
    and must not have one.
    """
    reception = session.reception
    assert reception is not None
    if reception.only_reset:
        if is_whole and name in {"RSET", "QUIT"}:
            return False
        session.error(503, "only RSET accepted now")
    else:
        if is_whole and name in BETWEEN:
            return False
        session.error(503, "only BDAT permissible after non-LAST BDAT")
        reception.only_reset = True
    return True


def announced(session: Session, argument: str) -> tuple[int, bool] | None:
    """The size of the chunk that BDAT announces, and whether it is the last; None if a reply has refused."""
    found = _CHUNK.match(argument)
    if found is None:
        session.error(501, "missing size for BDAT command", kind="protocol")
        if session.reception is not None and not session.closed:
            give_up(session)
        return None
    size, is_last = _unsigned(found[1], found[2]), found[3].upper() == "LAST"
    if session.reception is not None and not size and not is_last:
        session.error(504, "zero size for BDAT command", kind="protocol")
        session.reception.only_reset = True
        return None
    return size, is_last


def give_up(session: Session) -> None:
    """No more chunks come: the message is forgotten.

    But where the last thing that came is the line that ended the header without being empty, Exim goes on
    reading the message as lines up to a dot.
    """
    reception = session.reception
    assert reception is not None
    data = reception.lines.in_memory()
    message = read_message(data, dot_ends=False)
    if message.stray and not message.body and not reception.held:
        reception.chunks = False
        session.wants = "lines"
    else:
        session.reset()


def total(reception: Reception, data: bytes, header: int, more: int) -> int:
    """The size of a message in chunks by Exim's count: of bytes and of lines, the end of the header too.

    ``header`` is how much of ``data`` is the header; ``more`` bytes are not in memory.
    """
    rest = data[header:]
    blank = (1 + rest.startswith(b"\n")) if rest else 0
    body = rest.removeprefix(b"\n")
    forgotten = reception.lines.forgotten
    lines = data[:header].count(b"\n") + body.count(b"\n") + forgotten.count(b"\n")
    lines += reception.lines.newlines - data.count(b"\n") if more else 0
    return header + len(body) + len(forgotten) + more + blank + lines


def _unsigned(sign: str, digits: str) -> int:
    """A number as C reads it: one that is too large is the largest there is, of which 32 bits are kept."""
    bare = digits.lstrip("0")
    number = int(bare or 0) if len(bare) < MOST_DIGITS else LARGEST + 1
    if number > LARGEST:
        number = LARGEST
    elif sign == "-":
        number = -number
    return number & 0xFFFFFFFF
