"""A batch of SMTP commands (``-bS``): what is told where one cannot be carried out, and in which line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import SPACE
from grammar.patterns import late_pattern

if TYPE_CHECKING:
    from expander.session.machine import Session
    from expander.session.reception import Reception

_IN_HEADER = late_pattern(rb"[ \t]|[!-9;-~]+[ \t]*:")


class BatchError(Exception):
    """A batch cannot go on.

    ``text`` and ``explained`` tell of that, ``received`` whether messages came before.
    """

    def __init__(self, text: str, explained: str, *, received: bool) -> None:
        super().__init__(text)
        self.text = text
        self.explained = explained
        self.received = received


class TextLines:
    """Counts the lines of one message as Exim does.

    A dot that ends the header does not count, a line of the body that ends the header counts twice.
    ``too_big`` is the count where the message has become larger than it may be, None before that.
    """

    def __init__(self, limit: int) -> None:
        self.count = 0
        self.in_header = True
        self.too_big: int | None = None
        self._limit = limit
        self._size = 0
        self._line = b""
        self._has_stray = False
        self._strict = False

    def take(self, text: bytes, *, strict: bool) -> None:
        """So much more has been read; if ``strict``, a newline alone ends no line of the body."""
        self._strict = strict
        while self.in_header and text:
            end = text.find(b"\n") + 1
            if not end:
                break
            line, text = self._line + text[:end], text[end:]
            self._line = b""
            self._take_line(line)
        if self.in_header:
            self._line += text
        elif text:
            self._take_body(text)

    def _take_line(self, line: bytes) -> None:
        """A line of the header, or the one that ends it."""
        if self._has_stray:
            self.in_header = False
            self.count += 1
            self._take_body(line)
            return
        line = line.replace(b"\r\n", b"\n")
        if line == b".\n":
            return
        self.count += 1
        self._size += len(line)
        self.in_header = line != b"\n"
        self._has_stray = self.in_header and not _IN_HEADER.match(line)
        if not self.in_header and 0 < self._limit < self._size:
            self.too_big = self.count

    def _take_body(self, text: bytes) -> None:
        if self._strict:
            text = text.replace(b"\r\n", b"\r").replace(b"\n", b" ")
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        self._size += len(text)
        if self.too_big is None and 0 < self._limit < self._size:
            self.too_big = self.count + text[: len(text) + self._limit + 1 - self._size].count(b"\n") + 1
        self.count += text.count(b"\n")


class Batch:
    """What becomes of replies in a batch: nothing, unless one tells of an error."""

    def __init__(self) -> None:
        self.lines = 0
        self.started = 0
        self.command: str | None = ""
        self.received = 0
        self._failure = ""
        self._text: TextLines | None = None

    def start(self, session: Session) -> None:
        """Begin the session without anybody to greet."""
        session.start()
        session.hello_seen = True
        session.ctx.facts.setdefault("received_protocol", "local-bsmtp")
        self._failure = ""

    def reply(self, text: str) -> None:
        """What the session would say."""
        if text[:1] in {"4", "5"} and not self._failure:
            self._failure = text

    def took(self, line: bytes) -> None:
        """A command is about to be read."""
        self._text = None
        self.lines += 1
        self.command = line.decode("latin-1").rstrip(SPACE).replace("\0", "?")

    def took_text(self, text: bytes, reception: Reception) -> None:
        """So much of a message has been read."""
        if self._text is None:
            self._text = TextLines(reception.limit)
        before = self._text.count
        self._text.take(text, strict=bool(reception.strict))
        self.lines += self._text.count - before

    def ends(self) -> None:
        """The input has ended within a message.

        The end counts as a line of the body; a line that is cut off does not count.
        """
        self.command = None
        self.lines += self._text is not None and not self._text.in_header

    def times_out(self) -> None:
        """Nothing has come for too long; no command is at fault."""
        is_command = "command" in self._failure
        words = "command timeout" if is_command else "incoming data timeout - message abandoned"
        self.command, self._failure = None, f"421 SMTP {words}\r\n"

    def check(self) -> None:
        """See that all is well. Raises `BatchError`."""
        word = (self.command or "").partition(" ")[0].upper()
        if self._text is not None and self._failure.startswith("552 Message size"):
            self.command = None
            if self._text.too_big is not None:
                self.lines += self._text.too_big - self._text.count
        if self._failure == NO_NUL:
            self._failure = "501 Unexpected NULL in SMTP command\r\n"
        elif self._failure.startswith("554 Too many nonmail commands"):
            self._failure = "500 Command unrecognized\r\n"
        elif word in _ANEW or (word == "ATRN" and not self._failure.startswith(_NOT_KNOWN)):
            self._failure, self.started = "", self.lines
        elif word in _UNKNOWN or self._failure.startswith(_NOT_KNOWN):
            self._failure = "500 Command unrecognized\r\n"
        if not self._failure:
            return
        text = _OTHERWISE.get(self._failure, self._failure).replace("\r\n", "\n")
        fault = "" if self.command is None else f"The SMTP command at fault was:\n\n   {self.command}\n\n"
        explained = _EXPLAINED.format(
            text.rstrip("\n"), self.started, self.lines, fault, _count(self.received)
        )
        text += f"Transaction started in line {self.started}\nError detected in line {self.lines}\n"
        text += f"{self.command}\n" if self.command is not None else ""
        raise BatchError(text, explained, received=self.received > 0)


_ANEW = frozenset({"HELO", "EHLO", "RSET", "NOOP", "VRFY", "EXPN", "ETRN", "HELP"})
"""Commands that mean nothing in a batch but that a transaction may begin: no reply to them is an error."""

_OTHERWISE = {
    "503 sender not yet given\r\n": "503 No sender yet given\r\n",
    "503 sender already given\r\n": "503 Sender already given\r\n",
}
"""What is told in other words than in a session."""

NO_NUL = "501 NUL characters are not allowed in SMTP commands\r\n"
_NOT_KNOWN = "500 unrecognized command"
_UNKNOWN = frozenset({"AUTH", "BDAT", "STARTTLS"})
"""Commands that only a session knows."""

_EXPLAINED = """\
An error was detected while processing a file of BSMTP input.
The error message was:

  {}

The SMTP transaction started in line {}.
The error was detected in line {}.
{}{} successfully processed.
The rest of the batch was abandoned.
"""


def _count(received: int) -> str:
    return f"{received} previous message{' was' if received == 1 else 's were'}"
