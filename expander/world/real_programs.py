"""Running programs of this machine: no shell, no inherited descriptors, ended with all their children."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any

from drivers.api.text import to_bytes
from expander.world.account import Finished

if TYPE_CHECKING:
    from expander.world.coprocess import CoProcess
    from expander.world.program_link import ProgramLink
    from expander.world.shared_object import LoadedObject


def _kept(pieces: Iterator[bytes]) -> IO[bytes]:
    """A file without a name that has the pieces, at its beginning."""
    import tempfile

    file = tempfile.TemporaryFile()  # noqa: SIM115 - it is closed when the command has ended
    for piece in pieces:
        file.write(piece)
    file.seek(0)
    return file


ROOT = 0
UMASK = 0o077
"""What a command may not give others of the files that it makes."""


class RealPrograms:
    """Programs run as children in process groups of their own.

    With ``own_streams`` those that are talked to share this program's standard input and output. If the host
    ``pretends`` to have another caller, none is run under the numbers of anybody else.
    """

    def __init__(self, *, own_streams: bool = False, pretends: bool = False) -> None:
        self._own_streams = own_streams
        self._pretends = pretends

    def run(  # noqa: PLR0913 - what a process can be given
        self,
        argv: Sequence[str],
        *,
        input: bytes | Iterator[bytes] = b"",  # noqa: A002 - the word that subprocess uses
        timeout: float = 60.0,
        environment: Mapping[str, str] | None = None,
        merge_stderr: bool = False,
        directory: str | None = None,
        ids: tuple[int, ...] | None = None,
        umask: int | None = None,
        keeps: bool = False,
    ) -> Finished:
        """Run a command to its end, with ``timeout`` in seconds.

        ``environment`` None is the program's own environment. The standard error is dropped
        unless it is to be merged into the output. ``ids`` count only where this is the superuser.
        Raises ``OSError`` where the command cannot be started and ``TimeoutError`` where it did not
        end in time; then its group is killed.
        """
        import subprocess
        from contextlib import nullcontext

        if not argv or any("\0" in part for part in argv):
            raise FileNotFoundError(2, "No such file or directory", argv[0] if argv else "")
        source = None if isinstance(input, bytes) else _kept(input)
        written = _kept(iter(())) if keeps else None
        given = None if environment is None else {to_bytes(k): to_bytes(v) for k, v in environment.items()}
        child = subprocess.Popen(  # noqa: S603 - running what the configuration says is the task
            [to_bytes(part) for part in argv],
            stdin=subprocess.PIPE if source is None else source,
            stdout=subprocess.PIPE if written is None else written,
            stderr=subprocess.STDOUT if merge_stderr else subprocess.DEVNULL,
            env=given,
            cwd=None if directory is None else to_bytes(directory),
            close_fds=True,
            umask=UMASK if umask is None else umask,
            **({} if self._pretends else _user(ids)),
            start_new_session=True,
        )
        with child, source or nullcontext():
            try:
                output, _ = child.communicate(input if isinstance(input, bytes) else None, timeout)
            except subprocess.TimeoutExpired:
                _kill_group(child.pid)
                child.communicate()
                raise TimeoutError(110, "command timed out", argv[0]) from None
            except BaseException:
                _kill_group(child.pid)
                raise
        if written is not None:
            written.seek(0)
        return Finished(child.returncode, output or b"", written)

    def start(self, argv: Sequence[str], *, environment: Mapping[str, str] | None = None) -> CoProcess:
        """Run a command beside this program; its standard error is ours. Raises ``OSError``."""
        from expander.world.coprocess import CoProcess

        return CoProcess(argv, environment, own_streams=self._own_streams)

    def connect(
        self, argv: Sequence[str], *, directory: str | None = None, ids: tuple[int, ...] | None = None
    ) -> ProgramLink:
        """Run a command whose standard streams are talked to. Raises ``OSError``."""
        from expander.world.program_link import ProgramLink

        return ProgramLink(argv, directory=directory, rights={} if self._pretends else _user(ids))

    def foreground(
        self,
        argv: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        directory: str | None = None,
    ) -> int:
        """Run a command with our own standard streams to its end: its exit status.

        The command is a path: the directories of ``PATH`` are not searched. A status above 128
        stands for a signal, as shells show it. Raises ``OSError``.
        """
        import subprocess

        given = None if environment is None else {to_bytes(k): to_bytes(v) for k, v in environment.items()}
        place = None if directory is None else to_bytes(directory)
        parts = [to_bytes(part) for part in argv]
        path = parts[0] if b"/" in parts[0] else b"./" + parts[0]
        status = subprocess.call(parts, executable=path, env=given, cwd=place)  # noqa: S603 - see above
        return status if status >= 0 else 128 - status

    def load(self, path: str) -> LoadedObject:
        """Load a shared object. Raises ``OSError`` with the words of the loader.

        A relative path is taken from the directory of the process, a bare name is looked for where
        the loader looks.
        """
        from expander.world.shared_object import LoadedObject

        return LoadedObject(path)


def _user(ids: tuple[int, ...] | None) -> dict[str, Any]:
    """What lets a child run under other numbers, as far as that is permitted."""
    if ids is None or os.geteuid() != ROOT:
        return {}
    return {"user": ids[0], "group": ids[1], "extra_groups": list(ids[2:])}


def _kill_group(pid: int) -> None:
    """Kill a process group; it may be gone already."""
    try:
        import signal  # its numbers are enumerations, which costs a start more than all the rest here

        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
