"""BIND on addresses of its own network namespace: a resolver that validates, and the server that it asks.

    python tests/bind_server.py FOLDER COMMAND ARGUMENT...

runs a command where the name server of the machine is this one. It has to be started as `command` says it:
in a network and a mount namespace of its own. The zones are the standard master files of the folder,
``db.NAME`` each, as the project reads them. The zone `SIGNED` may be signed with `sign`; the resolver vouches
for it then. A name in `BROKEN` has no answer now, and no other name is there.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path

import dns.exception
import dns.message
import dns.query

RESOLVER, SERVER = "127.0.0.1", "127.0.0.2"
SIGNED = "secure.test"
BROKEN = "again.dns"
"""The zone in which the project's own zones have the name that is to be tried again later."""

PROGRAMS = {name: shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") for name in
            ("named", "dnssec-keygen", "dnssec-signzone", "unshare", "mount")}  # fmt: skip
REVERSE = {"ip4.": "in-addr.arpa", "ip6.": "ip6.arpa"}
ROOT = "$TTL 60\n@ SOA a. b. 1 2 3 4 60\n@ NS a.\na. A 127.0.0.2\n"
SIOCGIFFLAGS, SIOCSIFFLAGS, SIOCSIFADDR, IFF_UP = 0x8913, 0x8914, 0x8916, 1
SECONDS_TO_START = 20


@cache
def possible() -> bool:
    """True if the programs are there and namespaces can be made."""
    if os.geteuid() != 0 or not all(PROGRAMS.values()):
        return False
    done = subprocess.run(["unshare", "--net", "--mount", "true"], capture_output=True, check=False)
    return done.returncode == 0


def command(folder: Path, argv: list[str]) -> list[str]:
    """The command line for a program that is to ask BIND, which has the zones of a folder."""
    return ["unshare", "--net", "--mount", sys.executable, __file__, str(folder), *argv]


def zone_of(file: Path) -> str:
    """The zone that a file of the folder has."""
    name = file.name.removeprefix("db.")
    for start, domain in REVERSE.items():
        if name.startswith(start):
            return f"{name.removeprefix(start)}.{domain}"
    return name


def sign(folder: Path) -> None:
    """Put signatures into the file of the zone `SIGNED`, and keys beside it."""
    made = subprocess.run(
        [str(PROGRAMS["dnssec-keygen"]), "-q", "-a", "ECDSAP256SHA256", "-f", "KSK", SIGNED],
        cwd=folder, check=True, capture_output=True, text=True,
    )  # fmt: skip
    file, name = folder / f"db.{SIGNED}", made.stdout.strip()
    signed = folder / "signed"
    subprocess.run(
        [str(PROGRAMS["dnssec-signzone"]), "-q", "-z", "-S", "-K", ".", "-o", SIGNED, "-f", signed, file],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    signed.replace(file)
    (folder / f"{name}.key").rename(folder / "anchor")


def _anchor(folder: Path) -> str:
    """What makes the resolver trust in the key of the signed zone, "" without one."""
    key = folder / "anchor"
    if not key.exists():
        return ""
    fields = next(line for line in key.read_text().splitlines() if not line.startswith(";")).split()
    flags, protocol, algorithm, *public = fields[fields.index("DNSKEY") + 1 :]
    numbers = f"{flags} {protocol} {algorithm}"
    return f'trust-anchors {{ "{SIGNED}" static-key {numbers} "{"".join(public)}"; }};'


def _configuration(folder: Path, place: Path) -> str:
    """The configuration; the file of the root goes to the place."""
    (place / "root").write_text(ROOT)
    files = {zone_of(file): file for file in sorted(folder.glob("db.*"))}
    anchor = _anchor(folder)
    served = "".join(
        f'zone "{zone}" {{ type primary; file "{file}"; check-names ignore; check-integrity no; }};\n'
        for zone, file in files.items()
    )
    asked = "".join(
        f'zone "{zone}" {{ type static-stub; server-addresses {{ {SERVER}; }}; }};\n'
        for zone in [*files, BROKEN]
    )
    return f"""
options {{ directory "{place}"; pid-file none; session-keyfile none;
    listen-on {{ {RESOLVER}; {SERVER}; }}; listen-on-v6 {{ none; }};
    empty-zones-enable no; minimal-responses no-auth-recursive; }};
controls {{ }};
view "server" {{ match-destinations {{ {SERVER}; }}; recursion no; dnssec-validation no;
{served}zone "{BROKEN}" {{ type primary; file "{place}/none"; }};
}};
view "resolver" {{ recursion yes; dnssec-validation {"yes" if anchor else "no"};
{anchor}
zone "." {{ type primary; file "{place}/root"; }};
{asked}}};
"""


def _loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        asked = struct.pack("16sH14x", b"lo", 0)
        flags = struct.unpack("16xH14x", fcntl.ioctl(any_socket, SIOCGIFFLAGS, asked))[0]
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | IFF_UP))
        address = struct.pack("=HH4s8x", socket.AF_INET, 0, socket.inet_aton(SERVER))
        fcntl.ioctl(any_socket, SIOCSIFADDR, struct.pack("16s16s", b"lo:2", address))


def _answers() -> bool:
    try:
        dns.query.udp(dns.message.make_query("nowhere.", "A"), RESOLVER, timeout=0.5)
    except (OSError, dns.exception.DNSException):
        return False
    return True


def main() -> int:
    """Start the name server, run the command; its status."""
    folder, argv = Path(sys.argv[1]), sys.argv[2:]
    spaces = [Path(f"/proc/{number}/ns/mnt").readlink() for number in ("self", os.getppid())]
    if spaces[0] == spaces[1]:
        sys.exit("this would change the machine: start it in a namespace of its own")
    _loopback_up()
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        (place / "resolv.conf").write_text(f"nameserver {RESOLVER}\noptions timeout:5 attempts:1 trust-ad\n")
        subprocess.run(["mount", "--bind", str(place / "resolv.conf"), "/etc/resolv.conf"], check=True)
        (place / "named.conf").write_text(_configuration(folder, place))
        log = (place / "log").open("wb")
        server = subprocess.Popen(
            [str(PROGRAMS["named"]), "-g", "-n", "1", "-c", str(place / "named.conf")],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            until = time.monotonic() + SECONDS_TO_START
            while not _answers():
                if server.poll() is not None or time.monotonic() > until:
                    sys.exit(f"the name server does not answer:\n{(place / 'log').read_text()}")
                time.sleep(0.05)
            return subprocess.run(argv, check=False).returncode
        finally:
            server.terminate()
            server.wait()
            log.close()


if __name__ == "__main__":
    sys.exit(main())
