"""Clients behind a proxy: headers of the PROXY protocol are taken as the real Exim takes them."""

from __future__ import annotations

import os
import re
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from real_exim import PROGRAM
from smtp_server import serving

pytestmark = pytest.mark.exim

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
FOUR = socket.inet_aton("10.1.2.3") + socket.inet_aton("10.9.9.9") + struct.pack("!HH", 4711, 25)
SIX = (
    socket.inet_pton(socket.AF_INET6, "2001:db8::1")
    + socket.inet_pton(socket.AF_INET6, "2001:db8::2")
    + struct.pack("!HH", 4711, 25)
)


def second(command: int, kind: int, body: bytes, size: int | None = None) -> bytes:
    """A header of version 2."""
    return SIGNATURE + bytes([command, kind]) + struct.pack("!H", len(body) if size is None else size) + body


HEADERS = {
    "a client": b"PROXY TCP4 10.1.2.3 10.9.9.9 4711 25\r\n",
    "by IPv6": b"PROXY TCP6 2001:db8::1 2001:0db8:0::2 4711 25\r\n",
    "unknown": b"PROXY UNKNOWN\r\n",
    "unknown, with more": b"PROXY UNKNOWN 10.1.2.3 10.9.9.9 4711 25\r\n",
    "a newline alone": b"PROXY TCP4 10.1.2.3 10.9.9.9 4711 25\n",
    "of two kinds": b"PROXY TCP4 2001:db8::1 10.9.9.9 4711 25\r\n",
    "a bad port": b"PROXY TCP4 10.1.2.3 10.9.9.9 47x 25\r\n",
    "another bad port": b"PROXY TCP4 10.1.2.3 10.9.9.9 4711 2x\r\n",
    "a large port": b"PROXY TCP4 10.1.2.3 10.9.9.9 4711 70000\r\n",
    "no ports": b"PROXY TCP4 10.1.2.3 10.9.9.9\r\n",
    "one port": b"PROXY TCP4 10.1.2.3 10.9.9.9 4711\r\n",
    "none": b"",
    "nothing behind the word": b"PROXY\r\n",
    "a blank behind the word": b"PROXY \r\n",
    "an unknown kind": b"PROXY TCP5 10.1.2.3 10.9.9.9 4711 25\r\n",
    "small letters": b"proxy tcp4 10.1.2.3 10.9.9.9 4711 25\r\n",
    "two blanks": b"PROXY  TCP4 10.1.2.3 10.9.9.9 4711 25\r\n",
    "too much": b"PROXY TCP4 10.1.2.3 10.9.9.9 4711 25 foo\r\n",
    "no address": b"PROXY TCP4 10.1.2 10.9.9.9 4711 25\r\n",
    "long": b"PROXY TCP4 10.1.2.3 10.9.9.9 4711 25" + b" " * 100 + b"\r\n",
    "2: a client": second(0x21, 0x11, FOUR),
    "2: by IPv6": second(0x21, 0x21, SIX),
    "2: local": second(0x20, 0, b""),
    "2: local, with addresses": second(0x20, 0x11, FOUR),
    "2: with more": second(0x21, 0x11, FOUR + b"\x04\0\x03abc"),
    "2: of no kind": second(0x21, 0, b""),
    "2: of an unknown kind": second(0x21, 0x31, b"x" * 216),
    "2: an unknown command": second(0x22, 0x11, FOUR),
    "2: too short": second(0x21, 0x11, FOUR[:8]),
    "2: by IPv6, too short": second(0x21, 0x21, SIX[:30]),
    "2: longer than it says": second(0x21, 0x11, FOUR, 20),
}
CONFIG = """\
primary_hostname = mail.example.test
spool_directory = @DIR@/spool
log_file_path = @DIR@/log-%s
keep_environment =
timezone = UTC
tls_advertise_hosts =
hosts_proxy = *
log_selector = +smtp_connection
smtp_banner = ready
smtp_accept_max_nonmail = 100
acl_smtp_connect = c
acl_smtp_rcpt = accept
acl_smtp_data = accept
begin acl
c:
  accept logwrite = $proxy_session [$proxy_local_address]:$proxy_local_port \\
    [$proxy_external_address]:$proxy_external_port [$sender_host_address]:$sender_host_port $sender_fullhost
"""
COMMANDS = b"EHLO x\r\nNOOP\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\na: b\r\n\r\n.\r\nRSET\r\nQUIT\r\n"


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name)
        path.chmod(0o777)
        (path / "spool").mkdir()
        (path / "spool").chmod(0o777)
        (path / "conf").write_text(CONFIG.replace("@DIR@", name))
        yield path


def _held(command: list[str], folder: Path, header: bytes) -> tuple[int, str, str]:
    done = subprocess.run(
        [*command, "-C", str(folder / "conf"), "-bh", "192.0.2.1.99"],
        input=header + COMMANDS,
        capture_output=True,
        timeout=60,
        check=False,
        env={**os.environ, "EXIMULATE_PROFILE": "debian-12", "TZ": "UTC"},
    )
    said, told = (
        re.sub(r"1\w{5}-\w{6}-\w\w", "ID", text.decode("latin-1")) for text in (done.stdout, done.stderr)
    )
    return done.returncode, said, told


@pytest.mark.parametrize("name", HEADERS)
def test_headers(folder: Path, name: str) -> None:
    assert PROGRAM is not None
    expected = _held([PROGRAM], folder, HEADERS[name])
    assert _held([sys.executable, "-m", "expander"], folder, HEADERS[name]) == expected


def test_the_server_waits_for_headers(tmp_path: Path) -> None:
    config = CONFIG.replace("@DIR@", str(tmp_path)).replace("hosts_proxy = *", "hosts_proxy = *\n@MORE@")
    config = config.replace("@MORE@", "proxy_protocol_timeout = 1s")
    with serving(tmp_path, config, "--allow=net") as server:
        with socket.create_connection(("127.0.0.1", server.port), timeout=20) as silent:
            stream = silent.makefile("rb")
            assert stream.readline() == b"220 ready\r\n"
            silent.sendall(b"NOOP\r\n")
            assert stream.readline() == b"503 Command refused, required Proxy negotiation failed\r\n"
            silent.sendall(b"QUIT\r\n")
            assert stream.readline().startswith(b"221")
        with socket.create_connection(("127.0.0.1", server.port), timeout=20) as client:
            stream = client.makefile("rb")
            for piece in (HEADERS["2: a client"][:9], HEADERS["2: a client"][9:]):
                client.sendall(piece)
            assert stream.readline() == b"220 ready\r\n"
            client.sendall(b"HELO c\r\n")
            assert stream.readline().endswith(b"[10.1.2.3]\r\n")
        assert "10.1.2.3" in server.stop()
