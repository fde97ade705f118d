"""The server beside a daemon of the real Exim, under TLS: sessions that are resumed, clients that hang up."""

from __future__ import annotations

import os
import re
import signal
import socket
import ssl
import struct
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from real_exim import PROGRAM
from selfsigned import certificate
from smtp_server import Client, serving, trusting

pytestmark = [
    pytest.mark.exim,
    pytest.mark.skipif(not PROGRAM, reason="no Exim is installed"),
    pytest.mark.skipif(os.geteuid() != 0, reason="Exim is a daemon for root alone"),
]

CONFIG = """\
primary_hostname = mail.example.test
keep_environment =
timezone = UTC
smtp_banner = ready
pipelining_connect_advertise_hosts =
tls_advertise_hosts = *
tls_certificate = @DIR@/own.pem
acl_smtp_mail = tell
acl_smtp_rcpt = accept
queue_only
"""
REAL = "spool_directory = @DIR@/spool\nlog_file_path = @DIR@/log/%slog\n"
TELL = """\
begin acl
slow:
  accept delay = 1s
         logwrite = QUIT
tell:
  accept logwrite = res=$tls_in_resumption ver=$tls_in_ver cipher=$tls_in_cipher bits=$tls_in_bits \\
    std=$tls_in_cipher_std our=${certextract{subject}{$tls_in_ourcert}} ocsp=$tls_in_ocsp sni=$tls_in_sni
"""
MARKED = "log_selector = +tls_resumption +smtp_connection +smtp_no_mail\n"
PATIENCE = 10
A_WHILE = 1.5
Work = Callable[[int], None]


@pytest.fixture
def folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="eximulate-", dir="/tmp") as name:
        path = Path(name)
        path.chmod(0o755)
        certificate(path / "own.pem").chmod(0o644)
        for each in ("spool", "log"):
            (path / each).mkdir()
            subprocess.run(["chown", "Debian-exim", path / each], check=True)
        yield path


@contextmanager
def daemon(folder: Path, config: str) -> Iterator[int]:
    """A daemon of the real Exim: its port."""
    file = folder / "real.conf"
    file.write_text((REAL + config).replace("@DIR@", str(folder)))
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    argv = [str(PROGRAM), "-C", str(file), "-bd", "-oX", f"127.0.0.1.{port}", "-oP", str(folder / "pid")]
    subprocess.run(argv, check=True, timeout=PATIENCE)
    until = time.monotonic() + PATIENCE
    while not (folder / "pid").exists() and time.monotonic() < until:
        time.sleep(0.02)
    try:
        yield port
    finally:
        os.kill(int((folder / "pid").read_text()), signal.SIGTERM)


def logs(folder: Path, main: str, work: Work, until: int) -> tuple[list[str], list[str]]:
    """What eximulate and Exim log for the work of a client; each has that many ends of connections."""
    config = CONFIG + main + TELL
    with serving(folder, config.replace("@DIR@", str(folder))) as server:
        work(server.port)
        time.sleep(A_WHILE)
        ours = lines(server.stop())
    with daemon(folder, config) as port:
        work(port)
        end = time.monotonic() + PATIENCE
        while (found := lines((folder / "log/mainlog").read_text())) and time.monotonic() < end:
            if sum(" closed by " in line or " lost" in line for line in found) >= until:
                break
            time.sleep(0.05)
    return ours, found


def lines(text: str) -> list[str]:
    """The log without what differs from time to time."""
    text = re.sub(r"(?m)^\d{4}-\S+ \S+ ", "", text)
    text = re.sub(r"[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}", "ID", text)
    text = re.sub(r" D=\S+| \(TCP/IP connection count = \d+\)", "", text)
    return [
        line for line in text.splitlines() if "daemon started" not in line and "daemon_notifier" not in line
    ]


def secured(
    port: int, context: ssl.SSLContext, session: ssl.SSLSession | None = None
) -> tuple[Client, ssl.SSLSocket]:
    """A client that has said EHLO under TLS."""
    client = Client(port)
    client.reply()
    client.ask("EHLO c", "STARTTLS")
    made = client.secure(context, session)
    client.ask("EHLO c")
    return client, made


def resuming(context: ssl.SSLContext, times: int = 3) -> Work:
    """Sessions each of which resumes the one before, if the server lets it."""

    def work(port: int) -> None:
        session = None
        for _ in range(times):
            client, made = secured(port, context, session)
            client.ask(
                "MAIL FROM:<a@b.test>", "RCPT TO:<c@d.test>", "DATA", "Subject: x\r\n\r\nbody\r\n.", "QUIT"
            )
            session = made.session
            client.close()
            time.sleep(0.2)  # else the next one may be in the log before this one's end

    return work


def client_of(version: str, *, tickets: bool = True) -> ssl.SSLContext:
    context = trusting()
    if version == "1.2":
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    if not tickets:
        context.options |= ssl.OP_NO_TICKET
    return context


@pytest.mark.parametrize("hosts", ["*", ":", "${if eq{$sender_host_address}{127.0.0.1}{*}}", "1.2.3.4"])
@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_sessions_are_resumed_and_told_of_alike(folder: Path, version: str, hosts: str) -> None:
    context = client_of(version)
    ours, real = logs(folder, MARKED + f"tls_resumption_hosts = {hosts}\n", resuming(context), 3)
    assert ours == real
    assert any("*" in line and " X=" in line for line in real) is ("*" in hosts)


def test_a_client_of_an_old_version_without_tickets(folder: Path) -> None:
    context = client_of("1.2", tickets=False)
    ours, real = logs(folder, MARKED + "tls_resumption_hosts = *\n", resuming(context, 1), 1)
    assert ours == real


def vanishing(version: str, *commands: str, waits: bool = False) -> Work:
    """A client that says QUIT and resets the connection, before the reply has come or after it."""

    def work(port: int) -> None:
        client, made = secured(port, client_of(version))
        if commands:
            client.ask(*commands)
        client.send(b"QUIT\r\n")
        if waits:
            client.reply()
        made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.stream.close()
        os.close(made.detach())

    return work


MESSAGE: Sequence[str] = ("MAIL FROM:<a@b.test>", "RCPT TO:<c@d.test>", "DATA", "x: y\r\n\r\nz\r\n.")
SLOW = "acl_smtp_quit = slow\n"
"""The reset is there before the reply goes out."""


@pytest.mark.parametrize("selector", ["+protocol_detail", "-protocol_detail"])
@pytest.mark.parametrize("version", ["1.2", "1.3"])
@pytest.mark.parametrize("commands", [(), MESSAGE[:1], MESSAGE], ids=["nothing", "a sender", "a message"])
def test_a_client_that_does_not_wait_for_the_reply_to_quit(
    folder: Path, commands: Sequence[str], version: str, selector: str
) -> None:
    main = f"log_selector = +smtp_connection {selector}\n{SLOW}"
    ours, real = logs(folder, main, vanishing(version, *commands), 1)
    assert ours == real
    line = "[127.0.0.1] after QUIT, client reset TCP before SMTP response and TLS close"
    assert (line in real) is (selector[0] == "+")


def test_a_client_that_waits_for_the_reply_to_quit(folder: Path) -> None:
    ours, real = logs(
        folder, "log_selector = +protocol_detail +smtp_connection\n", vanishing("1.3", waits=True), 1
    )
    assert ours == real
