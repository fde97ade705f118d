"""Callouts: what is said to the other host, told, logged and kept, as with the real Exim."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from callout_lab import COMMANDS, answers, nest, write
from smtp_peer import smtp_peer

pytestmark = pytest.mark.exim

RCPT, MAIL, POSTMASTER, RANDOM = "RCPT", "MAIL", "RCPT TO:<postmaster", "RCPT TO:<mail.example.test"
NO, LATER = "550 no such user\r\n", "450 later\r\n"

CASES: dict[str, tuple[str, str, Mapping[str, str]]] = {
    "taken": ("recipient/callout", "a@z.test", {}),
    "refused": ("recipient/callout", "a@z.test", {RCPT: NO}),
    "refused in lines": ("recipient/callout", "a@z.test", {RCPT: "550-5.1.1 no\r\n550 5.1.1 user\r\n"}),
    "deferred": ("recipient/callout", "a@z.test", {RCPT: LATER}),
    "defer_ok": ("recipient/callout=defer_ok", "a@z.test", {RCPT: LATER}),
    "MAIL refused": ("recipient/callout", "a@z.test", {MAIL: NO}),
    "MAIL deferred": ("recipient/callout", "a@z.test", {MAIL: LATER}),
    "EHLO unknown": ("recipient/callout", "a@z.test", {"EHLO": "500 what\r\n"}),
    "turned away": ("recipient/callout", "a@z.test", {"CONNECT": "554 no\r\n"}),
    "turned away for now": ("recipient/callout", "a@z.test", {"CONNECT": "421 no\r\n"}),
    "hangs up": ("recipient/callout", "a@z.test", {RCPT: ""}),
    "pipelining": ("recipient/callout", "a@z.test", {"EHLO": "250-p\r\n250 PIPELINING\r\n", RCPT: NO}),
    "local": ("recipient/callout", "a@y.test", {}),
    "sender taken": ("sender/callout", "a@y.test", {}),
    "sender refused": ("sender/callout", "a@y.test", {RCPT: NO}),
    "sender deferred": ("sender/callout", "a@y.test", {RCPT: LATER}),
    "sender without details": ("sender/callout/no_details", "a@y.test", {RCPT: NO}),
    "sender, MAIL refused": ("sender/callout", "a@y.test", {MAIL: NO}),
    "use_sender": ("recipient/callout=use_sender", "a@z.test", {}),
    "use_postmaster": ("recipient/callout=use_postmaster", "a@z.test", {}),
    "random": ("recipient/callout=random", "a@z.test", {}),
    "random refused": ("recipient/callout=random", "a@z.test", {RANDOM: NO}),
    "random deferred": ("recipient/callout=random", "a@z.test", {RANDOM: LATER}),
    "postmaster": ("sender/callout=postmaster", "a@y.test", {}),
    "postmaster refused": ("sender/callout=postmaster", "a@y.test", {POSTMASTER: NO}),
    "postmaster deferred": ("sender/callout=postmaster", "a@y.test", {POSTMASTER: LATER}),
    "fullpostmaster": ("sender/callout=fullpostmaster", "a@y.test", {f"{POSTMASTER}@": NO}),
    "postmaster_mailfrom": ("sender/callout=postmaster_mailfrom=p@q.test", "a@y.test", {}),
    "no_cache": ("recipient/callout=no_cache,5s,maxwait=9s", "a@z.test", {}),
}


@pytest.fixture
def open_path() -> Iterator[Path]:
    """A directory that the user whom Exim runs as can reach."""
    with tempfile.TemporaryDirectory() as path:
        Path(path).chmod(0o777)
        yield Path(path)


@pytest.mark.parametrize("name", CASES)
def test_callouts(open_path: Path, name: str) -> None:
    details = "smtp_return_error_details" if name.endswith("deferred") else ""
    verify, recipient, replies = CASES[name]
    once = f"MAIL FROM:<s@z.test>\r\nRCPT TO:<{recipient}>\r\nRSET\r\n"  # the second time the cache knows
    data = f"EHLO c.test\r\n{once * 2}QUIT\r\n".encode()
    found = []
    for command in COMMANDS:
        with smtp_peer(replies) as peer:
            write(open_path, verify=verify, port=str(peer.port), more=details)
            status, seen, told = answers(command, open_path, "-bhc", data)
        heard = [re.sub(r"-\d+-testing", "", command) for command in peer.heard]
        found.append((status, seen, told, heard))
    assert found[1] == found[0]


@pytest.mark.parametrize("mode", ["-bh", "-bhc"])
@pytest.mark.parametrize("name", ["taken", "refused", "hangs up", "local", "sender taken", "random"])
def test_what_is_told_in_an_acl_of_an_acl(open_path: Path, name: str, mode: str) -> None:
    verify, recipient, replies = CASES[name]
    data = f"EHLO c.test\r\nMAIL FROM:<s@z.test>\r\nRCPT TO:<{recipient}>\r\nQUIT\r\n".encode()
    found = []
    for command in COMMANDS:
        with smtp_peer(replies) as peer:
            write(open_path, verify=verify, port=str(peer.port))
            nest(open_path)
            found.append(answers(command, open_path, mode, data))
    assert found[1] == found[0]


HELD: dict[str, tuple[str, Mapping[str, str]]] = {
    "taken": ("hold", {}),
    "without the cache": ("hold,no_cache", {}),
    "refused": ("hold", {"RCPT TO:<b": NO}),
    "deferred": ("hold", {"RCPT TO:<b": LATER}),
    "lost": ("hold", {"RCPT TO:<b": ""}),
    "with a random one": ("hold,random", {}),
}


@pytest.mark.parametrize("name", HELD)
def test_held_connections(open_path: Path, name: str) -> None:
    options, replies = HELD[name]
    first = "MAIL FROM:<s@z.test>\r\nRCPT TO:<a@z.test>\r\nRCPT TO:<b@z.test>\r\nRSET\r\n"
    data = f"EHLO c.test\r\n{first}MAIL FROM:<t@z.test>\r\nRCPT TO:<c@z.test>\r\nQUIT\r\n".encode()
    found = []
    for command in COMMANDS:
        with smtp_peer(replies) as peer:
            write(open_path, verify=f"recipient/callout=use_sender,{options}", port=str(peer.port))
            done = answers(command, open_path, "-bhc", data)
        found.append((*done, [re.sub(r"-\d+-testing", "", line) for line in peer.heard]))
    assert found[1] == found[0]


TRANSPORTS = {
    "hosts": "hosts = 127.0.0.1",
    "hosts that come first": "hosts = 127.0.0.2\n  hosts_override",
    "hosts that do not": "hosts = 127.0.0.2",
    "the second host": "hosts = 127.0.0.3:127.0.0.1\n  hosts_override",
    "a port behind a host": "hosts = 127.0.0.1::25\n  hosts_override",
    "a name": "hosts = localhost\n  hosts_override\n  gethostbyname",
    "a name that the DNS lacks": "hosts = nowhere.invalid\n  hosts_override",
    "a name that is not found": "hosts = nowhere.invalid:127.0.0.1\n  gethostbyname\n  hosts_override",
    "hosts that fail": "hosts = ${if eq{1}{2}{}fail}\n  hosts_override",
    "hosts that cannot be": "hosts = ${if eq{1}{2}\n  hosts_override",
    "no host": "hosts = ${if eq{1}{2}{x}}\n  hosts_override",
    "variables": "hosts = ${if eq{$domain/$local_part}{z.test/a}{127.0.0.1}{127.0.0.9}}\n  hosts_override",
    "a port that is none": "hosts = 127.0.0.1\n  port = ${if eq{$host}{x}{25}{foo}}",
    "the name of a port": "hosts = 127.0.0.1\n  port = smtp",
    "an address of this side": "interface = 127.0.0.5",
    "one of those": "interface = <; ::1 ; 127.0.0.6",
    "none of the right kind": "interface = <; ::1",
    "an address that is none": "interface = foo",
    "an address that this side has not": "interface = 192.0.2.99",
    "an address that fails": "interface = ${if eq{1}{2}{}fail}",
    "a name of one's own": "helo_data = ${if eq{$domain}{z.test}{h.$host_address}{x}}",
    "a name that fails": "helo_data = ${if eq{1}{2}{}fail}",
}


@pytest.mark.parametrize("name", TRANSPORTS)
def test_hosts_of_transports(open_path: Path, name: str) -> None:
    options = TRANSPORTS[name]
    data = b"EHLO c.test\r\nMAIL FROM:<s@z.test>\r\nRCPT TO:<a@z.test>\r\nQUIT\r\n"
    found = []
    for command in COMMANDS:
        with smtp_peer({}) as peer:
            own = "" if "port" in options.split() else f"\n  port = {peer.port}"
            write(open_path, verify="recipient/callout", transport=options + own)
            done = answers(command, open_path, "-bhc", data)
        found.append((*done, peer.heard))
    assert found[1] == found[0]


def test_callouts_are_left_out_in_plain_tests(open_path: Path) -> None:
    data = b"EHLO c.test\r\nMAIL FROM:<s@z.test>\r\nRCPT TO:<a@z.test>\r\nQUIT\r\n"
    with smtp_peer({}) as peer:
        write(open_path, verify="recipient/callout", port=str(peer.port))
        expected, own = (answers(command, open_path, "-bh", data) for command in COMMANDS)
        assert own == expected
    assert not peer.heard
