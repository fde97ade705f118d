"""Conditions and modifiers of ACLs: what is said, told and logged in a session, as with the real Exim.

A file in ``tests/cases/acl`` has statements of ACLs, separated by lines of three hyphens. The ACL for
recipients is chosen by the local part, so one session goes through all of them; a first line
``senders: ...`` wants this done for several senders. Both programs have the DNS that the zone files next to
them describe.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from dns_server import NameServer
from expander.world.real import RealWorld
from expander.world.virtual_host import VirtualHost
from real_exim import PROGRAM

pytestmark = pytest.mark.exim

FOLDER = Path(__file__).parent.parent / "cases" / "acl"
ZONES = FOLDER / "zones"
SERVER = ("127.0.0.53", 53)
ENTER = 'mount --bind "$0" /etc/resolv.conf && exec "$@"'
CLIENTS = {"dnslists": ("192.0.2.1", "192.0.2.7", "192.0.2.8", "192.0.2.9", "2001:db8::b", "2001:db8::1")}
CLIENTS |= {"spf": ("192.0.2.1", "127.0.0.1")}
CONFIG = """\
primary_hostname = mail.example.test
spool_directory = @DIR@/spool
log_file_path = @DIR@/log/%slog
keep_environment =
tls_advertise_hosts =
host_lookup =
timezone = UTC
recipients_max = 0
acl_smtp_rcpt = ${lookup{$local_part}lsearch{@DIR@/names}}
begin acl
"""
OF_NO_NAME = re.compile(
    r"(>>> .*new DNS lookup for (?:\..*|.*[^\w.-].*)\n>>> dnslists: wrote cache entry), ttl=\d+"
)
"""How long it is remembered that a name was not asked for: the real Exim reads that from memory left over."""


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory for all users, while a name server answers from the zones."""
    world = RealWorld(VirtualHost(zones=str(ZONES)))
    with tempfile.TemporaryDirectory() as path:
        directory = Path(path)
        directory.chmod(0o755)
        for name in ("spool", "log"):
            (directory / name).mkdir()
            (directory / name).chmod(0o777)
        resolver = directory / "resolv.conf"
        resolver.write_text(f"nameserver {SERVER[0]}\noptions trust-ad timeout:1 attempts:1\n")
        can = subprocess.run(["unshare", "-m", "sh", "-c", ENTER, str(resolver), "true"], check=False)
        if can.returncode:
            pytest.skip("the settings of the resolver cannot be changed here")
        try:
            with NameServer(world.dns, SERVER):  # type: ignore[arg-type]
                yield directory
        except OSError as problem:
            pytest.skip(f"no name server can be run here: {problem}")


def prepared(directory: Path, name: str) -> bytes:
    """Write the configuration for a file of cases: what the client is to send."""
    text = (FOLDER / f"{name}.txt").read_text()
    senders = ["<s@dom.test>"]
    if text.startswith("senders: "):
        first, _, text = text.partition("\n")
        senders = [f"<{word.strip('<>')}>" for word in first.split()[1:]]
    blocks = text.split("\n---\n")
    acls = "".join(f"c{number}:\n{block.rstrip()}\n  accept\n" for number, block in enumerate(blocks))
    (directory / "conf").write_text(CONFIG.replace("@DIR@", str(directory)) + acls)
    (directory / "names").write_text("".join(f"{number}: c{number}\n" for number in range(len(blocks))))
    lines = ["EHLO helo.s.test"]
    for sender in senders:
        recipients = [f"RCPT TO:<{number}@other.test>" for number in range(len(blocks))]
        lines += [f"MAIL FROM:{sender}", *recipients, "RSET"]
    return "".join(f"{line}\r\n" for line in [*lines, "QUIT"]).encode()


def outputs(command: list[str], directory: Path, client: str, data: bytes) -> list[str]:
    done = subprocess.run(
        [*command, "-C", str(directory / "conf"), "-bh", client],
        input=data,
        capture_output=True,
        check=False,
        timeout=120,
        env={
            **os.environ,
            "TZ": "UTC",
            "EXIMULATE_PROFILE": "debian-12",
            "EXIMULATE_DNS_ZONES": str(ZONES),
        },
    )
    text = (done.stdout + b"\n" + done.stderr).decode("latin-1")
    text = OF_NO_NAME.sub(r"\1", text)
    return re.sub(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000", "DATE", text).split("\n")


@pytest.mark.parametrize(
    ("name", "client"),
    [
        (file.stem, client)
        for file in sorted(FOLDER.glob("*.txt"))
        for client in CLIENTS.get(file.stem, ("192.0.2.1",))
    ],
)
def test_words(place: Path, name: str, client: str) -> None:
    assert PROGRAM is not None
    data = prepared(place, name)
    theirs = outputs(
        ["unshare", "-m", "sh", "-c", ENTER, str(place / "resolv.conf"), PROGRAM], place, client, data
    )
    ours = outputs([sys.executable, "-m", "expander"], place, client, data)
    assert ours == theirs
