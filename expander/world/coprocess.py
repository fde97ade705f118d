"""A program of this machine that runs beside this one and is talked to."""

from __future__ import annotations

import os
import subprocess
import weakref
from collections.abc import Mapping, Sequence
from typing import IO

from drivers.api.text import to_bytes


class CoProcess:
    """A child that listens at its standard input and answers at a descriptor of its own.

    It gets the number of that descriptor as one more argument at the end; its standard output and
    error are ours. It is killed when nobody refers to this any more.
    """

    def __init__(self, argv: Sequence[str], environment: Mapping[str, str] | None) -> None:
        if not argv or any("\0" in part for part in argv):
            raise FileNotFoundError(2, "No such file or directory", argv[0] if argv else "")
        given = None if environment is None else {to_bytes(k): to_bytes(v) for k, v in environment.items()}
        ours, its = os.pipe()
        self._answers = os.fdopen(ours, "rb", buffering=0)
        try:
            self._child = subprocess.Popen(  # noqa: S603 - running what the configuration says is the task
                [*(to_bytes(part) for part in argv), str(its).encode("ascii")],
                stdin=subprocess.PIPE,
                bufsize=0,
                env=given,
                close_fds=True,
                pass_fds=(its,),
            )
        except BaseException:
            self._answers.close()
            raise
        finally:
            os.close(its)
        self._finish = weakref.finalize(self, _finish, self._child, self._answers)

    def send(self, data: bytes) -> None:
        """Write to the program. Raises ``OSError`` if it does not listen any more."""
        stream = self._child.stdin
        if stream is None or stream.closed:
            raise BrokenPipeError(32, "Broken pipe")
        left = memoryview(data)
        while left:
            left = left[stream.write(left) :]

    def receive(self, size: int) -> bytes:
        """Read so many bytes, fewer only if the program has ended."""
        stream = self._answers
        pieces: list[bytes] = []
        while size > 0 and not stream.closed:
            piece = stream.read(size)
            if not piece:
                break
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)

    def end(self) -> int:
        """End the program, if it still runs: the exit status, or minus the number of the signal."""
        self._finish()
        return self._child.returncode


def _finish(child: subprocess.Popen[bytes], answers: IO[bytes]) -> None:
    """Close the pipes and kill the child, unless it has ended or is about to end by itself."""
    for stream in (child.stdin, answers):
        if stream is not None:
            try:
                stream.close()
            except OSError:
                continue
    try:
        child.wait(0.05)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
