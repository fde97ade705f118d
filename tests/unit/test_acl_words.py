"""Conditions and modifiers of ACLs in sessions whose DNS and clock are made up."""

from __future__ import annotations

from pathlib import Path
from struct import pack
from typing import TYPE_CHECKING

import pytest

from drivers.lookups.berkeley import BerkeleyFile
from drivers.lookups.berkeley_writing import hash_file
from drivers.values import header_changes
from drivers.values.hints import KEPT
from expander.api import Expander
from expander.config.load import load
from expander.config.profile import PROFILES
from expander.hints import SpoolHints, SqliteHints
from expander.session.machine import Session
from expander.world.memory import MemoryWorld
from expander.world.sandbox import SandboxWorld

if TYPE_CHECKING:
    from drivers.values.hints import Hints

CONFIG = """\
primary_hostname = mail.example.test
tls_advertise_hosts =
acl_smtp_rcpt = rcpt
acl_smtp_data = data
begin acl
data:
  accept message = [$h_x-b:][$h_subject:][$h_to:] ${extract{1}{:}{$message_headers_raw}}
rcpt:
"""
ZONES = {
    "bl.test": '1.2.0.192 A 127.0.0.2\n          TXT "go away" "really"\nTTL=2 7.2.0.192 A 127.0.0.9\n',
    "dom.test": '@ IN TXT "v=spf1 ip4:192.0.2.1 -all"\n',
}


class Held:
    """A session with what it has sent, told and logged; ``statements`` is the ACL for recipients."""

    def __init__(self, statements: str, hints: Hints | None = None, **world: object) -> None:
        self.world = MemoryWorld(files={"/x": CONFIG + statements}, zones=ZONES, **world)  # type: ignore[arg-type]
        config = load("/x", profile=PROFILES["debian-12"], world=self.world)
        context = Expander(config=config, world=self.world).context
        self.told: list[str] = []
        self.log: list[str] = []
        context.facts["sender_host_address"] = "192.0.2.1"
        context.log_with = lambda text, _panic: self.log.append(text)
        context.debug_with = context.tell_checks = self.told.append
        if hints is not None:
            context.state[KEPT] = hints
        self.session = Session(context, lambda _text: None)
        self.session.start()
        self.send("EHLO c.test", "MAIL FROM:<a@dom.test>")

    def send(self, *lines: str) -> str:
        """What comes back for some lines."""
        return "".join("".join(self.session.command(f"{line}\r\n".encode())) for line in lines)

    def recipient(self) -> str:
        """What comes back for a recipient."""
        return self.send("RCPT TO:<r@other.test>")


def test_a_client_in_a_list() -> None:
    held = Held("  deny dnslists = bl.test\n    message = $dnslist_domain $dnslist_value $dnslist_text\n")
    assert held.recipient() == "550 bl.test 127.0.0.2 go away\r\n"
    assert held.recipient() == "550 bl.test 127.0.0.2 go away\r\n"
    assert held.told.count("new DNS lookup for 1.2.0.192.bl.test") == 1
    assert held.told.count("dnslists: using result of previous lookup") == 1


def test_an_answer_that_has_become_too_old_is_asked_for_again() -> None:
    held = Held("  accept dnslists = bl.test=127.0.0.9/192.0.2.7\n")
    assert held.recipient() == "250 Accepted\r\n"
    held.world.clock.sleep(2)
    held.told.clear()
    held.recipient()
    assert "cached data found but past valid time; new DNS lookup for 7.2.0.192.bl.test" in held.told


def test_a_rate_is_smoothed_over_its_period() -> None:
    held = Held("  accept ratelimit = 9/4s/per_cmd/strict\n  accept message = $sender_rate\n")
    assert held.recipient() == "250 1.0\r\n"
    for rate in ("1.7", "2.2", "2.7", "3.0"):
        held.world.clock.sleep(0.9)
        assert held.recipient() == f"250 {rate}\r\n"


def test_unique_events_are_forgotten_after_the_period() -> None:
    held = Held("  accept ratelimit = 9/2s/per_cmd/unique=x\n  accept message = $sender_rate\n")
    assert [held.recipient(), held.recipient()] == ["250 1.0\r\n", "250 1.0\r\n"]
    held.world.clock.sleep(3)
    held.recipient()
    assert "ratelimit discarding old Bloom filter" in held.told


def test_a_leaky_rate_does_not_count_what_was_refused() -> None:
    held = Held("  deny ratelimit = 2/1h/per_cmd\n    message = $sender_rate\n  accept\n")
    held.world.clock.sleep(1)
    for reply in ("250 Accepted", "250 Accepted", "550 3.0", "550 3.0"):
        assert held.recipient().startswith(reply)
        held.world.clock.sleep(0.001)


def test_what_was_seen_before() -> None:
    held = Held("  defer !seen = -5m / key=$sender_address\n    message = later\n  accept\n")
    assert held.recipient() == "451 later\r\n"
    held.world.clock.sleep(299)
    assert held.recipient() == "451 later\r\n"
    held.world.clock.sleep(1)
    assert held.recipient() == "250 Accepted\r\n"
    assert held.told.count("seen db written (create)") == 1


def test_hints_in_a_file_are_shared(tmp_path: Path) -> None:
    statements = "  accept ratelimit = 9/1h/per_conn\n  deny message = $sender_rate\n"
    hints = SqliteHints(str(tmp_path / "hints"))
    assert Held(statements, hints).recipient() == "550 1.0\r\n"
    assert Held(statements, hints).recipient() == "550 2.0\r\n"
    hints.close()
    again = SqliteHints(str(tmp_path / "hints"))
    assert Held(statements, again).recipient() == "550 3.0\r\n"
    assert Held(statements).recipient() == "550 1.0\r\n"
    again.close()


def test_hints_in_the_spool_are_files_of_exim() -> None:
    world = MemoryWorld(files={"/spool/input": b""})
    hints = SpoolHints(world.files, "/spool/db")
    hints.write("seen", "192.0.2.1", {"time": 1795868493})
    hints.write("ratelimit", "1h/per_cmd/k", {"time": 1795868493.25, "rate": 2.5})
    hints.write("ratelimit", "1h/per_cmd/unique/k", {"time": 1.0, "rate": 1.0, "seen": ["x"], "since": 1.0})
    found = BerkeleyFile(world.files.read("/spool/db/ratelimit")).get(b"1h/per_cmd/k\0")
    assert found == pack("<qi4xd", 1795868493, 250000, 2.5)
    again = SpoolHints(world.files, "/spool/db")
    assert again.read("seen", "192.0.2.1") == {"time": 1795868493}
    assert again.read("ratelimit", "1h/per_cmd/k") == {"time": 1795868493.25, "rate": 2.5}
    assert again.read("ratelimit", "1h/per_cmd/unique/k") is None
    assert hints.read("ratelimit", "1h/per_cmd/unique/k") is not None


def test_hints_that_cannot_be_written_stay_in_memory() -> None:
    world = SandboxWorld(MemoryWorld(files={"/spool/db/seen": b"rubbish"}))
    hints = SpoolHints(world.files, "/spool/db")
    hints.write("seen", "k", {"time": 1})
    assert hints.read("seen", "k") == {"time": 1}
    assert SpoolHints(world.files, "/spool/db").read("seen", "k") is None


@pytest.mark.parametrize("count", [0, 1, 2, 700])
def test_hash_tables_are_read_as_they_were_written(count: int) -> None:
    items = {f"key {number}\0".encode(): bytes(number % 200) for number in range(count)}
    assert dict(BerkeleyFile(hash_file(items)).items()) == items
    assert dict(BerkeleyFile(hash_file(items | {b"k" * 2000: b""})).items()) == items


def test_spf_and_its_variables() -> None:
    held = Held("  accept spf = pass\n    message = $spf_header_comment\n")
    comment = "mail.example.test: domain of dom.test designates 192.0.2.1 as permitted sender"
    assert held.recipient() == f"250-{comment[:-7]}\r\n250 sender\r\n"
    assert held.session.ctx.facts["spf_received"] == (
        f"Received-SPF: pass ({comment}) client-ip=192.0.2.1; envelope-from=a@dom.test; helo=c.test;"
    )
    held.send("RSET")
    assert "spf_result" not in held.session.ctx.facts


def test_a_datagram_is_sent() -> None:
    got: list[bytes] = []

    def take(data: bytes) -> bytes:
        got.append(data)
        return b""

    held = Held("  accept udpsend = <; 192.0.2.9; 514; hi;;there\n", servers={("192.0.2.9", 514): take})
    assert held.recipient() == "250 Accepted\r\n"
    assert got == [b" hi;;there"]


def test_a_delay_passes_in_the_world() -> None:
    held = Held("  accept delay = 1m\n")
    before = held.world.clock.now()
    held.recipient()
    assert held.world.clock.now() == before + 60


def test_header_lines_are_there_from_the_next_phase_on() -> None:
    held = Held(
        "  accept add_header = X-A: 1\\n 2\\nno name\n"
        "         add_header = :at_start:X-B: 3\n         remove_header = subject:X-None\n"
        "         message = [${sg{$headers_added}{\\n}{|}}][$h_x-a:]\n"
    )
    assert held.recipient() == "250 [X-A: 1|| 2|X-ACL-Warn: no name|X-B: 3][]\r\n"
    held.send("DATA")
    lines = (b"Subject: s\r\n", b"To: t\r\n", b"\r\n", b".\r\n")
    replies = [held.session.data(line) for line in lines]
    assert replies[-1] == ["250 [3][][t] X-B\r\n"]
    assert "headers_added" not in held.session.ctx.facts


@pytest.mark.parametrize(
    ("place", "names"),
    [
        ("", ["Received", "Received", "To", "X"]),
        (":at_start:", ["X", "Received", "Received", "To"]),
        (":after_received:", ["Received", "Received", "X", "To"]),
        (":AT_START_RFC: ", ["Received", "Received", "X", "To"]),
        (":at_end:", ["Received", "Received", "To", "X"]),
    ],
)
def test_places_of_header_lines(place: str, names: list[str]) -> None:
    changes = header_changes.HeaderChanges()
    header_changes.add(changes, f"\n{place}X: y\n\n")
    header_changes.add(changes, "X: y")
    headers = [("Received", "Received: a\n"), ("Received", "Received: b\n"), ("To", "To: c\n")]
    assert [name for name, _ in header_changes.take_effect(changes, headers)] == names
    assert header_changes.take_effect(changes, headers) == headers
