"""Statements of ACLs that are passed by at a glance do what they would do otherwise."""

from __future__ import annotations

import pytest

from expander.configuration import Configuration, load
from expander.expand.context import Context
from expander.world.memory import MemoryWorld

LIST = "${if exists{/lists/%s}{/lists/%s}{}}"
CONFIGURATION = f"""\
primary_hostname = mail.example.test
domainlist ours = a.test
acl_smtp_rcpt = rcpt
begin acl
rcpt:
  warn    hosts = 192.0.2.0/24
          set acl_m_seen = yes
  warn    domains = a.test
          !verify = helo
  deny    hosts = {LIST % ("hosts", "hosts")}
          message = host $host_data $acl_verify_message
  defer   senders = {LIST % ("senders", "senders")}
          message = sender $sender_data
  deny    domains = {LIST % ("domains", "domains")}
          message = domain $domain_data
  deny    local_parts = {LIST % ("names", "names")}
          message = name $local_part_data
  deny    !recipients = {LIST % ("not", "not")} : *@a.test
          message = others
  accept  message = [$domain_data][$local_part_data][$host_data][$acl_verify_message]$acl_m_seen
""".encode()
FILES = {
    "/lists/hosts": b"192.0.2.7\n",
    "/lists/senders": b"x@client.test\n",
    "/lists/domains": b"a.test\n",
    "/lists/names": b"root\n",
}


def loaded(*paths: str) -> tuple[Configuration, MemoryWorld]:
    """The configuration on a machine with some of the files."""
    world = MemoryWorld(files={"/lists/": b"", **{path: FILES[path] for path in paths}})
    return load(CONFIGURATION, profile="debian-12", world=world), world


def watch(context: Context) -> None:
    """Let somebody be told of the work, so that nothing is passed by."""
    context.debug_with = context.tell_checks = lambda _text: None


def replies(config: Configuration, *, told: bool, rounds: int = 3) -> list[str]:
    """What some recipients are told; the texts of the ACL are compiled after the first."""
    session = config.session("192.0.2.7", prepare=watch if told else None)
    session.command("EHLO client.test")
    session.command("MAIL FROM:<x@client.test>")
    names = ("root@a.test", "root@b.test", "other@a.test") * rounds
    return [str(session.command(f"RCPT TO:<{name}>")) for name in names]


@pytest.mark.parametrize("paths", [(), *((path,) for path in FILES), tuple(FILES)])
def test_a_glance_decides_as_going_through_the_statement_does(paths: tuple[str, ...]) -> None:
    config, _ = loaded(*paths)
    assert replies(config, told=False) == replies(config, told=True)


@pytest.mark.parametrize("path", FILES)
def test_a_file_that_comes_or_goes_counts_at_once(path: str) -> None:
    config, world = loaded()
    session = config.session("192.0.2.7")
    session.command("EHLO client.test")
    session.command("MAIL FROM:<x@client.test>")
    codes = []
    for _ in range(2):
        codes.append(session.send(b"RCPT TO:<root@a.test>\r\n")[-1].code)
        world.files.write(path, FILES[path])
        codes.append(session.send(b"RCPT TO:<root@a.test>\r\n")[-1].code)
        world.files.remove(path)
    assert codes[0] == codes[2] == 250
    assert codes[1] == codes[3] >= 400


NESTED = f"""\
primary_hostname = mail.example.test
domainlist ours = a.test : own.test
acl_smtp_rcpt = rcpt
begin acl
exceptions:
  accept  hosts = {LIST % ("hosts", "hosts")}
  accept  senders = {LIST % ("senders", "senders")}
judges:
  deny    domains = b.test
          message = judged $acl_narg $local_part
  deny    local_parts = other
          log_message = for the log
          message = no others
  accept  domains = {LIST % ("domains", "domains")}
          message = in a file
empty:
discards:
  discard local_parts = nobody
  accept
rcpt:
  require message = only ours
          domains = +ours : *.test
  deny    message = before $local_part
          log_message = before it
          local_parts = before
          domains = +ours
  deny    authenticated = *
          message = known
  deny    !acl = exceptions
          domains = +ours
          local_parts = {LIST % ("names", "names")}
          message = named [$domain_data][$local_part_data][$acl_verify_message]
  warn    !acl = judges
          set acl_m_judged = $acl_m_judged<$local_part@$domain>
  discard acl = discards
          local_parts = nobody
  require acl = judges
  accept  domains = a.test
          acl = empty
  accept  encrypted = *
  deny    !acl = judges
  accept  acl = judges
          message = [$acl_m_judged][$domain_data]
""".encode()


def outcomes(config: Configuration, *, told: bool) -> list[str]:
    """What comes of recipients, each of them several times: replies, verdicts and what is left behind."""
    session = config.session("192.0.2.7", prepare=watch if told else None)
    session.command("EHLO client.test")
    session.command("MAIL FROM:<x@client.test>")
    names = (
        "root@a.test",
        "root@b.test",
        "other@a.test",
        "nobody@own.test",
        "a@x.example",
        "root@own.test",
        "before@a.test",
    )
    seen = [str(session.command(f"RCPT TO:<{name}>")) for name in names * 3]
    seen += [str(verdict) for verdict in session.verdicts]
    return [*seen, *session.log, str(sorted(session.context.facts.items())), str(session.context.captures)]


@pytest.mark.parametrize("paths", [(), *((path,) for path in FILES), tuple(FILES)])
def test_acls_within_acls_decide_at_a_glance_as_they_do_otherwise(paths: tuple[str, ...]) -> None:
    world = MemoryWorld(files={"/lists/": b"", **{path: FILES[path] for path in paths}})
    config = load(NESTED, profile="debian-12", world=world)
    first = outcomes(config, told=False)
    assert outcomes(config, told=True) == first
    assert outcomes(config, told=False) == first
    assert {line[:3] for line in first[:21]} == {"250", "550"}


def test_a_file_counts_at_once_for_an_acl_that_another_one_asks() -> None:
    world = MemoryWorld(files={"/lists/": b"", "/lists/names": FILES["/lists/names"]})
    config = load(NESTED, profile="debian-12", world=world)
    session = config.session("192.0.2.7")
    session.command("EHLO client.test")
    session.command("MAIL FROM:<x@client.test>")
    replies = []
    for _ in range(3):
        replies.append(str(session.send(b"RCPT TO:<root@a.test>\r\n")[-1]))
        world.files.write("/lists/hosts", FILES["/lists/hosts"])
        replies.append(str(session.send(b"RCPT TO:<root@a.test>\r\n")[-1]))
        world.files.remove("/lists/hosts")
    assert [" named " in reply for reply in replies] == [True, False] * 3
