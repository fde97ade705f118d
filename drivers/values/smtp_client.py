"""The client's side of SMTP: commands and replies over a link. See RFC 5321, section 4.2."""

from __future__ import annotations

import errno
import re
from typing import TYPE_CHECKING

from drivers.api.text import from_bytes, to_bytes
from drivers.values.smtp_telling import AT_ONCE
from grammar.patterns import late_pattern
from grammar.record import State

if TYPE_CHECKING:
    from drivers.api.links import Link
    from drivers.values.smtp_telling import Telling

MOST_OF_A_REPLY = 4096
READ_AT_ONCE = 4096
_LINE = late_pattern(r"[0-9]{3}(?:[ -].*)?", re.ASCII | re.DOTALL)
SPACES = " \t\r\n\v\f"


class Reply(State):
    """A reply: its lines without their ends, with newlines between; "" where the connection was dropped.

    ``is_malformed`` tells that the text is none: it is what has come instead. ``is_late`` is for those who
    take silence for a reply.
    """

    text: str
    is_malformed: bool = False
    is_late: bool = False

    @property
    def code(self) -> str:
        """Its first digit, "" without a reply."""
        return "" if self.is_malformed else self.text[:1]


class Conversation:
    """Commands are gathered until they are sent together; replies are read one by one.

    ``sent`` is the last command, as messages may show it. What is read raises ``TimeoutError`` when the
    other side is silent for too long; what cannot be written is noticed when the reply is missing, but
    ``broken`` has the error, as ``lost`` has that of a link that ended while it was read. ``telling`` shows
    what is said.
    """

    def __init__(self, link: Link, telling: Telling | None = None) -> None:
        self.link = link
        self.telling = telling
        self.sent = ""
        self.broken: OSError | None = None
        self.lost: OSError | None = None
        self._waiting = b""
        self._data = b""

    def put(self, command: str, shown: str | None = None, how: str = AT_ONCE) -> None:
        """A command that may wait until others are sent with it; ``shown`` hides what is secret.

        ``how`` it goes out is for those who look on alone; see `drivers.values.smtp_telling`.
        """
        self.sent = command if shown is None else shown
        if self.telling is not None:
            self.telling.command(self.sent, how)
        self._waiting += to_bytes(f"{command}\r\n")

    def flush(self) -> None:
        """Send what waits."""
        data, self._waiting = self._waiting, b""
        if data:
            self.write(data)

    def write(self, data: bytes) -> None:
        """Send bytes, behind what waits."""
        data, self._waiting = self._waiting + data, b""
        if self.broken is not None:
            return
        try:
            self.link.send(data)
        except TimeoutError:
            raise
        except OSError as error:
            self.broken = error

    def reply(self, patience: float | None = None) -> Reply:
        """The next reply. Raises ``TimeoutError``."""
        telling = self.telling
        if telling is None:
            return self._reply(patience)
        try:
            reply = self._reply(patience)
        except TimeoutError:
            telling.silence(OSError(errno.ETIMEDOUT, ""))
            raise
        if reply.text:
            telling.reply(reply.text)
        else:
            telling.silence(self.lost)
        return reply

    def _reply(self, patience: float | None) -> Reply:
        if patience is not None:
            self.link.be_patient(patience)
        lines: list[str] = []
        size = 0
        while True:
            line = self._line()
            if line is None:
                return Reply("")
            size += len(line)
            lines.append(line)
            if not _LINE.fullmatch(line) or size > MOST_OF_A_REPLY:
                return Reply("\n".join(lines), is_malformed=True)
            if line[3:4] != "-":
                return Reply("\n".join(lines))

    def forget(self) -> None:
        """Drop what was read: it came before the connection was secured."""
        self._data = b""

    def close(self) -> None:
        """Hang up."""
        self.link.close()

    def _line(self) -> str | None:
        while b"\n" not in self._data:
            try:
                more = self.link.receive(READ_AT_ONCE)
            except TimeoutError:
                raise
            except OSError as error:
                self.lost = error
                return None
            if not more:
                return None
            self._data += more
            if len(self._data) > MOST_OF_A_REPLY and b"\n" not in self._data:
                break
        line, _, self._data = self._data.partition(b"\n")
        return from_bytes(line).rstrip(SPACES)
