"""Programs that stand for scanners: each listens at a place, takes what comes and answers as it is told."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

SILENCE = 0.5
"""Seconds after which a client that says nothing has said all."""

Place = str | int
"""A path of a Unix socket, or a port of this machine."""


class Peer:
    """A server for one conversation at a time.

    ``answers`` are taken in turn, each when the pattern before it has been found in what the client has sent
    since the last answer; a pattern "" answers at once. An answer that is a number is how many seconds to
    wait. The conversation ends after the last one. What clients have sent is in ``received``, one text for
    each.
    """

    def __init__(self, place: Place, *answers: tuple[str, bytes | float]) -> None:
        self.received: list[bytes] = []
        self._answers = answers
        if isinstance(place, int):
            self._listener = socket.create_server(("127.0.0.1", place), reuse_port=False)
        else:
            Path(place).unlink(missing_ok=True)
            self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self._listener.bind(place)
            Path(place).chmod(0o777)
            self._listener.listen(5)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                self._converse(connection)

    def _converse(self, connection: socket.socket) -> None:
        heard = len(self.received)
        self.received.append(b"")
        at = 0
        for pattern, answer in self._answers:
            connection.settimeout(5)
            while not (
                found := re.compile(pattern.encode("latin-1"), re.DOTALL).search(self.received[heard], at)
            ):
                piece = connection.recv(65536)
                if not piece:
                    return
                self.received[heard] += piece
            at = found.end()
            if isinstance(answer, bytes):
                connection.sendall(answer)
            else:
                threading.Event().wait(answer)
        connection.settimeout(SILENCE)
        with suppress(TimeoutError):
            connection.shutdown(socket.SHUT_WR)
            while piece := connection.recv(65536):
                self.received[heard] += piece


Make = Callable[[], Peer]
