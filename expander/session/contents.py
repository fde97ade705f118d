"""What a message that has come consists of, and the variables that count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import from_bytes, to_bytes
from expander.message.headers import ReadMessage, read_message
from grammar.record import Record, replaced

if TYPE_CHECKING:
    from expander.session.reception import Reception


class Contents(Record):
    """A message with the line that ended its header though it is none, which belongs to its body.

    ``body`` begins with that line, ``facts`` are the variables.
    """

    message: ReadMessage
    stray: bytes
    body: bytes
    facts: dict[str, str]


def contents(reception: Reception, data: bytes) -> Contents:
    """What the ``data`` of a message is: all of it, or its beginning and its end if it is long."""
    message = _read(reception, data)
    stray = to_bytes(message.stray)
    head = len(data) - len(message.body) - len(stray)
    before = data[:head]
    has_blank = not stray and (before == b"\n" or before.endswith(b"\n\n"))
    trimmed = head - has_blank - sum([len(text) for _, text in message.headers])
    facts = message.facts | _counted(message.facts, len(stray), reception, data, trimmed)
    return Contents(message, stray, stray + message.body, facts)


def _read(reception: Reception, data: bytes) -> ReadMessage:
    """The message; where not all lines ended alike it is known from that what has ended the header."""
    start, length = reception.ends.stray if reception.ends is not None else (0, 0)
    start -= len(reception.lines.forgotten)
    if not length or start < 0:  # a line "From" before the header was none of it, and does not count
        return read_message(data, dot_ends=False, counts_body=True)
    end = start + length
    message = read_message(data[:start] + b"\n" + data[end:], dot_ends=False, counts_body=True)
    return replaced(message, stray=from_bytes(data[start:end]))


def _counted(
    facts: dict[str, str], stray: int, reception: Reception, data: bytes, trimmed: int
) -> dict[str, str]:
    """The variables that count.

    ``stray`` is the length of the line that ended the header, 0 without one, ``data`` what of the message
    ``facts`` are about, ``trimmed`` how many blanks at the ends of header lines do not count.
    """
    store, ends = reception.lines, reception.ends
    size = store.size
    further = {"message_body_size": stray, "message_linecount": bool(stray), "body_linecount": bool(stray)}
    if store.is_long:
        lines = store.newlines - data.count(b"\n")
        further["message_body_size"] += size - len(data)
        further["message_linecount"] += lines
        further["body_linecount"] += lines
        further["body_zerocount"] = store.zeros - data.count(b"\0")
    counted = {name: str(int(facts[name]) + more) for name, more in further.items()}
    if ends is not None and ends.lines:  # CRs alone have made more lines of them
        counted["message_linecount"] = str(ends.lines + int(counted["body_linecount"]))
    size += len(store.forgotten)
    return counted | {"message_size": str(size - trimmed)} | ({} if size else {"message_linecount": "0"})
