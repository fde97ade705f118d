"""What is said of commands in a wrong order, and which of them take what follows with them."""

from __future__ import annotations

from expander.configuration import load

CONFIG = b"""\
primary_hostname = mx.example
recipients_max = 1
recipients_max_reject
log_selector = +all
acl_smtp_rcpt = check
acl_smtp_mail = shown
begin acl
check:
  discard local_parts = gone
  accept
shown:
  accept logwrite = size <$message_size>
"""
TOLD = "All RCPT commands were rejected with this error:"


def _told(*commands: str) -> list[str]:
    session = load(CONFIG, profile="debian-12").session("192.0.2.7")
    return [repr(session.command(command)) for command in commands]


def test_refusals_of_all_recipients_are_told_of_once() -> None:
    group = ("RCPT TO:<a@b.example>", "DATA")
    assert sum(TOLD in reply for reply in _told("HELO x", *group, *group)) == 1


def test_a_new_sender_lets_them_be_told_again() -> None:
    group = ("MAIL FROM:<a@b.example>", "RCPT TO:<>", "DATA", "RSET")
    assert sum(TOLD in reply for reply in _told("HELO x", *group, *group)) == 2


def test_the_size_is_unknown_where_none_was_given() -> None:
    session = load(CONFIG, profile="debian-12").session("192.0.2.7")
    for line in ("EHLO x", "MAIL FROM:<a@b.example>", "RSET", "MAIL FROM:<a@b.example> SIZE=0"):
        session.command(line)
    told = [line.partition("size ")[2] for line in session.log if "size <" in line]
    assert told == ["<-1>", "<0>"]


def test_too_many_recipients_stay_until_there_is_another_sender() -> None:
    mail = ("MAIL FROM:<a@b.example>", "RCPT TO:<c@b.example>")
    told = _told("HELO x", *mail, "RCPT TO:<d@b.example>", "DATA", "DATA", *mail, "DATA")
    assert sum("Too many recipients" in reply for reply in told) == 2
    assert "ending with" in told[-1]
