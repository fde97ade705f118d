"""Clients of a server that break off, or do not wait for replies, beside the daemon of the real Exim.

All conversations of a group are held with one server, one after the other; behind each comes a client by
whose name the log can be cut into theirs.
"""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import struct
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from real_exim import PROGRAM
from selfsigned import certificate
from smtp_server import serving, trusting

pytestmark = pytest.mark.exim

BASE = """\
primary_hostname = mail.example.test
spool_directory = @DIR@/spool
log_file_path = @DIR@/log/%slog
keep_environment =
timezone = UTC
smtp_banner = ready
queue_only
log_selector = +smtp_connection +smtp_incomplete_transaction +smtp_no_mail
acl_smtp_mail = slow
acl_smtp_rcpt = accept
acl_smtp_data = ${if eq{$sender_address}{discard@b}{discard}{accept}}
acl_smtp_notquit = accept logwrite = notquit $smtp_notquit_reason
@MAIN@
begin acl
slow:
  accept senders = d@elay
    delay = 2s
  accept senders = in@step
    control = enforce_sync
  accept
"""
FIN, RESET, GREETING, LONG, TLS = "fin", "reset", "greeting", "long", "tls"
"""What a client does beside sending: sends no more, breaks off, waits for the greeting or long, begins TLS.

Under TLS the first two end the connection alone, not TLS.
"""

Step = str | bytes


class Unheard(bytes):
    """What a client sends to go on without listening."""


HELO, EHLO = b"HELO c\r\n", b"EHLO c\r\n"
MAIL, RCPT, DATA, QUIT = b"MAIL FROM:<a@b>\r\n", b"RCPT TO:<c@d>\r\n", b"DATA\r\n", b"QUIT\r\n"
TEXT = b"Subject: a\r\n\r\nbody\r\n"
MESSAGE = TEXT + b".\r\n"
TWICE = b"NOOP\r\nNOOP\r\n"
READY = (GREETING, EHLO, MAIL, RCPT)


def chunk(data: bytes, last: str = "", more: int = 0) -> bytes:
    return b"BDAT %d%s\r\n" % (len(data) + more, last.encode()) + data


STATES: dict[str, Sequence[Step]] = {
    "at the greeting": [GREETING],
    "after EHLO": [GREETING, EHLO],
    "after MAIL": [GREETING, EHLO, MAIL],
    "after RCPT": READY,
    "at DATA": [*READY, DATA],
    "in a header line": [*READY, DATA, b"a: b\r\nc"],
    "in the body": [*READY, DATA, TEXT + b"more"],
    "behind a message": [*READY, DATA, MESSAGE],
    "in the second message": [*READY, DATA, MESSAGE, MAIL],
    "in a command": [GREETING, EHLO, b"MAIL FR"],
    "in a chunk": [*READY, chunk(TEXT, more=9)],
    "in the last chunk": [*READY, chunk(TEXT, " LAST", more=9)],
    "behind a chunk of header lines": [*READY, chunk(b"a: b\r\n")],
    "behind two chunks of header lines": [*READY, chunk(b"a: b\r\n"), chunk(b"c: d\r\n")],
    "behind NOOP between chunks": [*READY, chunk(b"a: b\r\n"), b"NOOP\r\n"],
    "behind a chunk of half a line": [*READY, chunk(b"a: ")],
    "behind a chunk of the body": [*READY, chunk(TEXT)],
    "behind a chunk nobody gets": [GREETING, EHLO, MAIL, chunk(b"a: b\r\n")],
    "after QUIT": [GREETING, EHLO, QUIT],
    "while it is to wait": [GREETING, EHLO, Unheard(b"MAIL FROM:<d@elay>\r\n")],
}
AT_ONCE: dict[str, Sequence[Step]] = {
    "behind the final dot": [*READY, DATA, Unheard(MESSAGE)],
    "behind the last chunk": [*READY, Unheard(chunk(TEXT, " LAST"))],
    "behind the final dot, discarded": [
        *(GREETING, EHLO, b"MAIL FROM:<discard@b>\r\n", RCPT, DATA),
        Unheard(MESSAGE),
    ],
    "behind QUIT": [*READY, DATA, Unheard(MESSAGE + QUIT)],
}
"""The client is gone before it can have heard that its message was taken: without QUIT it is not taken."""

STEPS: dict[str, Sequence[Step]] = {
    "NOOP twice after the greeting": [GREETING, TWICE],
    "HELO and NOOP": [GREETING, HELO + b"NOOP\r\n"],
    "HELO, RSET and NOOP": [GREETING, HELO, b"RSET\r\nNOOP\r\n"],
    "HELO, MAIL and RCPT": [GREETING, HELO, MAIL + RCPT],
    "HELO, MAIL, RCPT and DATA": [GREETING, HELO, MAIL, RCPT + DATA],
    "EHLO and NOOP": [GREETING, EHLO + b"NOOP\r\n"],
    "NOOP twice after EHLO": [GREETING, EHLO, TWICE],
    "NOOP twice after RCPT": [*READY, TWICE],
    "in step by a control": [GREETING, EHLO, b"MAIL FROM:<in@step>\r\n", TWICE],
    "DATA and the text": [*READY, DATA + MESSAGE, TWICE],
    "NOOP twice after a message": [*READY, DATA, MESSAGE, TWICE],
    "NOOP twice after DATA for nobody": [GREETING, EHLO, MAIL, DATA, TWICE],
    "NOOP twice after a chunk": [*READY, chunk(TEXT, " LAST"), TWICE],
    "NOOP twice after a message and EHLO": [*READY, DATA, MESSAGE, EHLO, TWICE],
    "STARTTLS that is not on offer": [GREETING, EHLO, b"STARTTLS\r\nNOOP\r\n"],
    "all before the greeting": [EHLO + MAIL + RCPT + DATA, GREETING, LONG, MESSAGE, QUIT],
    "HELO before the greeting": [HELO + MAIL + RCPT + DATA, GREETING, LONG],
    "rubbish before the greeting": [b"\xff\xfe\r\nGET / HTTP/1.0\r\n\r\n", GREETING, LONG, QUIT],
    "a reply that waits": [GREETING, EHLO, b"MAIL FROM:<d@elay>\r\n", TWICE, LONG],
    "a reply that waits after HELO": [GREETING, HELO, b"MAIL FROM:<d@elay>\r\n", TWICE, LONG],
}
TOO_LONG: dict[str, Sequence[Step]] = {
    "gone in a text that is too long": [*READY, DATA, TEXT + b"x\r\n" * 200, FIN],
    "silent in a text that is too long": [*READY, DATA, TEXT + b"x\r\n" * 200, LONG],
    "gone in a header that is too long": [*READY, DATA, b"a: b\r\n" * 40, FIN],
    "silent in a header that is too long": [*READY, DATA, b"a: b\r\n" * 40, LONG],
    "gone in a header line that is too long": [*READY, DATA, b"a: " + b"b" * 130 + b"\r\n", FIN],
}
GROUPS: dict[str, tuple[str, dict[str, Sequence[Step]]]] = {
    "gone": ("", {name: [*steps, FIN] for name, steps in STATES.items()}),
    "reset": ("", {name: [*steps, RESET] for name, steps in STATES.items()}),
    "gone at once": ("", {name: [*steps, FIN] for name, steps in AT_ONCE.items()}),
    "reset at once": ("", {name: [*steps, RESET] for name, steps in AT_ONCE.items()}),
    "refused at once": (
        "acl_smtp_connect = deny",
        {"before the greeting": [EHLO, GREETING, LONG], "behind it": [GREETING, EHLO, QUIT]},
    ),
    "out of step": ("", STEPS),
    "out of step without PIPECONNECT": ("pipelining_connect_advertise_hosts = !*", STEPS),
    "too long": (
        "message_size_limit = 500\nheader_maxsize = 200\nheader_line_maxsize = 99\nsmtp_receive_timeout = 1s",
        TOO_LONG,
    ),
}


START = b"STARTTLS\r\n"
SECURED: dict[str, Sequence[Step]] = {
    "cut behind MAIL": [GREETING, EHLO, START, TLS, EHLO, MAIL, FIN],
    "cut at DATA": [GREETING, EHLO, START, TLS, EHLO, MAIL, RCPT, DATA, FIN],
    "cut in the body": [GREETING, EHLO, START, TLS, EHLO, MAIL, RCPT, DATA, TEXT, FIN],
    "cut behind the final dot": [GREETING, EHLO, START, TLS, EHLO, MAIL, RCPT, DATA, Unheard(MESSAGE), FIN],
    "reset behind MAIL": [GREETING, EHLO, START, TLS, EHLO, MAIL, RESET],
    "ended behind MAIL": [GREETING, EHLO, START, TLS, EHLO, MAIL, QUIT],
    "rubbish as a handshake": [GREETING, EHLO, START, b"rubbish and more rubbish\r\n", LONG],
    "a request as a handshake": [GREETING, EHLO, START, b"GET / HTTP/1.0\r\n\r\n", LONG],
    "an alert as a handshake": [GREETING, EHLO, START, b"\x15\x03\x01\0\2\2\x30", LONG],
    "gone before the handshake": [GREETING, EHLO, START, FIN],
    "reset before the handshake": [GREETING, EHLO, START, RESET],
    "silent before the handshake": [GREETING, EHLO, START, LONG],
    "silent under TLS": [GREETING, EHLO, START, TLS, Unheard(EHLO), LONG],
    "more behind STARTTLS": [GREETING, EHLO, START + MAIL, TLS, EHLO, QUIT],
    "NOOP twice under TLS": [GREETING, EHLO, START, TLS, TWICE, QUIT],
}
GROUPS["under TLS"] = (
    "tls_advertise_hosts = *\ntls_certificate = @DIR@/own.pem\nsmtp_receive_timeout = 1s",
    SECURED,
)


def held(port: int, steps: Sequence[Step]) -> str:
    """What a client hears that does these steps."""
    said = b""
    client = socket.create_connection(("127.0.0.1", port), 20)

    def listen(patience: float) -> None:
        nonlocal said
        client.settimeout(patience)
        with suppress(OSError):
            while more := client.recv(1 << 16):
                said += more
                client.settimeout(0.07)

    for step in steps:
        if step == TLS:
            client.settimeout(10)
            client = trusting().wrap_socket(client)
        elif step in {FIN, RESET} and isinstance(client, ssl.SSLSocket):
            client = socket.socket(fileno=client.detach())
        if step == FIN:
            client.shutdown(socket.SHUT_WR)
            listen(10)
        elif step == RESET:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif step in {GREETING, LONG}:
            listen(10 if step == GREETING else 2.6)
        elif isinstance(step, bytes):
            with suppress(OSError):
                client.sendall(step)
            if not isinstance(step, Unheard):
                listen(0.25)
    client.close()
    if TLS in steps:
        said = said.partition(b"421 ")[0]  # which Exim sends in the clear
    return re.sub(r"id=\S+", "id=ID", said.decode("latin-1"))


def all_held(port: int, group: dict[str, Sequence[Step]]) -> dict[str, str]:
    """The same for a group of clients: behind each comes one of its name, which ends its part of the log."""
    said = {}
    for number, (name, steps) in enumerate(group.items()):
        said[name] = held(port, steps)
        time.sleep(1.2 if START in steps else 0.2)  # Exim needs a while to give up on a handshake
        held(port, [GREETING, b"HELO end-of-%d\r\n" % number, QUIT])
    return said


def plain(log: str, group: dict[str, Sequence[Step]]) -> dict[str, list[str]]:
    """The lines of a log by conversation, without what is another one each time."""
    log = re.sub(r"X=\S+", "X", log)
    log = re.sub(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ", "", log, flags=re.MULTILINE)
    log = re.sub(r"\b[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}\b", "ID", log)
    log = re.sub(r"D=\d+s", "D", re.sub(r"count = \d+", "count", log))
    lines = [line for line in log.splitlines() if "daemon started" not in line and "listening" not in line]
    found: dict[str, list[str]] = {}
    names = iter(group)
    part: list[str] = []
    for line in lines:
        if "(end-of-" not in line:
            part.append(line)
        elif "closed by QUIT" in line:
            found[next(names)], part = part[:-1], []  # the last is that the client of its name has come
    return found


@pytest.fixture
def folder() -> Iterator[Path]:
    if PROGRAM is None:
        pytest.skip("there is no Exim here")
    with tempfile.TemporaryDirectory() as name:
        path = Path(name)
        path.chmod(0o777)
        for inner in ("spool", "log"):
            (path / inner).mkdir()
            (path / inner).chmod(0o777)
            shutil.chown(path / inner, "Debian-exim", "Debian-exim")
        yield path


def by_exim(config: str, folder: Path, group: dict[str, Sequence[Step]]) -> tuple[dict[str, str], str]:
    assert PROGRAM is not None
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "conf").write_text(config)
    argv = [PROGRAM, "-C", str(folder / "conf"), "-bdf", "-oX", f"127.0.0.1.{port}"]
    argv += ["-oP", str(folder / "pid")]
    daemon = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={"TZ": "UTC"})
    log = folder / "log" / "mainlog"
    try:
        deadline = time.monotonic() + 20
        while not (log.exists() and "daemon started" in log.read_text()) and time.monotonic() < deadline:
            time.sleep(0.05)
        said = all_held(port, group)
        return said, log.read_text(encoding="latin-1")
    finally:
        daemon.terminate()
        daemon.wait()


@pytest.mark.parametrize("name", GROUPS)
def test_the_same_replies_and_log(name: str, folder: Path, tmp_path: Path) -> None:
    main, group = GROUPS[name]
    main = main if "tls_" in main else f"{main}\ntls_advertise_hosts ="
    config = BASE.replace("@MAIN@", main).replace("@DIR@", str(folder))
    certificate(folder / "own.pem")
    (folder / "own.pem").chmod(0o644)
    expected, log = by_exim(config, folder, group)
    with serving(tmp_path, config) as server:
        said = all_held(server.port, group)
        our_log = server.stop()
    assert said == expected
    assert plain(our_log, group) == plain(log, group)
