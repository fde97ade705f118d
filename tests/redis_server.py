"""A Redis server for tests."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from openldap_server import as_nobody, free_port, owned

PROGRAM = shutil.which("redis-server")
PATIENCE = 10.0


class RedisServer(NamedTuple):
    """A server that runs: its port of 127.0.0.1, and its socket."""

    port: int
    path: str


@contextmanager
def redis_server(*, password: str = "") -> Iterator[RedisServer]:
    """Run a server that keeps nothing until the block ends; skips the test where none is installed."""
    if PROGRAM is None:
        pytest.skip("the program redis-server is not installed")
    folder = Path(tempfile.mkdtemp(prefix="redis"))  # pytest's own is not open to other users
    port = free_port()
    arguments = ["--port", str(port), "--bind", "127.0.0.1", "--unixsocket", f"{folder}/redis.sock"]
    arguments += ["--save", "", "--appendonly", "no", "--dir", str(folder)]
    if password:
        arguments += ["--requirepass", password]
    owned(folder)
    try:
        process = subprocess.Popen(
            [PROGRAM, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            **as_nobody(),
        )
        try:
            _wait(process, port)
            yield RedisServer(port, f"{folder}/redis.sock")
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail("redis-server does not start")
            time.sleep(0.02)
        else:
            return
