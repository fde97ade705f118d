"""What clients may do behind STARTTLS, as with the installed Exim: ``tls_remember_esmtp``."""

from __future__ import annotations

import re
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import installed
import pytest
from installed import BASE, BUILT_IN, Installed

from namespace import command
from real_exim import PROGRAM
from selfsigned import certificate
from smtp_server import serving, trusting

pytestmark = [
    pytest.mark.exim,
    pytest.mark.skipif(not installed.possible(), reason="needs root and name spaces"),
]

CONFIG = """\
tls_advertise_hosts = *
tls_certificate = @DIR@/own.pem
acl_smtp_mail = tells
acl_smtp_rcpt = tells
acl_smtp_quit = tells
@MORE@
begin acl
tells:
  warn logwrite = <$sender_helo_name> <$received_protocol> <$smtp_command>
  accept
"""
REMEMBERS = "tls_remember_esmtp"
SESSIONS: dict[str, tuple[str, Sequence[str], Sequence[str]]] = {
    "nothing is remembered": ("", ["EHLO c.test"], ["MAIL FROM:<a@b> SIZE=10", "RCPT TO:<c@d>", "QUIT"]),
    "a name is required": (
        "helo_accept_junk_hosts = *",
        ["EHLO c.test"],
        ["RSET", "MAIL FROM:<a@b>", "QUIT"],
    ),
    "ESMTP is remembered": (REMEMBERS, ["EHLO c.test"], ["MAIL FROM:<a@b> SIZE=10", "RCPT TO:<c@d>", "QUIT"]),
    "there was no ESMTP": (REMEMBERS, ["HELO c.test"], ["MAIL FROM:<a@b> SIZE=10", "RCPT TO:<c@d>", "QUIT"]),
    "there was no name": (REMEMBERS, [], ["MAIL FROM:<a@b> SIZE=10", "RCPT TO:<c@d>", "QUIT"]),
    "another name": (REMEMBERS, ["EHLO c.test"], ["EHLO d.test", "MAIL FROM:<a@b> SIZE=10", "QUIT"]),
    "a transaction": (REMEMBERS, ["EHLO c.test", "MAIL FROM:<a@b>"], ["MAIL FROM:<e@f>", "QUIT"]),
    "AUTH": (REMEMBERS, ["EHLO c.test"], ["AUTH PLAIN AGEAYg==", "STARTTLS", "QUIT"]),
}


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="eximulate-", dir="/tmp") as name:
        path = Path(name)
        path.chmod(0o755)
        certificate(path / "own.pem")
        (path / "own.pem").chmod(0o644)
        yield path


class Talk:
    """A conversation, of which it keeps the replies."""

    def __init__(self, client: socket.socket) -> None:
        client.settimeout(10)
        self.client = client
        self.replies: list[str] = []
        self.say("")

    def say(self, line: str) -> None:
        """Send a command, "" for none, and wait for its reply."""
        self.client.sendall(f"{line}\r\n".encode() if line else b"")
        data = b""
        while not re.search(rb"(^|\n)\d\d\d [^\n]*\n\Z", data):
            piece = self.client.recv(4096)
            if not piece:
                break
            data += piece
        text = data.decode("latin-1").replace("\r", "")
        self.replies.append(re.sub(r"[A-Z][a-z]{2}, .*", "DATE", text))


def talk(client: socket.socket, before: Sequence[str], after: Sequence[str]) -> list[str]:
    """The replies to commands before and after the beginning of TLS."""
    held = Talk(client)
    for line in (*before, "STARTTLS"):
        held.say(line)
    if not held.replies[-1].startswith("220"):
        for line in after:
            held.say(line)
        return held.replies
    with trusting().wrap_socket(client, server_hostname="mx.example.test") as secured:
        held.client = secured
        for line in after:
            held.say(line)
    return held.replies


def real(
    folder: Path, config: str, hold: Callable[[socket.socket], list[str]]
) -> tuple[list[str], list[str]]:
    """The replies and the log of the installed Exim."""
    system = Installed(folder, config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        accepted, _ = listener.accept()
        argv = command({system.file: BUILT_IN}, [str(PROGRAM), "-bs"])
        with subprocess.Popen(argv, stdin=accepted, stdout=accepted, stderr=accepted) as running:
            accepted.close()
            with client:
                replies = hold(client)
            running.wait(20)
    return replies, system.log()


def ours(
    folder: Path, config: str, hold: Callable[[socket.socket], list[str]]
) -> tuple[list[str], list[str]]:
    """Those of eximulate."""
    text = (BASE + config).replace("@DIR@", str(folder))
    with serving(folder, text, "--profile", "debian-12") as running:
        with socket.create_connection(("127.0.0.1", running.port)) as client:
            replies = hold(client)
        log = running.stop().splitlines()
    return replies, [re.sub(r"^\S+ \S+ ", "", line) for line in log]


def told(lines: Sequence[str]) -> list[str]:
    """The lines that are the same for a server that inetd has started."""
    shown = [line for line in lines if line.startswith(("<", "TLS error"))]
    return [line.replace(" (via inetd)", "").strip() for line in shown]


@pytest.mark.parametrize("name", SESSIONS)
def test_what_is_remembered_behind_starttls(name: str, folder: Path) -> None:
    more, before, after = SESSIONS[name]
    config = CONFIG.replace("@MORE@", more)
    found = [run(folder, config, lambda client: talk(client, before, after)) for run in (real, ours)]
    assert found[1][0] == found[0][0]
    assert told(found[1][1]) == told(found[0][1])
