"""Messages that are handed in and delivered, by the command line as a whole."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from expander.delivery.references import _ID
from expander.message.spool import SpoolError
from expander.queue.envelope_file import read, read_recipient, written
from expander.queue.message import Message, Recipient

CALLER = "tester:1200:1200:Test Person:/:tester"
CONFIG = """\
primary_hostname = mail.example.test
queue_list_requires_admin = false
qualify_domain = example.test
spool_directory = @DIR@/spool
log_file_path = @DIR@/log/%slog
keep_environment = PATH
trusted_users = 1200
acl_smtp_rcpt = accept
bounce_return_size_limit = 100K
begin routers
refuse:
  driver = redirect
  local_parts = nobody-there
  allow_fail
  data = :fail: nobody is called so
command:
  driver = accept
  local_parts = command
  transport = command
reply:
  driver = accept
  local_parts = reply
  senders = !:
  transport = reply
later:
  driver = redirect
  local_parts = later
  allow_defer
  data = :defer: come back
twice:
  driver = redirect
  local_parts = both
  data = one@example.test, two@example.test, one@example.test
maildir:
  driver = accept
  local_parts = maildir
  transport = maildir
here:
  driver = accept
  transport = box
begin transports
box:
  driver = appendfile
  file = @DIR@/mail/$local_part
  create_file = @DIR@/mail
  return_path_add
  envelope_to_add
  user = 1200
  group = 1200
maildir:
  driver = appendfile
  directory = @DIR@/mail/maildir
  maildir_format
  maildir_tag = ,S=$message_size
  user = 1200
  group = 1200
command:
  driver = pipe
  command = /bin/sh -c "cat > @DIR@/mail/piped; exit 75"
  temp_errors = 75
  user = 1200
  group = 1200
reply:
  driver = autoreply
  to = $sender_address
  subject = Re: $h_subject:
  text = I am not here.
  user = 1200
  group = 1200
begin retry
later@* * F,1d,1h
"""
STAMP = re.compile(r"^[-0-9]{10} [:0-9]{8} (?:[0-9A-Za-z]{6}-[0-9A-Za-z]{11}-[0-9A-Za-z]{4} )?", re.MULTILINE)


class Host:
    """A folder that has all of a host's mail."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("spool", "log", "mail"):
            (folder / name).mkdir()
        (folder / "conf").write_text(CONFIG.replace("@DIR@", str(folder)))

    def run(self, *arguments: str, text: str = "") -> subprocess.CompletedProcess[bytes]:
        """Run a command line."""
        return subprocess.run(
            [sys.executable, "-m", "expander", "-C", str(self.folder / "conf"), *arguments],
            input=text.encode("latin-1"),
            capture_output=True,
            check=False,
            cwd=Path(__file__).parents[2],
            env={"PATH": os.environ["PATH"], "EXIMULATE_CALLER": CALLER, "EXIMULATE_PROFILE": "4.99"},
        )

    def send(self, *arguments: str, text: str = "Subject: test\n\nbody\n") -> int:
        """Hand in a message that is delivered at once: the exit status."""
        return self.run("-odi", *arguments, text=text).returncode

    @property
    def log(self) -> list[str]:
        """The lines of the main log without times and identifications; sizes are left out."""
        text = (self.folder / "log" / "mainlog").read_text()
        return re.sub(r" S=\d+", "", STAMP.sub("", text)).splitlines()

    def mail(self, name: str) -> str:
        """A mailbox."""
        return (self.folder / "mail" / name).read_text("latin-1")

    @property
    def waiting(self) -> list[str]:
        """The messages on the spool."""
        return [path.name.removesuffix("-H") for path in sorted((self.folder / "spool/input").glob("*-H"))]


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


def test_a_message_is_delivered_to_a_mailbox(host: Host) -> None:
    assert host.send("userx", text="Subject: one\n\nbody\nFrom here on\n.\nnot read\n") == 0
    assert host.log == [
        "<= tester@example.test U=tester P=local",
        "=> userx <userx@example.test> R=here T=box",
        "Completed",
    ]
    lines = host.mail("userx").splitlines()
    assert lines[0].startswith("From tester@example.test ")
    assert lines[1:3] == ["Return-path: <tester@example.test>", "Envelope-to: userx@example.test"]
    assert "From: Test Person <tester@example.test>" in lines
    assert host.mail("userx").endswith("\n\nbody\n>From here on\n\n")
    assert host.waiting == []


def test_two_messages_stand_one_behind_the_other(host: Host) -> None:
    host.send("userx", text="Subject: one\n\nfirst\n")
    host.send("userx", text="Subject: two\n\nsecond")
    assert host.mail("userx").count("\nReturn-path: ") == 2
    assert host.mail("userx").endswith("\nsecond\n\n")


def test_recipients_come_from_the_header_but_for_those_of_arguments(host: Host) -> None:
    text = "To: a, b\nCc: c\nBcc: d\nSubject: x\n\nbody\n"
    assert host.send("-t", "b@example.test", text=text) == 0
    assert [line.split(" ")[1] for line in host.log if line.startswith("=>")] == ["a", "c", "d"]
    assert "Bcc" not in host.mail("a")


def test_without_recipients_the_sender_is_told(host: Host) -> None:
    done = host.run("-odi", "-oep", "-t", text="Subject: x\n\nbody\n")
    assert done.returncode == 1
    told, words = done.stderr.splitlines()
    assert told.endswith(b" no recipients found in headers")
    assert words == b"exim: no recipients in message"
    assert host.run("-odi", "-t", text="Subject: x\n\nbody\n").returncode == 1
    assert "Subject: Mail failure - no recipient addresses" in host.mail("tester")


def test_what_fails_goes_back(host: Host) -> None:
    host.send("nobody-there", "userx")
    assert host.log[1] == "** nobody-there@example.test R=refuse : nobody is called so"
    assert host.log[-1] == "Completed"
    bounce = host.mail("tester")
    assert "X-Failed-Recipients: nobody-there@example.test\n" in bounce
    assert "  nobody-there@example.test\n    nobody is called so\n" in bounce
    assert "Action: failed\nFinal-Recipient: rfc822;nobody-there@example.test\nStatus: 5.0.0\n" in bounce
    assert bounce.count("Subject: test\n") == 1


def test_what_waits_stays_on_the_spool(host: Host) -> None:
    host.send("later", "userx")
    assert "== later@example.test R=later defer (-1): come back" in host.log
    name = host.waiting[0]
    text = (host.folder / "spool/input" / f"{name}-H").read_text("latin-1")
    assert "NN userx@example.test\n2\nlater@example.test\nuserx@example.test\n\n" in text
    listed = host.run("-bp").stdout.decode()
    assert (
        f"{name} <tester@example.test>\n          later@example.test\n        D userx@example.test\n"
        in listed
    )


def test_a_bounce_that_fails_is_frozen(host: Host) -> None:
    host.send("-f", "<>", "nobody-there")
    assert host.log[-1].startswith("Frozen (")
    assert len(host.waiting) == 1


def test_duplicates_are_delivered_to_once(host: Host) -> None:
    host.send("both", "one")
    assert sorted(line for line in host.log if line.startswith("=>")) == [
        "=> one <both@example.test> R=here T=box",
        "=> two <both@example.test> R=here T=box",
    ]


def test_commands_get_the_message_and_can_put_it_off(host: Host) -> None:
    host.send("command")
    assert "Subject: test\n" in host.mail("piped")
    assert "returned 75 (could mean temporary error) from command: /bin/sh" in host.log[1]
    assert host.log[2] == "** command@example.test: retry timeout exceeded"


def test_commands_get_large_messages_whole(host: Host) -> None:
    text = "Subject: test\n\n" + "0123456789\n" * 200_000
    assert host.send("command@example.test", text=text) == 0
    assert host.mail("piped").endswith(text.partition("\n\n")[2] + "\n")


def test_replies_are_messages_of_their_own(host: Host) -> None:
    host.send("reply", text="Subject: hello\nMessage-Id: <1@x>\n\nbody\n")
    reply = host.mail("tester")
    assert (
        "Subject: Re: hello\nIn-Reply-To: <1@x>\nReferences: <1@x>\nAuto-Submitted: auto-replied\n" in reply
    )
    assert reply.endswith("\nI am not here.\n\n")


def test_maildir_files_bear_the_size(host: Host) -> None:
    host.send("maildir")
    (path,) = (host.folder / "mail/maildir/new").iterdir()
    assert path.name.endswith(f",S={path.stat().st_size}")
    assert not list((host.folder / "mail/maildir/tmp").iterdir())


def test_smtp_on_standard_input(host: Host) -> None:
    lines = "helo x\nmail from:<a@b>\nrcpt to:<userx>\ndata\nSubject: s\n\n..dot\n.\nquit\n"
    done = host.run("-odi", "-bs", text=lines)
    assert done.returncode == 0
    assert [line[:3] for line in done.stdout.splitlines()] == [
        b"220",
        b"250",
        b"250",
        b"250",
        b"354",
        b"250",
        b"221",
    ]
    assert host.log[0] == "<= a@b U=tester P=local-smtp"
    assert host.mail("userx").endswith("\n.dot\n\n")


def test_batches_tell_of_errors_alone(host: Host) -> None:
    good = "mail from:<a@b>\nrcpt to:<userx>\ndata\n\nbody\n.\n"
    assert host.run("-odi", "-bS", text=good).stdout == b""
    done = host.run("-odi", "-bS", text=good + "mail from:<a@b<\n")
    assert done.returncode == 1
    assert done.stdout.endswith(b"Transaction started in line 6\nError detected in line 7\nmail from:<a@b<\n")
    assert b"The SMTP command at fault was:\n\n   mail from:<a@b<\n\n1 previous message was" in done.stderr


@pytest.mark.parametrize(
    ("rest", "line"),
    [("a: b\nc", 10), ("a: b\n\n", 12), ("a: b\n\nbody\ncut off", 13)],
)
def test_the_end_of_a_batch_within_a_message_counts_as_a_line_of_the_body(
    host: Host, rest: str, line: int
) -> None:
    start = "helo x\nmail from:<a@b>\nrset\nvrfy x\nnoop\nhelp\nmail from:<a@b>\nrcpt to:<userx>\ndata\n"
    done = host.run("-odi", "-bS", text=start + rest)
    told = f"421 Lost incoming connection\nTransaction started in line 6\nError detected in line {line}\n"
    assert done.stdout.decode() == told
    assert done.returncode == 2
    assert b"at fault" not in done.stderr


def test_connecting_early_is_offered_to_other_hosts_alone(host: Host) -> None:
    assert b"250-PIPECONNECT" in host.run("-bh", "192.0.2.1", text="ehlo x\nquit\n").stdout
    own = host.run("-bs", text="ehlo x\nquit\n").stdout
    assert b"250-PIPELINING\r\n" in own
    assert b"PIPECONNECT" not in own


def test_a_trial_delivers_nothing(host: Host) -> None:
    host.send("-N", "userx")
    assert host.log[1] == "*> userx <userx@example.test> R=here T=box"
    assert not (host.folder / "mail/userx").exists()


def test_the_envelope_file_is_read_as_it_was_written() -> None:
    message = Message("1xXKtK-000000006Mp-1hGO", "a@b", "root", 0, 0, 1700000000.25)
    message.recipients = [Recipient("c@d"), Recipient("e@f", "g@h", 1, 2, "rfc822;e@f")]
    message.headers = [("Subject", "Subject: x\n y\n"), ("To", "To: c@d\n")]
    message.facts = {"received_protocol": "local", "body_linecount": "1", "sender_ident": "root"}
    message.acl_m = {"0": "two\nlines"}
    message.done = {"x@y": None, "c@d": None, "z@z": None}
    message.frozen = 1700000001
    found = read(written(message), message.name)
    for name in ("sender", "login", "recipients", "headers", "acl_m", "frozen", "is_first", "received"):
        mine, its = getattr(message, name), getattr(found, name)
        if name == "recipients":
            mine, its = ([vars_of(recipient) for recipient in each] for each in (mine, its))
        assert its == mine, name
    assert sorted(found.done) == sorted(message.done)


def vars_of(recipient: Recipient) -> list[object]:
    return [getattr(recipient, name) for name in Recipient.record_fields]


def test_recipients_with_spaces_are_read_from_their_end() -> None:
    assert vars_of(read_recipient('"a b"@c  0,0 d@e 3,-1#3')) == ['"a b"@c', "d@e", -1, 0, ""]


def test_a_broken_envelope_file_is_refused() -> None:
    with pytest.raises(SpoolError):
        read("nothing\n", "1xXKtK-000000006Mp-1hGO")


def test_identifications_are_found_in_references() -> None:
    assert _ID.findall("<a@b> (c) <d@e>") == ["<a@b>", "<d@e>"]
