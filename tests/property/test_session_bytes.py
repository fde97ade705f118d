"""Sessions get any bytes: none makes one raise, and how they come cut makes no difference."""

from __future__ import annotations

from functools import lru_cache

from hypothesis import given, settings
from hypothesis import strategies as st

from expander.configuration import Configuration, load
from expander.session.machine import TLS
from expander.session.talk import SmtpSession
from expander.world.memory import MemoryWorld

CONFIG = b"""\
primary_hostname = mail.example.test
qualify_domain = example.test
smtp_banner = ready
message_size_limit = 5000
header_maxsize = 2000
acl_smtp_vrfy = accept
acl_smtp_etrn = accept
acl_smtp_rcpt = rcpt
acl_smtp_data = data
prdr_enable
sender_unqualified_hosts = *
recipient_unqualified_hosts = *
begin acl
rcpt:
  deny condition = ${if match{$local_part}{^d}}
       message = ${sg{$local_part}{a}{\\n}}
  accept
data:
  warn set acl_m_x = $h_subject:$message_body$message_body_end${rfc2047d:$h_subject:}
  accept
begin rewrite
*@old.test $1@new.test
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${if eq{$auth2}{x}}
"""
WORDS = [
    b"EHLO c.test",
    b"HELO",
    b"MAIL FROM:<a@old.test>",
    b"MAIL FROM:<> SIZE=1 BODY=8BITMIME",
    b"RCPT TO:<b@example.test>",
    b"RCPT TO:<d\xe9>",
    b'RCPT TO:<"a b"@[127.0.0.1]> NOTIFY=NEVER',
    b"DATA",
    b"BDAT 12",
    b"BDAT 3 LAST",
    b"AUTH PLAIN AHgAeA==",
    b"AUTH PLAIN",
    b"STARTTLS",
    b"RSET",
    b"NOOP",
    b"HELP",
    b"VRFY a",
    b"ETRN #a",
    b".",
    b"..",
    b"Subject: =?utf-8?q?=FF?=",
    b"From: <<@>, (",
    b" folded",
    b"",
]
LINES = st.builds(
    lambda word, more, end: word + more + end,
    st.sampled_from(WORDS),
    st.one_of(st.just(b""), st.binary(max_size=12)),
    st.sampled_from([b"\r\n", b"\r\n", b"\n", b"\r", b"\0\r\n"]),
)
INPUT = st.lists(st.one_of(LINES, LINES, LINES, st.binary(max_size=40)), max_size=25).map(b"".join)


@lru_cache(maxsize=1)
def configuration() -> Configuration:
    return load(CONFIG, profile="debian-12", world=MemoryWorld())


def outcome(session: SmtpSession) -> tuple[object, ...]:
    messages = [(one.sender, one.recipients, one.body) for one in session.messages]
    return [(one.code, len(one.lines)) for one in session.replies], messages, session.closed


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


@settings(max_examples=150, deadline=None)
@given(INPUT, st.integers(1, 50))
def test_any_bytes_in_any_pieces(data: bytes, size: int) -> None:
    data = b"EHLO c.test\r\nMAIL FROM:<x@y.test>\r\nRCPT TO:<z@example.test>\r\n" + data
    whole = configuration().session("192.0.2.1")
    whole.send(data)
    parts = configuration().session("192.0.2.1")
    for piece in cut(data, size):
        parts.send(piece)
    if TLS not in (whole.machine.wants, parts.machine.wants):
        assert outcome(whole) == outcome(parts)
    whole.hang_up()
    assert whole.machine.wants == TLS or whole.closed
