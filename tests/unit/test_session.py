"""SMTP sessions as a state machine: many side by side, driven without input and output."""

from __future__ import annotations

from expander.api import Expander
from expander.config.load import load
from expander.config.profile import PROFILES
from expander.session.machine import CHUNK, COMMAND, LINES, Session
from expander.session.replies import reply
from expander.world.memory import MemoryWorld

CONFIG = b"""\
primary_hostname = mail.example.test
qualify_domain = example.test
tls_advertise_hosts =
smtp_banner = ready
message_size_limit = 100
acl_smtp_rcpt = rcpt
begin acl
rcpt:
  deny condition = ${if eq{$local_part}{deny}}
       message = not $local_part
  accept
"""


class Held:
    """A session with what it has said, told and logged."""

    def __init__(self, peer: str = "192.0.2.1", config: bytes = CONFIG) -> None:
        world = MemoryWorld(files={"/x": config})
        loaded = load("/x", profile=PROFILES["debian-12"], world=world)
        context = Expander(config=loaded, world=world).context
        self.sent: list[str] = []
        self.log: list[str] = []
        self.told: list[str] = []
        context.facts["sender_host_address"] = peer
        context.log_with = lambda text, _panic: self.log.append(text)
        context.debug_with = self.told.append
        self.session = Session(context, self.sent.append)
        self.session.start()

    def lines(self, *lines: str) -> list[str]:
        """What comes back for each line, as one text."""
        return ["".join(self.session.command(f"{line}\r\n".encode())) for line in lines]


def test_a_message_is_taken_line_by_line() -> None:
    held = Held()
    assert held.sent == ["220 ready\r\n"]
    held.lines("HELO c.test", "MAIL FROM:<a@b.test>", "RCPT TO:<x@y.test>", "DATA")
    assert held.session.wants == LINES
    for line in (b"Subject: x\r\n", b"\r\n", b"..dot\r\n"):
        assert held.session.data(line) == []
    (done,) = held.session.data(b".\r\n")
    assert done.startswith("250 OK id=")
    assert held.session.wants == COMMAND
    assert " <= a@b.test H=(c.test) [192.0.2.1] P=smtp S=" in held.log[-1]
    assert held.session.ctx.facts["recipients_count"] == "0"


def test_a_chunk_is_taken_in_pieces() -> None:
    held = Held()
    held.lines("EHLO c.test", "MAIL FROM:<a@b.test>", "RCPT TO:<x@y.test>", "BDAT 14 LAST")
    assert (held.session.wants, held.session.wanted_bytes) == (CHUNK, 14)
    held.session.data(b"Subj")
    assert held.session.wanted_bytes == 10
    replies = held.session.data(b"ect: abc\r\n")
    assert replies[0].startswith("250- 14 byte chunk, total ")
    assert replies[1].startswith("250 OK id=")


def test_a_message_that_is_too_large_is_not_kept() -> None:
    held = Held()
    held.lines("HELO c.test", "MAIL FROM:<a@b.test>", "RCPT TO:<x@y.test>", "DATA")
    for _ in range(1000):
        held.session.data(b"y" * 50 + b"\r\n")
    assert held.session.reception is not None
    assert sum(map(len, held.session.reception.lines)) <= 100 + 51
    assert held.session.data(b".\r\n") == ["552 Message size exceeds maximum permitted\r\n"]


def test_refusals_reach_the_client_and_the_log() -> None:
    held = Held()
    assert (
        held.lines("HELO c.test", "MAIL FROM:<a@b.test>", "RCPT TO:<deny@y.test>")[-1] == "550 not deny\r\n"
    )
    assert held.log == ["H=(c.test) [192.0.2.1] F=<a@b.test> rejected RCPT <deny@y.test>: not deny"]
    assert held.session.ctx.facts["rcpt_fail_count"] == "1"


def test_sessions_share_nothing() -> None:
    many = [Held(f"192.0.2.{number}") for number in range(20)]
    for number, held in enumerate(many):
        held.lines(f"HELO c{number}.test", f"MAIL FROM:<s{number}@b.test>")
    for number, held in enumerate(many):
        facts = held.session.ctx.facts
        assert facts["sender_helo_name"] == f"c{number}.test"
        assert facts["sender_address"] == f"s{number}@b.test"


def test_nothing_is_said_after_the_end() -> None:
    held = Held()
    assert held.lines("QUIT", "NOOP") == ["221 mail.example.test closing connection\r\n", ""]
    assert held.session.closed


def test_a_message_may_bring_its_code() -> None:
    assert reply("550", "no") == "550 no\r\n"
    assert reply("550", "551 5.7.1 a\nb") == "551-5.7.1 a\r\n551 5.7.1 b\r\n"
    assert reply("550", "450 a") == "550 a\r\n"


def test_only_a_client_with_an_address_is_offered_pipelining_from_its_connection_on() -> None:
    from_outside, from_here = Held(), Held(peer="")
    for held in (from_outside, from_here):
        held.lines("EHLO client.example")
    assert "250-PIPECONNECT\r\n" in "".join(from_outside.sent)
    assert "PIPELINING" in "".join(from_here.sent)
    assert "PIPECONNECT" not in "".join(from_here.sent)


def test_a_greeting_of_two_lines_is_logged_with_its_code() -> None:
    for message, logged in (("one\\ntwo", "250 one\\ntwo"), ("299 one\\ntwo", "299 one\\ntwo")):
        config = b"acl_smtp_helo = h\nbegin acl\nh:\n  accept message = " + message.encode() + b"\n"
        held = Held(config=config)
        held.lines("HELO client.example")
        words = "EHLO/HELO response must not contain newlines: message truncated"
        assert held.log[-1] == f"{words}: {logged}"
        assert held.sent[-1] == f"{logged[:3]} one\r\n"


def test_a_greeting_keeps_its_extended_code() -> None:
    held = Held(config=b"acl_smtp_helo = h\nbegin acl\nh:\n  accept message = 299 2.0.0 one\n")
    held.lines("HELO client.example")
    assert held.sent[-1] == "299 2.0.0 one\r\n"
