"""``eximulate record``: what is made of dialogues and logs, and that it passes when it is run."""

from __future__ import annotations

import asyncio
import io
import os
import re
import sys
from pathlib import Path

import pytest

from expander.api import sandboxed
from expander.cli.verbs import run
from expander.configuration import Configuration, load
from expander.server.keeping import Keeper
from expander.server.smtp import SmtpServer
from expander.testing.recording.dialogue import Recorder, scenario
from expander.testing.recording.live import Recording
from expander.world.memory import MemoryWorld

CONFIG = """\
primary_hostname = mx.example
smtp_banner = ready
received_header_text =
tls_advertise_hosts =
acl_smtp_rcpt = rcpt
acl_smtp_data = accept
begin acl
rcpt:
  accept domains = example
  deny message = no relaying
       domains = !far.example
  require verify = recipient
  accept
begin routers
known:
  driver = accept
  domains = example
  local_parts = ann
  transport = box
far:
  driver = dnslookup
  domains = far.example
  transport = smtp
begin transports
box:
  driver = appendfile
  file = /var/mail/$local_part_data
  user = root
smtp:
  driver = smtp
"""
CLIENT = """\
EHLO c.example
MAIL FROM:<a@b.example>
RCPT TO:<ann@example>
RCPT TO:<x@y.example>
DATA
Subject: one
X: two

..dot
last
.
QUIT
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXIMULATE_PROFILE", "debian-12")
    (tmp_path / "exim.conf").write_text(CONFIG)
    return tmp_path


def passes(path: str, capsys: pytest.CaptureFixture[str]) -> bool:
    """True if all scenarios of a file pass."""
    status = run(["test", path])
    told = capsys.readouterr().out
    assert status == 0, told
    return " passed" in told


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_session_is_recorded_from_what_was_printed(
    form: list[str], folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(CLIENT.replace("\n", "\r\n").encode())))
    run(["session", "exim.conf", "--peer", "192.0.2.7", *form])
    (folder / "told").write_text(capsys.readouterr().out)
    assert (
        run(["record", "exim.conf", "--transcript", "told", "--output", "a.exim-test", "--name", "it"]) == 0
    )
    text = (folder / "a.exim-test").read_text()
    assert "config exim.conf\nprofile debian-12\n" in text
    assert 'scenario "it" #recorded\n    session from 192.0.2.7\n        < 220 ready\n' in text
    assert (
        "        < 550 no relaying\n        message\n            Subject: one\n            X: two\n\n" in text
    )
    assert "            .dot\n            last\n        < 250 OK id=*\n        > QUIT\n" in text
    assert passes("a.exim-test", capsys)
    (folder / "exim.conf").write_text(CONFIG.replace("no relaying", "no way"))
    assert run(["test", "a.exim-test"]) == 2


SWAKS = """\
=== Trying mx.example:25...
=== Connected to mx.example.
<-  220 ready
 -> EHLO c.example
<-  250-mx.example Hello c.example [192.0.2.9]
<-  250 HELP
 -> MAIL FROM:<a@b.example>
<-  250 OK
 -> RCPT TO:<x@y.example>
<** 550 no relaying
 -> QUIT
<-  221 mx.example closing connection
=== Connection closed with remote host.
"""


def test_a_transcript_of_swaks_is_read(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "told").write_text(SWAKS)
    assert run(["record", "exim.conf", "--transcript", "told", "--output", "below.exim-test"]) == 0
    assert "session from 192.0.2.9\n" in (folder / "below.exim-test").read_text()
    assert passes("below.exim-test", capsys)


LOG = """\
2026-11-01 10:00:00 H=(c.example) [192.0.2.7] F=<a@b.example> rejected RCPT <x@y.example>: no relaying
2026-11-01 10:00:01 1v1abc-000001-Ab <= a@b.example H=c.example (me) [192.0.2.7] P=esmtp S=400 for ann@example
2026-11-01 10:00:01 1v1abc-000001-Ab => ann <ann@example> R=known T=box
2026-11-01 10:00:01 1v1abc-000001-Ab ** otto@example: Unrouteable address
2026-11-01 10:00:01 1v1abc-000001-Ab Completed
2026-11-01 10:00:02 1v1abc-000002-Ab => ann <ann@example> R=known T=box
2026-11-01 10:00:03 no host name found for IP address 192.0.2.7
"""


def test_a_log_is_read(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "mainlog").write_text(LOG)
    assert run(["record", "exim.conf", "--log", "mainlog"]) == 0
    text = capsys.readouterr().out
    (folder / "log.exim-test").write_text(text)
    names = [line for line in text.splitlines() if line.startswith("scenario")]
    assert names == [
        'scenario "the recipient x@y.example is refused to 192.0.2.7" #recorded',
        'scenario "mail from a@b.example for ann@example is accepted" #recorded',
        'scenario "ann@example goes to box" #recorded',
        'scenario "otto@example is undeliverable" #recorded',
    ]
    assert "session from 192.0.2.7 name c.example\n        < 220\n        > EHLO me\n" in text
    assert text.endswith(
        "# Nothing was made of these lines:\n#   no host name found for IP address 192.0.2.7\n"
    )
    assert passes("log.exim-test", capsys)


ZONE = {"far.example": "@ MX 10 mx\nmx A 192.0.2.9\n"}


def recorded(folder: Path, config: Configuration, *clients: bytes) -> str:
    """What is recorded while clients talk to the server, each sending all at once."""
    written: list[list[str]] = []
    recording = Recording(written.append)

    async def talk() -> None:
        server = SmtpServer(
            Configuration(config.model, recording.dns.world(config.world)),
            Keeper(folder / "messages"),
            log_with=lambda _text: None,
            complain_with=lambda problem: pytest.fail(problem.message),
        )
        server.watch_with = recording.watch
        _, port = await server.start("127.0.0.1", 0)
        for client in clients:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            await reader.readline()
            for piece in re.split(rb"(?<=\nDATA\r\n)", client):
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0.3)
            await reader.read()
            writer.close()
        await server.stop()

    asyncio.run(talk())
    return "".join(f"{line}\n" for line in written[-1])


def test_live_sessions_are_recorded_with_what_the_dns_said(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"smtp_enforce_sync = false\n{CONFIG}"
    (folder / "exim.conf").write_text(text)
    config = load(text.encode(), profile="debian-12", world=MemoryWorld(zones=ZONE))
    far = b"HELO c\r\nMAIL FROM:<>\r\nRCPT TO:<x@far.example>\r\nBDAT 3\r\nabcBDAT 5 LAST\r\nd\r\ne\nQUIT\r\n"
    scenarios = recorded(folder, config, CLIENT.replace("\n", "\r\n").encode(), far.replace(b"HELO", b"EHLO"))
    assert "given dns far.example\n    far.example. MX 10 mx.far.example.\n" in scenarios
    assert 'scenario "session 2 from 127.0.0.1"' in scenarios
    assert "        message\n            abcd\n            e\n        < 250 OK id=*\n" in scenarios
    (folder / "live.exim-test").write_text(f"config exim.conf\nprofile debian-12\n{scenarios}")
    assert passes("live.exim-test", capsys)


REFUSING = """\
primary_hostname = mx.example
smtp_banner = ready
received_header_text =
tls_advertise_hosts =
auth_advertise_hosts = *
smtp_enforce_sync = false
acl_smtp_connect = connect
acl_smtp_helo = helo
acl_smtp_mail = mail
acl_smtp_rcpt = accept
acl_smtp_data = data
acl_smtp_vrfy = vrfy
begin acl
connect:
  accept
helo:
  deny message = what a name\\nis this: $sender_helo_name
       condition = ${if eq{$sender_helo_name}{bad}}
  accept
mail:
  deny message = not from you\\nwhoever you are
       senders = evil@*
  defer message = later
        senders = slow@*
  accept
data:
  deny message = we read\\nand did not like\\nit: $h_subject:
       condition = ${if match{$h_subject:}{spam}}
  accept
vrfy:
  deny message = no
begin authenticators
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = User Name : Pass Word
  server_condition = ${if and{{eq{$auth1}{ann}}{eq{$auth2}{secret}}}}
  server_set_id = $auth1
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${if eq{$auth3}{secret}}
  server_set_id = $auth2
"""
REFUSED = b"""\
HELO bad
EHLO c.example
VRFY ann
AUTH LOGIN
YW5u
d3Jvbmc=
AUTH LOGIN
*
AUTH PLAIN
AGFubgBzZWNyZXQ=
AUTH PLAIN AGFubgBzZWNyZXQ=
MAIL FROM:<evil@b.example>
MAIL FROM:<slow@b.example>
DATA
MAIL FROM:<a@b.example>
RCPT TO:<ann@example>
RCPT TO:<bob@example>
DATA
Subject: spam

 trailing  \x20
\tand \xe9
.
NOOP\x20
RSET
NONSENSE \xff
QUIT
"""


def test_refusals_and_authentication_are_recorded(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Names, senders and messages that are refused, in several lines, and dialogues with AUTH."""
    (folder / "exim.conf").write_text(REFUSING)
    config = load(REFUSING.encode(), profile="debian-12", world=MemoryWorld())
    text = recorded(folder, config, REFUSED.replace(b"\n", b"\r\n"))
    for piece in (
        "> HELO bad\n        < 550-what a name\n        < 550 is this: bad\n",
        "> AUTH LOGIN\n        < 334 VXNlciBOYW1l\n        > YW5u\n        < 334 UGFzcyBXb3Jk\n",
        "        < 550-not from you\n        < 550 whoever you are\n",
        "> MAIL FROM:<slow@b.example>\n        < 451 later\n",
        "        < 550-we read\n        < 550-and did not like\n        < 550 it: spam\n",
        "> AUTH PLAIN\n        < 334\n        > AGFubgBzZWNyZXQ=\n        < 235 Authentication succeeded\n",
    ):
        assert piece in text
    (folder / "live.exim-test").write_bytes(os.fsencode(f"config exim.conf\nprofile debian-12\n{text}"))
    assert passes("live.exim-test", capsys)


def test_what_goes_before_tls_is_forgotten() -> None:
    recorder = Recorder("192.0.2.1")
    recorder.said("220 ready\r\n")
    recorder.came(b"EHLO a\r\nSTARTTLS\r\n")
    recorder.said("250 a\r\n220 go on\r\n")
    recorder.secured({"tls_in_cipher": "TLS1.3:X:256", "tls_in_sni": ""})
    recorder.came(b"EHLO b\r\nNOOP\r\n")
    recorder.said("250 b\r\n250  odd \r\n")
    assert list(scenario(recorder.finished(), 'a "name"'))[1:] == [
        '    given variable tls_in_cipher "TLS1.3:X:256"',
        "    session from 192.0.2.1",
        "        < 220 ready",
        "        > EHLO b",
        "        < 250 b",
        "        > NOOP",
        '        < 250 " odd "',
    ]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "one of --listen, --transcript and --log"),
        (["--log", "none"], "cannot read none"),
        (["--log", "empty"], "no line in it"),
        (["--transcript", "empty"], "no dialogue"),
        (["--transcript", "json"], "no session in JSON"),
    ],
)
def test_what_holds_nothing_is_refused(
    options: list[str], words: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "empty").write_text("nothing\n")
    (folder / "json").write_text("{}")
    assert run(["record", "exim.conf", *options]) == 1
    assert words in capsys.readouterr().err


def test_the_machine_behind_the_sandbox_is_left_alone() -> None:
    """A recorded world hands on all that it does not note."""
    world = Recording(lambda _lines: None).dns.world(sandboxed())
    assert world.host.name() == sandboxed().host.name()
