"""The step ``deliver`` of scenarios: what holds passes, what does not is told with what there is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HEAD = """\
config exim.conf
profile debian-12
given user mail uid 8 gid 8
given file /etc/aliases
  list: alice, bob, "|/usr/bin/prog -x"
given folder /var/mail
given folder /var/spool
"""
GOOD = """\
scenario "a list"
  deliver from s@far.example to list@example.com
    Subject: hello

    the body
  expect delivered alice@example.com by box
  expect no delivered carol@example.com
  expect file /var/mail/alice "the body"
  expect no file /var/mail/carol
  expect no file /var/mail/bob "another body"
  expect command "/usr/bin/prog -x"
  expect transport pipes
  expect router users
  expect log "Completed"
  expect no waiting

scenario "another host refuses"
  given smtp 198.51.100.7
    RCPT TO:<who@far.example> = 550 5.1.1 no such user
  deliver from alice@example.com to who@far.example
    Subject: hello

    the body
  expect undeliverable who@far.example
  expect undeliverable "no such user"
  expect no waiting

scenario "what a session has taken"
  session from 127.0.0.1
    > HELO client.example
    > MAIL FROM:<s@client.example>
    > RCPT TO:<bob@example.com>
    message
      Subject: by SMTP

      the text
    > QUIT
  deliver
  expect delivered bob@example.com by box
  expect file /var/mail/bob "Subject: by SMTP"
  expect log "P=smtp"
  expect log "=> bob <bob@example.com> R=users T=box"
"""
BAD = """\
scenario "wrong"
  deliver from s@far.example to alice@example.com
    Subject: hello

    the body
  expect delivered alice@example.com by pipes
  expect file /var/mail/alice "another text"
  expect file /var/mail/bob
  expect command "/usr/bin/prog"
  expect sent 198.51.100.7
  expect waiting
  expect undeliverable alice@example.com
"""
CONFIG = """\
primary_hostname = mail.example.com
qualify_domain = example.com
spool_directory = /var/spool/exim
exim_user = 93
exim_group = 93
acl_smtp_rcpt = accept
begin routers
far:
  driver = manualroute
  domains = !example.com
  route_list = * 198.51.100.7
  transport = smtp
aliases:
  driver = redirect
  data = ${lookup{$local_part}lsearch{/etc/aliases}}
  pipe_transport = pipes
users:
  driver = accept
  local_parts = alice : bob
  transport = box
begin transports
smtp:
  driver = smtp
box:
  driver = appendfile
  file = /var/mail/$local_part_data
  user = mail
pipes:
  driver = pipe
  user = mail
begin retry
* * F,2h,10m
"""


def _run(tmp_path: Path, text: str) -> subprocess.CompletedProcess[str]:
    (tmp_path / "exim.conf").write_text(CONFIG)
    (tmp_path / "one.exim-test").write_text(HEAD + text)
    argv = [sys.executable, "-m", "expander", "test", "one.exim-test"]
    return subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=False)


def test_what_holds_passes(tmp_path: Path) -> None:
    done = _run(tmp_path, GOOD)
    assert (done.returncode, done.stdout.startswith("3 passed")) == (0, True), done.stdout + done.stderr


def test_each_expectation_can_fail_and_tells_what_there_is(tmp_path: Path) -> None:
    done = _run(tmp_path, BAD)
    assert done.returncode == 2
    for line, found in enumerate(
        (
            "alice@example.com delivered by box",
            'in /var/mail/alice: "From s@far.example',
            "the files written: /var/mail/alice",
            "the commands: none",
            "sent to: nobody",
            "0 messages on the queue",
            "alice@example.com delivered by box",
        ),
        13,
    ):
        assert f"one.exim-test:{line}: expected" in done.stdout, (line, done.stdout)
        assert f"found {found}" in done.stdout, (found, done.stdout)


def test_a_delivery_that_cannot_be(tmp_path: Path) -> None:
    nothing = _run(tmp_path, 'scenario "x"\n  deliver\n  expect waiting\n')
    assert "wants a message below it, or a session that has taken one" in nothing.stdout
    words = _run(tmp_path, 'scenario "x"\n  deliver whatever it is\n    Subject: x\n  expect waiting\n')
    assert '"deliver" takes "from ADDRESS to ADDRESS, ADDRESS..."' in words.stdout
    before = _run(tmp_path, 'scenario "x"\n  expect delivered a@b\n')
    assert '"expect delivered" needs a delivery before it' in before.stdout


MOCKED = """\
config
  domainlist local = example.com
  begin routers
  known:
    driver = accept
    domains = ${lookup mysql{domains}{$value}}
    transport = box
  begin transports
  box:
    driver = appendfile
    file = /var/mail/${lookup mysql{folder}{$value}{none}}
    user = mail
    group = mail
profile debian-12
given user mail uid 8 gid 8
given folder /var/mail
scenario "answers of lookups are given to deliveries as well"
  given lookup mysql domains example.com
  given lookup mysql folder somebody
  deliver to x@example.com
    Subject: hello

    text
  expect file /var/mail/somebody text
"""


def test_answers_of_lookups_are_given_to_deliveries(tmp_path: Path) -> None:
    (tmp_path / "a.exim-test").write_text(MOCKED)
    command = [sys.executable, "-m", "expander", "test", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
