"""What one of the two puts on the spool the other shows, changes and delivers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import installed
import pytest

pytestmark = [
    pytest.mark.exim,
    pytest.mark.skipif(not installed.possible(), reason="needs root and name spaces"),
]

CONFIG = """\
acl_not_smtp = given
acl_smtp_rcpt = given
begin acl
given:
  accept set acl_m0 = one
         set acl_m_two = $sender_address
         set acl_c_three = a\\nb
         set acl_c1 =
begin routers
late:
  driver = redirect
  local_parts = late
  allow_defer
  data = :defer: not now
all:
  driver = accept
  local_parts = u1 : u2 : u3
  transport = t
begin transports
t:
  driver = appendfile
  file = @DIR@/mail/$local_part_data
  user = nobody
  return_path_add
  delivery_date_add = false
begin retry
* * F,2h,1m
"""
TO = ("u1@example.test", "u2@example.test")
SESSION = b"""\
EHLO c.test
MAIL FROM:<o@x.test>
RCPT TO:<u1@example.test>
RCPT TO:<u2@example.test>
DATA
Subject: s

..x
.
QUIT
"""
OTHERS = ("-oMr", "esmtp", "-oMs", "h.test", "-oMt", "who")
SHOWING = ("-Mvh", "-Mvb", "-Mvl", "-Mvc", "-bp")
MESSAGES: dict[str, tuple[tuple[str, ...], bytes]] = {
    "plain": (TO, b"From: a@x.test\nTo: b@y.test\nSubject: s\n\nOne\n.\nTwo\n"),
    "from its header": (("-t",), b"From: me\nTo: u1\nBcc: u2@example.test\nCc: u1\n\nx\n"),
    "without a sender": (("-f", "<>", *TO), b"Subject: s\n\nx\n"),
    "of another sender": (("-f", "o@x.test", *TO), b"Subject: s\n\nFrom here\n\xe4\xf6\n"),
    "without a body": (TO, b"Subject: s\n\n"),
    "with NUL bytes": (TO, b"Subject: s\n\na\0b\n"),
    "with long lines": (TO, b"Subject: s\n\n" + b"x" * 3000 + b"\n"),
    "with all kinds of header lines": (
        TO,
        b"From: a@x\nTo: b@x\nCc: c@x\nReply-To: d@x\nSender: e@x\nX-Folded: a\n\tb\nReceived: by x\n\nx\n",
    ),
    "with facts of a host": (
        (*"-oMa 192.0.2.1.99 -oMaa PLAIN -oMai me -oMas me@x -oMi 192.0.2.2.25".split(), *OTHERS, *TO),
        b"Subject: s\n\nx\n",
    ),
    "that is only tried": (("-N", *TO), b"Subject: s\n\nx\n"),
    "without completion": (("-bnq", *TO), b"Subject: s\n\nx\n"),
    "by SMTP": (
        ("-bs",),
        SESSION.replace(b"\n", b"\r\n"),
    ),
    "in a batch": (
        ("-bS",),
        SESSION.removeprefix(b"EHLO c.test\n"),
    ),
}
VARYING = (
    (r"1[0-9A-Za-z]{5}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}", "<name>"),
    (r"[A-Z][a-z]{2}, \d+ [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d", "<date>"),
    (r"[A-Z][a-z]{2} [A-Z][a-z]{2} +\d+ \d\d:\d\d:\d\d \d{4}", "<date>"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "<time>"),
    (r"(?m)^\d{10} (\d)$", r"<seconds> \1"),
    (r"_usec \.\d+", "_usec <fraction>"),
    (r"_complete [\d.]+", "_complete <seconds>"),
)


def even(text: str) -> str:
    """A text without what differs from run to run."""
    for pattern, replacement in VARYING:
        text = re.sub(pattern, replacement, text)
    return text


@pytest.fixture
def host() -> Iterator[installed.Installed]:
    with installed.root(CONFIG) as made:
        yield made


def envelope(host: installed.Installed) -> str:
    (name,) = host.queue
    return (host.directory / f"spool/input/{name}-H").read_text("latin-1")


@pytest.mark.parametrize("name", MESSAGES)
def test_both_write_the_same_and_show_it(host: installed.Installed, name: str) -> None:
    arguments, data = MESSAGES[name]
    told = {}
    for program in (host.exim, host.ours):
        host.clear()
        done = program("-odq", *arguments, data=data)
        assert done.returncode == 0, done.stderr
        (message,) = host.queue
        shown = [host.exim(option, message).stdout for option in ("-Mvh", "-Mvb", "-Mvl", "-Mvc", "-bp")]
        assert shown == [
            host.ours(option, message).stdout for option in ("-Mvh", "-Mvb", "-Mvl", "-Mvc", "-bp")
        ]
        told[program] = [even(one.decode("latin-1")) for one in shown]
    assert told[host.ours] == told[host.exim]


@pytest.mark.parametrize("name", MESSAGES)
def test_each_delivers_what_the_other_took_in(host: installed.Installed, name: str) -> None:
    arguments, data = MESSAGES[name]
    left = {}
    for taker, deliverer in ((host.exim, host.ours), (host.ours, host.exim)):
        host.clear()
        assert taker("-odq", *arguments, data=data).returncode == 0
        (message,) = host.queue
        assert deliverer("-M", message).returncode == 0
        assert not host.queue
        files = sorted((host.directory / "mail").iterdir())
        left[taker] = [(path.name, even(path.read_text("latin-1"))) for path in files]
        left[taker] += [("log", even("\n".join(host.log())))]
        for path in files:
            path.unlink()
    assert left[host.ours] == left[host.exim]


@pytest.mark.parametrize(
    "name", ["plain", "with facts of a host", "with all kinds of header lines", "by SMTP"]
)
def test_what_is_changed_is_written_as_exim_does(host: installed.Installed, name: str) -> None:
    arguments, data = MESSAGES[name]
    host.exim("-odq", *arguments, data=data)
    (message,) = host.queue
    path = host.directory / f"spool/input/{message}-H"
    before = path.read_bytes()
    written = {}
    for program in (host.ours, host.exim):
        path.write_bytes(before)
        program("-Mf", message)
        program("-Mt", message)
        program("-Mar", message, "late@example.test", "u3@example.test")
        program("-Mmd", message, "u2@example.test")
        program("-M", message)
        written[program] = envelope(host)
    assert written[host.ours] == written[host.exim]
