"""A program of this machine whose standard input and output are the two ends of a conversation."""

from __future__ import annotations

import os
import select
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from drivers.api.links import NotSecured
from drivers.api.text import to_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.api.links import Secured, Securing

AT_THE_END = 1.0
"""For how many seconds a program may go on once nobody listens."""


class ProgramLink:
    """A child that is talked to, in our environment. Raises ``OSError`` if it cannot be started."""

    def __init__(self, argv: Sequence[str], *, directory: str | None, rights: dict[str, Any]) -> None:
        if not argv or any("\0" in part for part in argv):
            raise FileNotFoundError(2, "No such file or directory", argv[0] if argv else "")
        self._patience: float | None = None
        self._child = subprocess.Popen(  # noqa: S603 - running what the configuration says is the task
            [to_bytes(part) for part in argv],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=None if directory is None else to_bytes(directory),
            start_new_session=True,
            bufsize=0,
            **rights,
        )

    def send(self, data: bytes) -> None:
        """Write to the program. Raises ``OSError``."""
        stream = self._child.stdin
        assert stream is not None
        left = memoryview(data)
        while left:
            left = left[os.write(stream.fileno(), left) :]

    def receive(self, size: int) -> bytes:
        """What has come by now. Raises ``TimeoutError``."""
        stream = self._child.stdout
        assert stream is not None
        if not select.select([stream], [], [], self._patience)[0]:
            raise TimeoutError(110, os.strerror(110))
        return os.read(stream.fileno(), size)

    def end_sending(self) -> None:
        """The program has all that it gets."""
        if self._child.stdin is not None:
            with suppress(OSError):
                self._child.stdin.close()

    def close(self) -> None:
        """End the program if it does not do so by itself."""
        self.end_sending()
        if self._child.stdout is not None:
            self._child.stdout.close()
        try:
            self._child.wait(AT_THE_END)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()

    def be_patient(self, seconds: float) -> None:
        """The program may be silent for so long from now on, 0 for ever."""
        self._patience = seconds or None

    def secure(self, how: Securing) -> Secured:
        """Raises `NotSecured`: pipes have no TLS."""
        raise NotSecured(f"no TLS with a program{f' for {how.server}' if how.server else ''}")

    def has_ticket(self) -> bool:
        """No: there is no TLS."""
        return False

    def mark(self, traffic_class: int) -> None:
        """There are no packets."""

    def own_address(self) -> tuple[str, int]:
        """There is none."""
        return "", 0
