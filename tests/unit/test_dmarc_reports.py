"""Reports on messages that failed DMARC: who gets them, what they say, and what becomes of them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from expander.cli import session as verb
from expander.configuration import load
from expander.server.keeping import Keeper
from expander.world.memory import MemoryWorld

ROOT = Path(__file__).parents[2]
CONFIG = """\
primary_hostname = mx.test
qualify_domain = mx.test
dmarc_tld_file = @DIR@/tlds
acl_smtp_mail = ask
acl_smtp_rcpt = accept
acl_smtp_data = look
@MAIN@
begin acl
ask:
  warn control = dmarc_enable_forensic
  accept
look:
  warn dmarc_status = *
  accept
"""
RECORD = '_dmarc TXT "v=DMARC1; p={}; ruf=mailto:R@d.test, https://d.test/r,mailto:s@e.test"\n'
MESSAGE = "From: Joe <joe@d.test>\nTo: b@y.test\nSubject: hello\nMessage-ID: <1@d.test>\n\nbody\n"
REPORT = """\
Auto-Submitted: auto-replied
From: {}
To: r@d.test
References: <1@d.test>
Subject: DMARC Forensic Report for d.test from IP 192.0.2.1

A message claiming to be from you has failed the published DMARC
policy for your domain.

  Sender Domain: {}
  Sender IP Address: 192.0.2.1
  Received Date: DATE
  SPF Alignment: no
  DKIM Alignment: no
  DMARC Results: Reject

------ This is a copy of the headers that were received before the error
       was detected.

From: Joe <joe@d.test>
To: b@y.test
Subject: hello
Message-ID: <1@d.test>

"""


def plain(text: str) -> str:
    """A report without what differs from one time to the next, and without ``Received:``, which it has."""
    assert re.search(r"detected.\n\nReceived: .*\n(?:[ \t].*\n)+From:", text)
    return re.sub(r"Received: .*\n(?:[ \t].*\n)+", "", re.sub(r"Date: .*", "Date: DATE", text))


def submitted(
    main: str = "", policy: str = "reject", profile: str = "4.99", author: str = "joe@d.test"
) -> list[tuple[str, str]]:
    """The senders and the texts of what is handed in."""
    world = MemoryWorld({"/tlds": "test\n"}, zones={"d.test": "@ A 192.0.2.9\n" + RECORD.format(policy)})
    text = CONFIG.replace("@DIR@", "").replace("@MAIN@", main)
    session = load(text, profile=profile, world=world).session("192.0.2.1")
    for line in ("EHLO c", "MAIL FROM:<a@x.test>", "RCPT TO:<b@y.test>"):
        session.command(line)
    reply = session.data(MESSAGE.replace("joe@d.test", author))
    assert reply is not None
    assert reply.code == 250
    for one in session.submitted:
        assert one.recipients == ()
    return [(one.sender, plain(one.data.decode())) for one in session.submitted]


def test_what_a_report_says() -> None:
    found = submitted()
    assert found[0] == ("", REPORT.format("Mail Delivery System <Mailer-Daemon@mx.test>", "d.test"))
    assert [re.findall("(?m)^To: .*", text)[0] for _, text in found] == ["To: r@d.test", "To: s@e.test"]


def test_who_sends_it() -> None:
    main = "dmarc_forensic_sender = dmarc@$primary_hostname\nerrors_reply_to = boss@mx.test"
    sender, text = submitted(main)[0]
    assert sender == "dmarc@mx.test"
    assert text == "Reply-To: boss@mx.test\n" + REPORT.format("dmarc@mx.test", "d.test")
    assert submitted("dmarc_forensic_sender = ${foo}")[0][0] == ""


def test_of_a_domain_below_the_organisation() -> None:
    for profile, domain in (("4.99", "sub.d.test"), ("4.97,+dmarc", "d.test")):
        text = submitted(profile=profile, author="joe@sub.d.test")[0][1]
        assert f"  Sender Domain: {domain}\n" in text
        assert "Subject: DMARC Forensic Report for d.test from IP 192.0.2.1\n" in text


@pytest.mark.parametrize(("policy", "reports"), [("quarantine", 2), ("none", 0)])
def test_there_are_none_of_what_may_come_in(policy: str, reports: int) -> None:
    assert len(submitted(policy=policy)) == reports


def test_the_verb_shows_them(tmp_path: Path) -> None:
    world = MemoryWorld({"/tlds": "test\n"}, zones={"d.test": RECORD.format("reject")})
    config = load(CONFIG.replace("@DIR@", "").replace("@MAIN@", ""), profile="4.99", world=world)
    session = config.session("192.0.2.1")
    for line in ("EHLO c", "MAIL FROM:<a@x.test>", "RCPT TO:<b@y.test>"):
        session.command(line)
    session.data(MESSAGE)
    step = verb._Step(session, b"", (0, 0, 0, 1))
    assert [text.splitlines()[2] for text in step.submitted] == ["To: s@e.test"]
    keeper = Keeper(tmp_path / "kept")
    for message in session.submitted:
        assert keeper.submit(session.machine, message)
    assert len(list(keeper.folder.glob("*-report-[12].eml"))) == 2


def test_they_are_sent_where_messages_are(tmp_path: Path) -> None:
    (tmp_path / "tlds").write_text("test\n", encoding="utf-8")
    zones = tmp_path / "zones"
    zones.mkdir()
    (zones / "db.d.test").write_text(RECORD.format("reject"), encoding="utf-8")
    main = f"spool_directory = {tmp_path}/spool\nlog_file_path = {tmp_path}/%slog\nqueue_only\n"
    config = tmp_path / "conf"
    config.write_text(CONFIG.replace("@DIR@", str(tmp_path)).replace("@MAIN@", main), encoding="utf-8")
    session = f"EHLO c\r\nMAIL FROM:<a@x.test>\r\nRCPT TO:<b@y.test>\r\nDATA\r\n{MESSAGE}.\r\nQUIT\r\n"
    subprocess.run(
        [sys.executable, "-m", "expander", "-C", str(config), "-bs", "-oMa", "192.0.2.1"],
        input=session.encode(),
        check=True,
        cwd=ROOT,
        capture_output=True,
        env={"EXIMULATE_PROFILE": "4.99", "EXIMULATE_DNS_ZONES": str(zones), "PATH": "/usr/bin:/bin"},
    )
    bodies = [path.read_text("latin-1") for path in (tmp_path / "spool" / "input").glob("*-D")]
    assert sum("A message claiming to be from you" in body for body in bodies) == 2
    assert len(bodies) == 3
