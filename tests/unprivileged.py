"""Programs that tests start as a user without rights, in a directory of that user's own."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NOBODY = "nobody"
PATIENCE = 30.0
"""So many seconds has a server to start or to end."""


def _identity() -> dict[str, Any]:
    """What subprocess needs to become another user; nothing where this one has no rights anyway."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam(NOBODY)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def home() -> Iterator[Path]:
    """A directory of the user's, with a path that is short enough for sockets."""
    path = Path(tempfile.mkdtemp(prefix="eximulate-", dir="/tmp"))
    path.chmod(0o755)
    identity = _identity()
    if identity:
        os.chown(path, identity["user"], identity["group"])
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def run(command: Sequence[str | Path], directory: Path) -> None:
    """Run a program to its end. Raises ``CalledProcessError`` if it fails."""
    done = subprocess.run(
        command, cwd=directory, capture_output=True, text=True, check=False, timeout=120, **_identity()
    )
    if done.returncode != 0:
        raise AssertionError(f"{command[0]}: {done.stdout}{done.stderr}")


@contextmanager
def serving(command: Sequence[str | Path], directory: Path, ready: Callable[[], bool]) -> Iterator[None]:
    """Run a server until the end of the block; the block begins once it is ready."""
    log = directory / "server.log"
    with (
        log.open("wb") as output,
        subprocess.Popen(command, cwd=directory, stdout=output, stderr=output, **_identity()) as server,
    ):
        try:
            deadline = time.monotonic() + PATIENCE
            while not ready():
                if server.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError(f"{command[0]} does not start: {log.read_text('latin-1')}")
                time.sleep(0.05)
            yield
        finally:
            server.terminate()
            try:
                server.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                server.kill()


def listens(place: str | tuple[str, int]) -> bool:
    """True if something accepts connections at a path or at (host, port)."""
    with socket.socket(socket.AF_UNIX if isinstance(place, str) else socket.AF_INET) as probe:
        return probe.connect_ex(place) == 0
