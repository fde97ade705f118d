"""An SMTP server on this machine that answers commands as it was told to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

ANSWERS = {"": "250 ok\r\n", "EHLO": "250-peer\r\n250 SIZE\r\n", "QUIT": "221 bye\r\n"}
GREETING, SILENT = "CONNECT", "..."
PATIENCE = 20
"""So many seconds a client may take to hang up after all."""


class SmtpPeer:
    """A server; ``heard`` are the commands that came.

    ``answers`` has the replies by how commands begin, the longest beginning counts. "" hangs up, "..." keeps
    silent. After a reply that begins with 354 the next command is the dot at the end of the text.
    """

    def __init__(self, listener: socket.socket, answers: Mapping[str, str]) -> None:
        self.heard: list[str] = []
        self.answers = {**ANSWERS, GREETING: "220 peer ESMTP\r\n", **answers}
        self._listener = listener
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._listener.getsockname()[1]
        return port

    def close(self) -> None:
        """Listen no more, and hear what the last client still says."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(PATIENCE)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, suppress(OSError), connection.makefile("rb") as lines:
                self._say(connection, self.answers[GREETING])
                is_text = False
                for line in lines:
                    command = line.decode("latin-1").strip("\r\n" if is_text else None)
                    self.heard.append(command)
                    if is_text and command != ".":
                        continue
                    begins = [key for key in self.answers if command.upper().startswith(key.upper())]
                    reply = self.answers[max(begins, key=len)]
                    is_text = reply.startswith("354")
                    if not reply:
                        break
                    self._say(connection, reply)
                    if command == "QUIT":
                        break

    @staticmethod
    def _say(connection: socket.socket, reply: str) -> None:
        if reply != SILENT:
            connection.sendall(reply.encode())


@contextmanager
def smtp_peer(answers: Mapping[str, str], port: int = 0, address: str = "127.0.0.1") -> Iterator[SmtpPeer]:
    """A server while it is wanted: what it has heard is complete afterwards."""
    peer = SmtpPeer(socket.create_server((address, port)), answers)
    try:
        yield peer
    finally:
        peer.close()
