"""Messages with a large body, which is written to the spool while it comes."""

from __future__ import annotations

from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING

from expander.message.body_reader import BodyReader
from expander.message.headers import ReadMessage, read_message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from drivers.api.storage import OpenFile
    from expander.message.large_body import LargeBody
    from expander.queue.spool import Spool


class LargeReception:
    """One such message: its file is made at once, and removed if the message is not kept."""

    def __init__(self, spool: Spool, name: str, *, dot_ends: bool) -> None:
        self._spool = spool
        self._name = name
        self._reader = BodyReader(dot_ends=dot_ends)
        self._file: OpenFile | None = None

    def read(self, head: ReadMessage, more: Iterator[bytes]) -> ReadMessage:
        """Read the body to its end: the message, whose body is empty here, with its facts.

        ``head`` has the body as far as it has come, as it came. Raises ``OSError``.
        """
        reader = self._reader
        self._file = file = self._spool.begin_body(self._name)
        try:
            stray = head.stray.encode("latin-1")
            file.write(stray)
            last = stray
            for piece in chain((head.body,), more):
                last = self._write(reader.feed(piece)) or last
                if reader.ended:
                    break
            last = self._write(reader.finish()) or last
            if last and not last.endswith(b"\n"):
                file.write(b"\n")
            file.sync()
        except OSError:
            self.forget()
            raise
        return ReadMessage(head.headers, b"", head.envelope_lines, head.stray, self._facts(head))

    def body(self) -> LargeBody:
        """The body in its file."""
        assert self._file is not None
        return self._spool.large_body(self._name, self._file)

    def forget(self) -> None:
        """The message is not kept."""
        if self._file is not None:
            self._file.close()
            with suppress(OSError):
                self._spool.forget(self._name)

    def _write(self, data: bytes) -> bytes:
        assert self._file is not None
        if data:
            self._file.write(data)
        return data[-1:]

    def _facts(self, head: ReadMessage) -> dict[str, str]:
        """The variables that follow from the size of the body and from its lines."""
        facts, reader = dict(head.facts), self._reader
        facts["message_size"] = str(int(facts["message_size"]) + reader.size)
        facts["message_body_size"] = str(reader.size)
        facts["message_linecount"] = str(int(facts["message_linecount"]) + reader.lines)
        facts["body_linecount"] = str(reader.lines)
        facts["body_zerocount"] = str(reader.zeros + head.stray.count("\0"))
        facts["max_received_linelength"] = str(max(int(facts["max_received_linelength"]), reader.longest))
        return facts


def put_on_spool(spool: Spool, name: str, pieces: Iterator[bytes], *, is_wire: bool) -> LargeBody:
    """The body of a message whose pieces are known, in a file of the spool. Raises ``OSError``."""
    file = spool.begin_body(name)
    try:
        for piece in pieces:
            file.write(piece.replace(b"\n", b"\r\n") if is_wire else piece)
        file.sync()
    except OSError:
        file.close()
        with suppress(OSError):
            spool.forget(name)
        raise
    return spool.large_body(name, file, is_wire=is_wire)


def read_parts(
    spool: Spool,
    name: str,
    data: bytes,
    more: Iterator[bytes] | None,
    *,
    is_envelope_line: Callable[[str], bool],
    dot_ends: bool,
) -> tuple[ReadMessage, LargeReception | None]:
    """A message in its parts; the body of a large one is on the spool by then.

    ``data`` has all of it, or what comes before ``more``. Raises ``OSError``.
    """

    def read(text: bytes, *, reads_body: bool) -> ReadMessage:
        return read_message(
            text,
            is_envelope_line=is_envelope_line,
            dot_ends=dot_ends,
            mends_line_ends=True,
            counts_body=reads_body,
            reads_body=reads_body,
        )

    if more is None:
        return read(data, reads_body=True), None
    head = read(data, reads_body=False)
    if not head.body:  # it is the header that is so large
        return read(data + b"".join(more), reads_body=True), None
    large = LargeReception(spool, name, dot_ends=dot_ends)
    return large.read(head, more), large
