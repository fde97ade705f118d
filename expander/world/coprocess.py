"""A program of this machine that runs beside this one and is talked to."""

from __future__ import annotations

import os
import subprocess
import weakref
from collections.abc import Mapping, Sequence

from drivers.api.text import to_bytes


class CoProcess:
    """A child that is talked to over two pipes, killed when nobody refers to this any more.

    The child finds the numbers of its ends of the pipes, the one to read from and the one to write
    to, in its last two arguments. With ``own_streams`` it shares this program's standard input and
    output, otherwise it has none.
    """

    def __init__(
        self, argv: Sequence[str], environment: Mapping[str, str] | None, *, own_streams: bool = False
    ) -> None:
        if not argv or any("\0" in part for part in argv):
            raise FileNotFoundError(2, "No such file or directory", argv[0] if argv else "")
        given = None if environment is None else {to_bytes(k): to_bytes(v) for k, v in environment.items()}
        their_in, self._out = os.pipe()
        self._in, their_out = os.pipe()
        try:
            self._child = subprocess.Popen(  # noqa: S603 - running what the configuration says is the task
                [*map(to_bytes, argv), b"%d" % their_in, b"%d" % their_out],
                stdin=None if own_streams else subprocess.DEVNULL,
                stdout=None if own_streams else subprocess.DEVNULL,
                env=given,
                pass_fds=(their_in, their_out),
            )
        except BaseException:
            os.close(self._in)
            os.close(self._out)
            raise
        finally:
            os.close(their_in)
            os.close(their_out)
        self._finish = weakref.finalize(self, _finish, self._child, self._in, self._out)

    def send(self, data: bytes) -> None:
        """Write to the program. Raises ``OSError`` if it does not listen any more."""
        if not self._finish.alive:
            raise BrokenPipeError(32, "Broken pipe")
        left = memoryview(data)
        while left:
            left = left[os.write(self._out, left) :]

    def receive(self, size: int) -> bytes:
        """Read so many bytes, fewer only if the program has ended."""
        pieces: list[bytes] = []
        while size > 0 and self._finish.alive:
            piece = os.read(self._in, size)
            if not piece:
                break
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)

    def end(self) -> int:
        """End the program, if it still runs: the exit status, or minus the number of the signal."""
        self._finish()
        return self._child.returncode


def _finish(child: subprocess.Popen[bytes], *pipes: int) -> None:
    """Close the pipes and kill the child, unless it has ended or is about to end by itself."""
    for pipe in pipes:
        os.close(pipe)
    try:
        child.wait(0.05)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
