"""Dovecot's authentication server for tests, and servers that say what a script says in its place."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from openldap_server import free_port

PROGRAM = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
PATIENCE = 10.0
CONFIG = """\
base_dir = @DIR@/run
state_dir = @DIR@/state
log_path = @DIR@/log
protocols =
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login cram-md5
auth_failure_delay = 0
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u @DIR@/users
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=/tmp
}
service auth {
  unix_listener @DIR@/auth {
    mode = 0666
  }
  unix_listener @DIR@/master {
    mode = 0666
  }
  inet_listener {
    address = 127.0.0.1
    port = @PORT@
  }
}
"""
USERS = """\
tim:{PLAIN}sec ret::::::
closed:{PLAIN}secret::::::nodelay=y nologin=y reason=closed
elsewhere:{PLAIN}secret::::::allow_nets=203.0.113.0/24
broken:{NO-SUCH-SCHEME}secret::::::
"""
"""A user, one who is told not to log in, one who may from elsewhere, one who is a temporary failure."""


class DovecotServer(NamedTuple):
    """A server that runs: its socket for clients, the one that is not for them, its port of 127.0.0.1."""

    path: str
    master: str
    port: int


@contextmanager
def dovecot_server() -> Iterator[DovecotServer]:
    """Run Dovecot until the block ends; skips the test where it cannot run."""
    if PROGRAM is None or os.geteuid() != 0:
        pytest.skip("Dovecot is not installed, or nobody may start it")
    folder = Path(tempfile.mkdtemp(prefix="dovecot"))
    folder.chmod(0o755)
    port = free_port()
    config = CONFIG.replace("@DIR@", str(folder)).replace("@PORT@", str(port))
    (folder / "dovecot.conf").write_text(config, encoding="ascii")
    (folder / "users").write_text(USERS, encoding="ascii")
    (folder / "users").chmod(0o644)
    process = subprocess.Popen(
        [PROGRAM, "-F", "-c", str(folder / "dovecot.conf")],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(process, port)
        yield DovecotServer(f"{folder}/auth", f"{folder}/master", port)
    finally:
        process.terminate()
        process.wait(PATIENCE)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        assert process.poll() is None, "Dovecot does not start"
        time.sleep(0.05)
    pytest.fail("Dovecot does not answer")


HEARD = b""
"""In a script: wait for the client to say something."""


@contextmanager
def scripted_server(script: Sequence[bytes], *, silent: bool = False) -> Iterator[tuple[str, list[bytes]]]:
    """A server that goes through a script with each client: its Unix socket, what each of them has said.

    Then it hangs up, or with ``silent`` says nothing more until the block ends.
    """
    heard: list[bytes] = []
    over = threading.Event()
    folder = Path(tempfile.mkdtemp(prefix="scripted"))  # pytest's own is not open to other users
    folder.chmod(0o755)

    def serve() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with client, suppress(OSError):
                client.settimeout(PATIENCE)
                heard.append(b"")
                for piece in script:
                    if piece == HEARD:
                        heard[-1] += client.recv(1 << 16)
                    else:
                        client.sendall(piece)
                if silent:
                    over.wait(PATIENCE)

    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with listener:
        listener.bind(f"{folder}/socket")
        (folder / "socket").chmod(0o666)
        listener.listen()
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"{folder}/socket", heard
        finally:
            over.set()
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            thread.join(PATIENCE)
            shutil.rmtree(folder)
