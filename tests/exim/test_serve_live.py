"""The server beside the real Exim: the same bytes in the same pieces, and swaks as a client."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from real_exim import PROGRAM
from smtp_server import Server, serving

pytestmark = pytest.mark.exim

CONFIG = """\
primary_hostname = mail.example.test
spool_directory = @DIR@/spool
log_file_path = @DIR@/log/%slog
keep_environment =
timezone = UTC
smtp_banner = ready
smtp_receive_timeout = 1s
smtp_accept_max = 0
smtp_max_synprot_errors = 2
smtp_max_unknown_commands = 2
recipients_max = 3
message_size_limit = 1000
pipelining_connect_advertise_hosts =
queue_only
acl_smtp_rcpt = accept
acl_smtp_notquit = accept logwrite = notquit $smtp_notquit_reason
"""
WAIT = b""
"""Stands for a silence that is longer than the time limit."""

HELLO = b"EHLO c\r\n"
MAIL = b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n"
MAIL_ALONE = (b"MAIL FROM:<a@b>\r\n", b"RCPT TO:<c@d>\r\n", b"DATA\r\n")
CHUNK = b"MAIL FROM:<>\r\nRCPT TO:<c@d>\r\n"
EARLY = b"!"
"""At the beginning: what follows is sent before the greeting is there."""

CONVERSATIONS = {
    "before the greeting": [EARLY + HELLO],
    "no waiting for EHLO": [HELLO + b"NOOP\r\n"],
    "half a command too soon": [HELLO + b"MAIL"],
    "pipelining without its offer": [b"HELO c\r\n", b"MAIL FROM:<>\r\nNOOP\r\n"],
    "behind DATA": [HELLO, MAIL + b"Subject: x\r\n"],
    "behind NOOP": [HELLO, b"NOOP\r\nNOOP\r\n"],
    "behind HELP": [HELLO, b"HELP\r\nNOOP\r\n"],
    "behind RSET": [HELLO, b"RSET\r\nMAIL FROM:<>\r\nQUIT\r\n"],
    "behind VRFY": [HELLO, b"VRFY a\r\nQUIT\r\n"],
    "behind what is unknown": [HELLO, b"BLAH\r\nNOOP\r\n"],
    "behind AUTH": [HELLO, b"AUTH PLAIN\r\nQUIT\r\n"],
    "behind STARTTLS": [HELLO, b"STARTTLS\r\nQUIT\r\n"],
    "messages behind one another": [HELLO, MAIL, b"a: b\r\n\r\n.\r\n" + MAIL, b".\r\nQUIT\r\n"],
    "chunks": [HELLO, b"MAIL FROM:<>\r\nRCPT TO:<c@d>\r\nBDAT 3 LAST\r\nx\r\nQUIT\r\n"],
    "a chunk in pieces": [
        HELLO,
        b"MAIL FROM:<>\r\nRCPT TO:<c@d>\r\nBDAT 8 LAST\r\na: b",
        b"\r\n\r\nQUIT\r\n",
    ],
    "silence": [WAIT],
    "silence after EHLO": [HELLO, WAIT],
    "silence in a message": [HELLO, MAIL, WAIT],
    "silence in a body": [HELLO, MAIL, b"Subject: x\r\n\r\nbody\r\n", WAIT],
    "silence in a chunk": [
        HELLO,
        b"MAIL FROM:<>\r\nRCPT TO:<c@d>\r\nBDAT 99\r\n",
        b"a: b\r\n\r\nc\r\n",
        WAIT,
    ],
    "too large": [HELLO, MAIL, b"a: b\r\n\r\n" + b"x\r\n" * 600 + b".\r\n", b"QUIT\r\n"],
    "one long line": [HELLO, MAIL, b"a: b\r\n\r\n" + b"x" * 700 + b"\r\n.\r\n", b"QUIT\r\n"],
    "a long command": [HELLO, b"NOOP " + b"x" * 3000 + b"\r\n", b"QUIT\r\n"],
    "bytes of eight bits": [b"\xff\xfe\x80\r\n", b"HELO \xe9\r\n", b"MAIL FROM:<\xe9@\xe9>\r\n", b"QUIT\r\n"],
    "too many errors": [b"MAIL\r\n", b"MAIL\r\n", b"MAIL\r\n", b"NOOP\r\n"],
    "too many unknown commands": [b"A\r\n", b"B\r\n", b"C\r\n"],
    "too many recipients": [
        HELLO,
        b"MAIL FROM:<>\r\n" + b"RCPT TO:<c@d>\r\n" * 5 + b"DATA\r\n",
        b".\r\nQUIT\r\n",
    ],
    "gone before the header": [HELLO, MAIL],
    "gone in a header line": [HELLO, MAIL, b"a: b\r\nc"],
    "gone behind a header line": [HELLO, MAIL, b"a: b\r\n c\r\n"],
    "gone behind the header": [HELLO, MAIL, b"a: b\r\n\r\n"],
    "gone in the body": [HELLO, MAIL, b"what is no header line\r\nbody\r\n"],
    "gone in a chunk": [HELLO, CHUNK + b"BDAT 99\r\na: b\r\n\r\nc"],
    "gone between chunks": [HELLO, CHUNK + b"BDAT 6\r\na: b\r\n"],
    "QUIT behind a chunk of header lines": [HELLO, CHUNK + b"BDAT 6\r\na: b\r\nQUIT\r\n", b"QUIT\r\n"],
    "QUIT in a header line": [HELLO, CHUNK + b"BDAT 7\r\na: b\r\ncQUIT\r\n"],
    "QUIT behind a chunk of the body": [HELLO, CHUNK + b"BDAT 9\r\na: b\r\n\r\ncQUIT\r\n"],
    "QUIT behind an empty chunk": [HELLO, CHUNK + b"BDAT 0\r\nQUIT\r\n"],
    "a number of more than 32 bits": [HELLO, CHUNK + b"BDAT 4294967297\r\nxQUIT\r\n"],
    "gone in a session": [HELLO, b"MAIL FROM:<>\r\n"],
    "QUIT behind the end of a message": [HELLO, MAIL, b"a: b\r\n\r\n.\r\nQUIT\r\n"],
    "QUIT and more behind the end of a message": [HELLO, MAIL, b"a: b\r\n\r\n.\r\nQUIT\r\nNOOP\r\n"],
    "RSET behind the end of a message": [HELLO, MAIL, b"a: b\r\n\r\n.\r\nRSET\r\n", b"QUIT\r\n"],
    "NOOP behind the end of a message": [HELLO, MAIL, b"a: b\r\n\r\n.\r\nNOOP\r\n", b"QUIT\r\n"],
    "half a command behind the end of a message": [HELLO, MAIL, b"a: b\r\n\r\n.\r\nQU", b"IT\r\n"],
    "a message and QUIT without pipelining": [b"HELO c\r\n", *MAIL_ALONE, b"\r\nx\r\n.\r\nQUIT\r\n"],
    "a message and RSET without pipelining": [b"HELO c\r\n", *MAIL_ALONE, b"\r\nx\r\n.\r\nRSET\r\n"],
    "RCPT behind MAIL without pipelining": [b"HELO c\r\n", CHUNK, b"QUIT\r\n"],
    "QUIT behind a refused message": [HELLO, MAIL, b"a: b\r\n\r\n" + b"x\r\n" * 600 + b".\r\nQUIT\r\n"],
    "QUIT behind refused recipients": [HELLO, b"MAIL FROM:<>\r\nRCPT TO:<c\r\nDATA\r\nQUIT\r\n"],
    "QUIT behind the last chunk": [HELLO, CHUNK + b"BDAT 8 LAST\r\na: b\r\n\r\nQUIT\r\n"],
    "something behind QUIT": [HELLO, b"QUIT\r\nNOOP\r\n"],
    "half a command behind RSET": [HELLO, b"RSET\r\nQU", b"IT\r\n"],
    "a new EHLO behind RSET": [HELLO, b"RSET\r\nEHLO d\r\n", b"QUIT\r\n"],
    "MAIL behind EHLO": [HELLO + CHUNK, b"QUIT\r\n"],
    "behind ETRN": [HELLO, b"ETRN #a\r\nQUIT\r\n"],
    "behind EXPN": [HELLO, b"EXPN a\r\nQUIT\r\n"],
    "behind STARTTLS that is not offered": [HELLO, b"STARTTLS x\r\nQUIT\r\n"],
    "an empty line behind MAIL": [HELLO, b"MAIL FROM:<>\r\n\r\nQUIT\r\n"],
}


def plain(text: str) -> str:
    """A transcript without identifications, moments, how long something took and how Exim was started."""
    text = text.replace(" (via inetd)", "")
    text = re.sub(r"\b[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}\b", "ID", text)
    return re.sub(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d |D=\d+s", "", text, flags=re.MULTILINE)


def talk(client: socket.socket, pieces: Sequence[bytes]) -> str:
    """What the server says while the pieces are sent, each after a moment of silence."""
    said = b""
    client.settimeout(0.3)

    def listen() -> None:
        nonlocal said
        with suppress(OSError):
            while more := client.recv(1 << 16):
                said += more

    if pieces[0][:1] != EARLY:
        client.settimeout(10)  # a busy machine may need a while to greet
        said += client.recv(1 << 16)
        client.settimeout(0.3)
        listen()
    for piece in pieces:
        if piece == WAIT:
            time.sleep(1.0)
        with suppress(OSError):
            client.sendall(piece.removeprefix(EARLY))
        listen()
    client.close()
    return said.decode("latin-1")


class RealServer:
    """The real Exim with a socket for its standard input, as a super-server starts it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "conf").write_text(CONFIG.replace("@DIR@", str(folder)), encoding="latin-1")
        for name in ("spool", "log"):
            (folder / name).mkdir()
        if os.geteuid() == 0:
            owner = pwd.getpwnam("Debian-exim")
            folder.chmod(0o755)
            for name in ("spool", "log"):
                os.chown(folder / name, owner.pw_uid, owner.pw_gid)

    def answers(self, pieces: Sequence[bytes]) -> tuple[str, str]:
        """What it says to the client, and what it logs."""
        assert PROGRAM is not None
        with socket.create_server(("127.0.0.1", 0)) as listener:
            client = socket.create_connection(listener.getsockname())
            server, _ = listener.accept()
        if pieces[0][:1] == EARLY:
            client.sendall(pieces[0][1:])
        with server:
            program = subprocess.Popen(
                [PROGRAM, "-C", str(self.folder / "conf"), "-bs"],
                stdin=server,
                stdout=server,
                stderr=subprocess.DEVNULL,
                env={"TZ": "UTC"},
            )
        early = pieces[0][:1] == EARLY
        said = talk(client, [EARLY, *pieces[1:]] if early else pieces)
        program.wait(10)
        log = self.folder / "log" / "mainlog"
        found = log.read_text(encoding="latin-1") if log.exists() else ""
        log.write_text("")
        return said, found


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> RealServer:
    if PROGRAM is None:
        pytest.skip("there is no Exim here")
    folder = Path(f"/tmp/serve-live-{os.getpid()}")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return RealServer(folder)


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_the_same_bytes(name: str, real: RealServer, tmp_path: Path) -> None:
    pieces = CONVERSATIONS[name]
    said, log = real.answers(pieces)
    with serving(tmp_path, CONFIG.replace("@DIR@", str(tmp_path))) as server:
        client = socket.create_connection(("127.0.0.1", server.port))
        ours = talk(client, pieces)
        time.sleep(0.3)
        our_log = server.stop()
    assert plain(ours) == plain(said)
    assert plain(our_log) == plain(log)


SWAKS = shutil.which("swaks")
OPEN = """\
primary_hostname = mail.example.test
acl_smtp_rcpt = accept
message_size_limit = 1M
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if SWAKS is None:
        pytest.skip("swaks is not installed")
    with serving(tmp_path_factory.mktemp("swaks"), OPEN) as running:
        yield running


@pytest.mark.parametrize("further", [(), ("--pipeline",), ("--tls",), ("--tls", "--pipeline")], ids=" ".join)
def test_swaks(server: Server, further: tuple[str, ...]) -> None:
    assert SWAKS is not None
    to = f"{''.join(further).replace('-', '') or 'plain'}@example.test"
    done = subprocess.run(
        [SWAKS, "--server", f"127.0.0.1:{server.port}", "--from", "a@c.test", "--to", to, *further],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if "TLS not available" in done.stderr:
        pytest.skip("this swaks has no TLS")
    assert done.returncode == 0, done.stdout + done.stderr
    (found,) = [one for one in server.messages() if one[1]["recipients"] == [to]]
    assert b"This is a test mailing" in found[0]


@pytest.mark.parametrize("pieces", [1, 3])
def test_chunks_of_a_standard_client(server: Server, pieces: int) -> None:
    """The swaks of Debian knows no BDAT: what it would send is sent here."""
    client = server.client()
    client.reply()
    assert "250-CHUNKING" in client.ask("EHLO c.test")
    client.ask("MAIL FROM:<a@c.test>", f"RCPT TO:<chunks{pieces}@example.test>")
    message = b"Subject: chunks\r\n\r\n" + b"a line\r\n" * 50
    size = -(-len(message) // pieces)
    for at in range(0, len(message), size):
        piece = message[at : at + size]
        last = " LAST" if at + size >= len(message) else ""
        client.send(f"BDAT {len(piece)}{last}\r\n".encode() + piece)
        assert client.reply().startswith("250")
    client.ask("QUIT")
    client.close()
    (found,) = [one for one in server.messages() if one[1]["recipients"] == [f"chunks{pieces}@example.test"]]
    assert found[0].endswith(b"\n\n" + b"a line\n" * 50)
