"""Routes, verifications and filters for programs."""

from __future__ import annotations

import dataclasses

import pytest

from drivers.api.errors import Failed
from expander.configuration import Configuration, load
from expander.world.memory import MemoryWorld

CONFIG = b"""\
primary_hostname = mail.example.test
qualify_domain = example.test
begin routers
wrong:
  driver = accept
  domains = other.test
  transport = remote
aliases:
  driver = redirect
  domains = example.test
  data = ${lookup{$local_part}lsearch{/aliases}}
  allow_fail
  pipe_transport = remote
guarded:
  driver = accept
  condition = ${if eq{$sender_address}{boss@example.test}}
  transport = local
all:
  driver = manualroute
  route_list = * 192.0.2.7
  transport = remote
begin transports
local:
  driver = appendfile
  file = /dev/null
remote:
  driver = smtp
"""
ALIASES = b"two: one@x.test, other@other.test\nno: :fail: gone\nself: self\nran: |/bin/x\n"


@pytest.fixture
def config() -> Configuration:
    return load(CONFIG, profile="debian-12", world=MemoryWorld({"/aliases": ALIASES}))


def test_a_route_is_a_tree(config: Configuration) -> None:
    found = config.route("two@example.test")
    assert [step.router for step in found.steps] == ["wrong", "aliases"]
    assert (found.steps[0].stopped_by, found.steps[0].value) == ("domains", "other.test")
    assert found.steps[1].passed == ("domains",)
    assert [child.address for child in found.children] == ["one@x.test", "other@other.test"]
    one, other = found.ends
    assert (one.transport, [host.address for host in one.hosts]) == ("remote", ["192.0.2.7"])
    assert [step.router for step in other.steps] == ["wrong"]


def test_a_route_tells_itself(config: Configuration) -> None:
    text = config.route("no@example.test").explain()
    assert text.splitlines() == [
        "no@example.test",
        "  wrong: skipped by domains = other.test",
        "  aliases: fails it (passed: domains)",
        "  undeliverable: gone",
    ]


def test_the_sender_counts(config: Configuration) -> None:
    assert config.route("a@x.test").transport == "remote"
    assert config.route("a@x.test", sender="boss@example.test").transport == "local"


def test_an_address_that_is_its_own_child(config: Configuration) -> None:
    found = config.route("self@example.test")
    assert [child.address for child in found.children] == ["self@example.test"]
    assert found.ends[0].steps[1].stopped_by == "repeat_use"


def test_a_pipe_is_no_address(config: Configuration) -> None:
    (pipe,) = config.route("ran@example.test").children
    assert (pipe.kind, pipe.address, pipe.transport) == ("pipe", "|/bin/x", "remote")


def test_what_is_no_address(config: Configuration) -> None:
    with pytest.raises(Failed):
        config.route("a b@x.test")


def test_addresses_are_verified(config: Configuration) -> None:
    assert config.verify("a@x.test").outcome == "OK"
    failed = config.verify("no@example.test")
    assert (failed.outcome, failed.message) == ("FAIL", "gone")


def test_filters_are_run(config: Configuration) -> None:
    message = b"Subject: hello\nFrom: a@x.test\n\nbody\n"
    text = "# Exim filter\nif $h_subject: is hello then deliver b@x.test endif\n"
    found = config.filter(text, message, recipient="u@example.test")
    assert (found.kind, found.outcome) == ("exim", "delivered")
    assert [(each.kind, each.text) for each in found.deliveries] == [("address", "b@x.test")]
    assert found.explain() == "exim filter: delivered\n  address: b@x.test"


def test_filters_may_be_wrong(config: Configuration) -> None:
    found = config.filter("# Exim filter\nfoo\n", b"\n")
    assert found.outcome == "error"
    assert "foo" in found.message
    sieve = config.filter("# Sieve filter\nfoo;\n", b"\n")
    assert (sieve.kind, sieve.outcome, sieve.line) == ("sieve", "error", 2)


def test_sieve_scripts_are_run(config: Configuration) -> None:
    text = '# Sieve filter\nrequire "fileinto";\nfileinto "spam";\nredirect "b@x.test";\n'
    found = config.filter(text, b"Subject: x\n\n")
    assert [(each.kind, each.text) for each in found.deliveries] == [
        ("file", "spam"),
        ("address", "b@x.test"),
    ]


def test_results_are_frozen(config: Configuration) -> None:
    message = b"Subject: hello\n\nbody\n"
    session = load(b"acl_smtp_rcpt = accept\n" + CONFIG, profile="debian-12").session("192.0.2.1")
    session.command("HELO x.test")
    session.command("MAIL FROM:<a@x.test>")
    session.command("RCPT TO:<b@x.test>")
    results = [
        config.route("two@example.test"),
        config.verify("a@x.test"),
        config.filter("# Exim filter\nseen finish\n", message),
        config.deliver(message, "a@x.test", sender="boss@example.test"),
        *session.verdicts,
    ]
    assert session.verdicts
    for result in results:
        assert result.explain()
        for field in dataclasses.fields(result):
            with pytest.raises(dataclasses.FrozenInstanceError):
                setattr(result, field.name, "")
