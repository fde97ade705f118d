"""Content scanning in a session: the same as with the real Exim, over the same peers."""

from __future__ import annotations

import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from lines import mime
from real_exim import PROGRAM
from scanner_cases import TABLES
from scanner_peers import Peer

pytestmark = pytest.mark.exim

CASES = Path(__file__).parent.parent / "cases" / "scanning"
CONFIG = """\
primary_hostname = mail.example.test
qualify_domain = example.test
spool_directory = @DIR@/spool
log_file_path = @DIR@/log/%slog
timezone = UTC
keep_environment =
tls_advertise_hosts =
host_lookup =
message_size_limit = 0
dkim_verify_signers =
acl_smtp_rcpt = accept control = dkim_disable_verify
"""
IDENTIFICATION = re.compile(r"\b[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}")
DATE = re.compile(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000|\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}")
BY_CHANCE = re.compile(r">>> +(?:looking up host name|IP address lookup)")
"""Lines of a search whose depth nothing tells."""

OURS = [sys.executable, "-m", "expander"]
MESSAGE = "From: a@b.test\nSubject: x\n\nbody\nline\n"
VARIABLES = """\
  warn logwrite = $mime_part_count,$mime_is_multipart,$mime_is_coverletter,$mime_is_rfc822 \\
       <${hexquote:$mime_content_type}> <${hexquote:$mime_content_transfer_encoding}> \\
       <${hexquote:$mime_content_disposition}> <${hexquote:$mime_content_id}> \\
       <${hexquote:$mime_content_description}> <${hexquote:$mime_filename}> <${hexquote:$mime_charset}> \\
       <${hexquote:$mime_boundary}> <$mime_content_size> <$mime_decoded_filename> \\
       <$mime_anomaly_level> <$mime_anomaly_text>
"""
DECODED = "  warn decode = default\n       logwrite = <${hexquote:${readfile{$mime_decoded_filename}{|}}}>\n"
SEEDS = 6


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that the user whom Exim runs as can reach."""
    with tempfile.TemporaryDirectory() as path:
        Path(path).chmod(0o755)
        yield Path(path)


def said(program: list[str], place: Path, config: str, messages: list[str]) -> list[str]:
    """What is said, told and logged in a session with messages; what is removed, at the end and sorted."""
    (place / "conf").write_text((CONFIG + config).replace("@DIR@", str(place)), encoding="latin-1")
    for name in ("spool", "log", "out"):
        shutil.rmtree(place / name, ignore_errors=True)
        (place / name).mkdir()
        (place / name).chmod(0o777)
    lines = ["EHLO c.test"]
    for message in messages:
        lines += ["MAIL FROM:<s@x.test>", "RCPT TO:<r@y.test>", "DATA"]
        lines += [
            f".{line}" if line.startswith(".") else line for line in message.removesuffix("\n").split("\n")
        ]
        lines += ["."]
    data = "".join(f"{line}\r\n" for line in [*lines, "QUIT"]).encode("latin-1")
    done = subprocess.run(
        [*program, "-C", str(place / "conf"), "-bh", "192.0.2.1"],
        input=data,
        capture_output=True,
        check=False,
        timeout=240,
        env={**os.environ, "TZ": "UTC", "EXIMULATE_PROFILE": "debian-12"},
    )
    text = IDENTIFICATION.sub("ID", DATE.sub("DATE", (done.stdout + b"\n" + done.stderr).decode("latin-1")))
    told = [line for line in text.split("\n") if not BY_CHANCE.match(line)]
    removed = sorted(line for line in told if "unlinking" in line)
    return [line for line in told if "unlinking" not in line] + removed


def agree(place: Path, config: str, messages: list[str]) -> list[str]:
    """What both say."""
    assert PROGRAM is not None
    theirs = said([PROGRAM], place, config, messages)
    assert said(OURS, place, config, messages) == theirs
    return theirs


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@pytest.mark.parametrize("title", list(TABLES))
def test_scanners(place: Path, title: str) -> None:
    option, condition, answers, pairs = TABLES[title]
    places: dict[str, str | int] = {
        name: free_port() if name.startswith("t") else str(place / f"{name}.sock") for name in answers
    }
    addresses = {name: f"127.0.0.1 {at}" if isinstance(at, int) else at for name, at in places.items()}
    addresses |= {"gone": f"127.0.0.1 {free_port()}", "nope": str(place / "nope")}
    shown = (
        "<$malware_name> $av_failed <$spam_score> <$spam_score_int> <$spam_bar> <$spam_report> <$spam_action>"
    )
    shown += " <$callout_address>"
    statements = "".join(
        f"  warn set acl_m_scanner = {scanner}\n       {condition} = {text}\n"
        "       logwrite = yes <$0> <$1>\n"
        f"  warn logwrite = {shown}\n"
        for scanner, text in pairs
    )
    config = f"{option} = $acl_m_scanner\nacl_smtp_data = data\nbegin acl\ndata:\n{statements}  accept\n"
    config = re.sub(r"@(\w+)@", lambda found: addresses.get(found[1], found[0]), config)
    outcomes = []
    assert PROGRAM is not None
    for program in ([PROGRAM], OURS):
        peers = [Peer(places[name], *answers[name]) for name in answers]
        try:
            told = said(program, place, config, [MESSAGE])
        finally:
            for peer in peers:
                peer.close()
        heard = [
            [IDENTIFICATION.sub("ID", DATE.sub("DATE", one.decode())) for one in p.received] for p in peers
        ]
        outcomes.append((told, dict(zip(answers, heard, strict=True))))
    assert outcomes[1][0] == outcomes[0][0]
    assert outcomes[1][1] == outcomes[0][1]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_parts(place: Path, seed: int) -> None:
    rng = random.Random(seed)
    config = f"acl_smtp_mime = mime\nbegin acl\nmime:\n{VARIABLES}{DECODED}{VARIABLES}  accept\n"
    agree(place, config, [mime.message(rng) for _ in range(8)])


def test_header_lines(place: Path) -> None:
    config = f"acl_smtp_mime = mime\nbegin acl\nmime:\n{VARIABLES}  accept\n"
    written = (CASES / "headers.txt").read_text().splitlines()
    headers = [line.encode().decode("unicode_escape") for line in written if line]
    agree(place, config, [f"{header}\nContent-Type: x/y\n\nx\n" for header in headers])


@pytest.mark.parametrize("name", sorted(path.stem for path in CASES.glob("*.acl")))
def test_statements(place: Path, name: str) -> None:
    config = (CASES / f"{name}.acl").read_text()
    messages = [path.read_text("latin-1") for path in sorted(CASES.glob("*.eml"))]
    agree(place, config, [*messages, f"A: {'x' * 16382}hello{'y' * 20000}\n\n{'z' * 32760}hello\n"])


@pytest.mark.parametrize("verb", ["deny", "drop", "defer", "discard", "require", "accept"])
def test_verbs(place: Path, verb: str) -> None:
    config = "acl_smtp_mime = mime\nacl_smtp_data = accept logwrite = data\nbegin acl\nmime:\n"
    condition = "no" if verb == "require" else "yes"
    config += f"  {verb} condition = {condition}\n    message = $mime_filename\n"
    config += "    log_message = logged\n  accept\n"
    agree(place, config, ["Content-Type: a/b; name=x\n\nbody\n", "A: b\n\nbody\n"])
