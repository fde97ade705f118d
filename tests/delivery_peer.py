"""An SMTP server on this machine to which messages are delivered: answers as told, and keeps what came."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

Answer = str | Sequence[str]
"""A reply, or replies of which each is given once and the last from then on.

"" hangs up, `SILENT` says nothing.
"""

SILENT = "..."
A_WHILE = 0.3
GREETING, TEXT = "CONNECT", "TEXT"
USUAL: Mapping[str, Answer] = {
    GREETING: "220 peer.example.test ESMTP",
    "EHLO": "250-peer.example.test hello\n250-SIZE 1000000\n250 HELP",
    "LHLO": "250-peer.example.test hello\n250 HELP",
    "HELO": "250 peer.example.test",
    "DATA": "354 go on",
    TEXT: "250 taken",
    "BDAT": "250 chunk taken",
    "STARTTLS": "220 begin",
    "QUIT": "221 bye",
    "": "250 ok",
}


class DeliveryPeer:
    """A server. ``heard`` has the lines of each connection.

    One that is ``late`` greets when nothing more comes for a while: what came before is marked.
    """

    def __init__(
        self,
        answers: Mapping[str, Answer],
        *,
        tls: ssl.SSLContext | None = None,
        at_once: bool = False,
        lmtp: bool = False,
        late: bool = False,
        address: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self._answers = {**USUAL, **answers}
        self._given: dict[str, int] = {}
        self._tls, self._at_once, self._lmtp = tls, at_once, lmtp
        self._late = late
        if address.startswith("/"):
            self._listener = socket.socket(socket.AF_UNIX)
            self._listener.bind(address)
            Path(address).chmod(0o777)
            self._listener.listen()
        else:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            self._listener = socket.create_server((address, port), family=family)
        self.heard: list[list[str]] = []
        self._threads: list[threading.Thread] = []
        self._main = threading.Thread(target=self._serve, daemon=True)
        self._main.start()

    @property
    def port(self) -> int:
        """Where it listens, 0 for a path."""
        name = self._listener.getsockname()
        return 0 if isinstance(name, str) else int(name[1])

    def __enter__(self) -> Self:
        """Nothing more than itself."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Listen no more."""
        self.close()

    def close(self) -> None:
        """Listen no more, and wait for the conversations to end."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._main.join(5)
        for thread in self._threads:
            thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.settimeout(20)
            heard: list[str] = []
            self.heard.append(heard)
            thread = threading.Thread(target=self._talk, args=(connection, heard), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _talk(self, connection: socket.socket, heard: list[str]) -> None:
        talk = _Conversation(self, connection, heard)
        try:
            if self._late:
                talk.wait()
            talk.hold(self._tls, at_once=self._at_once, lmtp=self._lmtp)
        except (ssl.SSLError, BrokenPipeError):  # how fast the other side is does not matter
            heard.append("(end)")
        except OSError as problem:
            heard.append(f"({type(problem).__name__})")
        finally:
            talk.close()

    def answer(self, command: str) -> str:
        """What is said to a command."""
        known = [key for key in self._answers if command.upper().startswith(key.upper())]
        key = max(known, key=len)
        given = self._answers[key]
        if isinstance(given, str):
            return given
        at = self._given.get(key, 0)
        self._given[key] = at + 1
        return given[min(at, len(given) - 1)]


class _Conversation:
    """One connection."""

    def __init__(self, peer: DeliveryPeer, connection: socket.socket, heard: list[str]) -> None:
        self._peer, self._connection, self._heard = peer, connection, heard
        self._data = b""
        self._recipients = 0

    def wait(self) -> None:
        """Note how many lines come before anything is said."""
        self._connection.settimeout(A_WHILE)
        with suppress(TimeoutError):
            while more := self._connection.recv(65536):
                self._data += more
        self._connection.settimeout(20)
        early = self._data.count(b"\n")
        if early:
            self._heard.append(f"({early} lines before the greeting)")

    def hold(self, tls: ssl.SSLContext | None, *, at_once: bool, lmtp: bool) -> None:
        """Talk until one of both hangs up."""
        if at_once and tls is not None:
            self._secure(tls)
        if not self._say(self._peer.answer(GREETING)):
            return
        while (line := self._line()) is not None:
            self._heard.append(line)
            word = line.upper().partition(" ")[0]
            if word == "BDAT":
                self._heard += self._taken(int(line.split()[1])).decode("latin-1").splitlines()
            reply = self._peer.answer(line)
            if word == "RCPT" and reply.startswith("2"):
                self._recipients += 1
            if not self._say(reply):
                return
            if word == "STARTTLS" and tls is not None and reply.startswith("2"):
                self._secure(tls)
            if word == "DATA" and reply.startswith("3"):
                while (line := self._line()) is not None and line != ".":
                    self._heard.append(line)
                self._heard.append(".")
                for _ in range(self._recipients if lmtp else 1):
                    if not self._say(self._peer.answer(TEXT)):
                        return
            if word in {"QUIT", "RSET", "DATA"}:
                self._recipients = 0
            if word == "QUIT":
                self._end()
                return
        self._heard.append("(end)")

    def _secure(self, tls: ssl.SSLContext) -> None:
        self._connection = tls.wrap_socket(self._connection, server_side=True, do_handshake_on_connect=False)
        assert isinstance(self._connection, ssl.SSLSocket)
        self._connection.do_handshake()
        self._heard.append("(tls)")

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _end(self) -> None:
        if isinstance(self._connection, ssl.SSLSocket):
            with suppress(OSError):
                self._connection.unwrap()

    def _say(self, text: str) -> bool:
        if text == SILENT:
            return True
        if text:
            self._connection.sendall("".join(f"{line}\r\n" for line in text.split("\n")).encode("latin-1"))
        return bool(text)

    def _line(self) -> str | None:
        while b"\n" not in self._data:
            more = self._connection.recv(65536)
            if not more:
                return None
            self._data += more
        line, _, self._data = self._data.partition(b"\n")
        return line.decode("latin-1").removesuffix("\r")

    def _taken(self, size: int) -> bytes:
        while len(self._data) < size:
            more = self._connection.recv(65536)
            if not more:
                break
            self._data += more
        found, self._data = self._data[:size], self._data[size:]
        return found
