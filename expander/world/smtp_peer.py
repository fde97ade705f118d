"""A mail server of which is told what it answers, for callouts and deliveries in a world in memory."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from drivers.api.text import from_bytes, to_bytes, upper

if TYPE_CHECKING:
    from collections.abc import Iterable

GREETING = "220 peer.example ESMTP"
"""What is said to whoever connects."""

USUAL = {
    "EHLO": "250 peer.example",
    "HELO": "250 peer.example",
    "DATA": "354 go on",
    "QUIT": "221 goodbye",
}
"""What is answered to commands of which nothing else is told; to all others "250 OK"."""

DONE = "."
"""Stands for the end of a message."""

_STAR = re.compile(r"\\\*")


class SmtpPeer:
    """What a server on a memory world's socket answers: called with what comes, it gives what it says.

    ``replies`` are pairs of a command and the reply to it; in the command ``*`` stands for any text, "."
    is the end of a message and "" the greeting. A reply of several lines has newlines between them; one that
    is empty hangs up without a word. The first pair that fits counts. ``heard`` are all commands so far.
    """

    def __init__(self, replies: Iterable[tuple[str, str]] = ()) -> None:
        self.replies = list(replies)
        self.heard: list[str] = []
        self._rest = b""
        self._is_in_message = False

    def __call__(self, data: bytes) -> bytes:
        """The replies to what has come; what answers nothing at all is the greeting."""
        if not data:
            self._rest, self._is_in_message = b"", False
            return self._said("", GREETING)
        *lines, self._rest = (self._rest + data).split(b"\n")
        return b"".join(self._answer(from_bytes(line.rstrip(b"\r"))) for line in lines)

    def _answer(self, line: str) -> bytes:
        if self._is_in_message:
            if line != DONE:
                return b""
            self._is_in_message = False
            return self._said(DONE, "250 OK")
        self.heard.append(line)
        said = self._said(line, USUAL.get(upper(line[:4]), "250 OK"))
        self._is_in_message = upper(line) == "DATA" and said.startswith(b"3")
        return said

    def _said(self, command: str, usual: str) -> bytes:
        reply = next((said for pattern, said in self.replies if _fits(pattern, command)), usual)
        lines = reply.split("\n") if reply else []
        cut = [f"{line[:3]}-{line[4:]}" for line in lines[:-1]] + lines[-1:]
        return b"".join(to_bytes(line) + b"\r\n" for line in cut)


def _fits(pattern: str, command: str) -> bool:
    return _compiled(pattern).fullmatch(command) is not None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(_STAR.sub(".*", re.escape(pattern)), re.IGNORECASE | re.DOTALL | re.ASCII)
