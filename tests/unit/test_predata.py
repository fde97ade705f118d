"""The ACL before the text of a message knows its recipients, as Exim's does."""

from __future__ import annotations

from expander.configuration import load

CONFIG = b"""\
primary_hostname = mx.example
acl_smtp_rcpt = accept
acl_smtp_predata = shown
acl_smtp_data = shown
begin acl
shown:
  accept logwrite = to <$recipients> $recipients_count
"""


def test_recipients_are_known_before_the_text() -> None:
    session = load(CONFIG, profile="debian-12").session("192.0.2.7")
    for line in ("HELO x", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "RCPT TO:<e@f.example>"):
        session.command(line)
    session.data("Subject: x\n\nbody\n")
    told = [line for line in session.log if "to <" in line]
    assert len(told) == 2
    assert all(line.endswith("to <c@d.example, e@f.example> 2") for line in told), told
