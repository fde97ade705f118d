"""One SMTP session with ``-bh``, of the real Exim and of eximulate; the client answers to challenges."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from pathlib import Path

from real_exim import PROGRAM

CONFIG = """\
primary_hostname = mail.example.test
spool_directory = @DIR@/spool
log_file_path = @DIR@/log-%s
timezone = UTC
keep_environment =
tls_advertise_hosts =
smtp_banner = ready
log_selector = -all
"""
CLIENT = "192.0.2.9"
PATIENCE = 60
_DIFFERS = [
    (re.compile(r"^(>>> CPID\t)\d+$", re.MULTILINE), r"\g<1>0"),
    (re.compile(r"\b(CUID|COOKIE|SPID)\b(\t|\} \{)[0-9a-f]+"), r"\1\g<2>0"),
    (re.compile(r"^>>> \d+ read but", re.MULTILINE), ">>> 0 read but"),
    (re.compile(r"\bPD[0-9A-Za-z+/=]{20,}"), "challenge"),
    (re.compile(r"set_id=[0-9a-f]{32}"), "set_id=digest"),
    (re.compile(r"<\d+\.\d+@"), "<0@"),
    (re.compile(r"(received|digest   ) {1,2}= [0-9a-f]{32}$", re.MULTILINE), r"\1 = 0"),
]
"""What is different in each process, and what stands for it."""

Answer = Callable[[bytes], bytes]
Line = str | Answer
"""A line of the client, or what makes one of the bytes of the last challenge."""

Seen = tuple[str, str]
"""What the client has seen, and what was told and logged."""


def both(config: str, lines: Sequence[Line], *arguments: str) -> tuple[Seen, Seen]:
    """What comes of a session, of the real Exim first."""
    assert PROGRAM is not None
    with tempfile.TemporaryDirectory(prefix="session") as name:  # pytest's own is not open to other users
        directory = Path(name)
        directory.chmod(0o755)
        (directory / "spool").mkdir()
        (directory / "spool").chmod(0o777)
        target = directory / "conf"
        target.write_text((CONFIG + config).replace("@DIR@", name), encoding="latin-1")
        commands = [PROGRAM], [sys.executable, "-m", "expander"]
        real, own = (seen(command, target, lines, *arguments) for command in commands)
        return real, own


def seen(command: list[str], config: Path, lines: Sequence[Line], *arguments: str) -> Seen:
    """What comes of a session with one program."""
    program = subprocess.Popen(
        [*command, "-C", str(config), *arguments, "-bh", CLIENT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "EXIMULATE_PROFILE": "debian-12", "TZ": "UTC"},
        cwd=Path(__file__).parents[1],
    )
    assert program.stdin is not None
    assert program.stdout is not None
    said = b""
    waiting = b""
    for line in ("EHLO client.test", *lines, "QUIT"):
        if isinstance(line, str):
            waiting += line.encode("latin-1") + b"\r\n"
            continue
        program.stdin.write(waiting)
        program.stdin.flush()
        waiting = b""
        challenge = b""
        while not challenge:
            reply = program.stdout.readline()
            assert reply, "the session is over"
            said += reply
            if reply.startswith(b"334 "):
                challenge = reply[4:].strip() or b"="
        waiting += b64encode(line(b64decode(challenge + b"=" * (-len(challenge) % 4)))) + b"\r\n"
        said = said[: said.rindex(b"334 ")] + b"334 ...\r\n"
    rest, told = program.communicate(waiting, timeout=PATIENCE)
    return _plain(said + rest), _plain(told)


def _plain(data: bytes) -> str:
    text = data.decode("latin-1")
    for pattern, stand_in in _DIFFERS:
        text = pattern.sub(stand_in, text)
    return text
