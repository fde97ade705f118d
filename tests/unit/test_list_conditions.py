"""Lists as conditions of sessions: what is remembered, what is told, what is left in variables."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.api.text import Tainted
from expander.api import Expander
from expander.config.load import load
from expander.config.profile import PROFILES
from expander.expand.context import Context
from expander.lists import conditions
from expander.lists.conditions import DEFER, FAIL, OF_SENDER, OK
from expander.world.real import RealWorld
from expander.world.virtual_host import VirtualHost

CONFIG = """\
primary_hostname = mail.example.test
domainlist plain = example.test : !bad.test
domainlist keyed = lsearch;@DIR@/keys
domainlist open = ${if eq{a}{a}{example.test}}
domainlist_cache kept = ${if eq{a}{a}{example.test}}
domainlist outer = x.test : +open
hostlist near = 192.0.2.0/24
"""
ZONE = "one A 192.0.2.1\nagain CNAME test.again.dns.\n"


class Told:
    """A context whose client is 192.0.2.1, and what is told of it."""

    def __init__(self, path: Path) -> None:
        (path / "conf").write_text(CONFIG.replace("@DIR@", str(path)))
        (path / "keys").write_text("example.test: data\n")
        (path / "zones").mkdir()
        (path / "zones" / "db.test").write_text(ZONE)
        (path / "zones" / "db.ip4.192").write_text("1.2.0 PTR one.test.\n")
        world = RealWorld(VirtualHost(zones=str(path / "zones"), addresses=("127.0.0.1",)))
        profile = PROFILES["debian-12"]
        config = load(str(path / "conf"), profile=profile, world=world)
        self.ctx: Context = Expander(config=config, profile=profile, world=world).context
        self.ctx.facts["sender_host_address"] = Tainted("192.0.2.1")
        self.lines: list[str] = []
        self.ctx.tell_checks = self.lines.append

    def taken(self) -> list[str]:
        lines, self.lines[:] = list(self.lines), []
        return lines


@pytest.fixture
def told(tmp_path: Path) -> Told:
    return Told(tmp_path)


def test_what_a_named_list_says_is_remembered_for_a_recipient(told: Told) -> None:
    ctx = told.ctx
    assert conditions.domain_matches(ctx, "example.test", "+plain").word == OK
    assert told.taken() == [
        'example.test in "example.test : !bad.test"? yes (matched "example.test")',
        'example.test in "+plain"? yes (matched "+plain")',
    ]
    assert conditions.domain_matches(ctx, "example.test", "a : +plain").word == OK
    assert told.taken() == ['example.test in "a : +plain"? yes (matched "+plain" - cached)']
    conditions.new_recipient(ctx)
    conditions.domain_matches(ctx, "example.test", "+plain")
    assert len(told.taken()) == len(["inner", "outer"])


@pytest.mark.parametrize(("name", "lines"), [("open", 2), ("outer", 3), ("kept", 1)])
def test_lists_that_are_expanded_are_asked_again_unless_they_say_so(
    told: Told, name: str, lines: int
) -> None:
    for _ in range(2):
        told.taken()
        assert conditions.domain_matches(told.ctx, "example.test", f"+{name}").word == OK
    assert len(told.taken()) == lines


def test_data_of_a_lookup_is_remembered_with_the_match(told: Told) -> None:
    for _ in range(2):
        answer = conditions.domain_matches(told.ctx, "example.test", "+keyed")
        assert (answer.word, answer.data, told.ctx.facts["domain_data"]) == (OK, "data", "data")
    assert conditions.domain_matches(told.ctx, "example.test", "none.test") == (FAIL, None, None)
    assert "domain_data" not in told.ctx.facts


def test_the_domain_of_an_address_is_told_first(told: Told) -> None:
    answer = conditions.address_matches(told.ctx, "a@x.test", "*@x.test", scope=OF_SENDER, data="sender_data")
    assert (answer.word, told.ctx.facts["sender_data"]) == (OK, "*@x.test")
    assert told.taken() == [
        'x.test in "x.test"? yes (matched "x.test")',
        'a@x.test in "*@x.test"? yes (matched "*@x.test")',
    ]


def test_names_of_the_client_are_found_where_they_are_needed(told: Told) -> None:
    assert conditions.host_matches(told.ctx, "+near : *.test").word == OK
    assert "sender_host_name" not in told.ctx.facts
    told.taken()
    assert conditions.host_matches(told.ctx, "*.test").word == OK
    assert told.taken() == [
        "sender host name required, to match against *.test",
        "looking up host name for 192.0.2.1",
        'IP address lookup yielded "one.test"',
        "checking addresses for one.test",
        "  192.0.2.1 OK",
        'host in "*.test"? yes (matched "*.test")',
    ]


def test_a_problem_that_may_pass_leaves_a_list_open(told: Told) -> None:
    answer = conditions.host_matches(told.ctx, "again.test : *")
    assert answer == (DEFER, None, 'DNS lookup of "again.test" deferred')
    assert told.taken()[-1] == 'host in "again.test : *"? list match deferred for again.test'
    assert conditions.host_matches(told.ctx, "+ignore_defer : again.test : *").word == OK


def test_nothing_is_told_where_nobody_listens(told: Told) -> None:
    told.ctx.tell_checks = None
    assert conditions.host_matches(told.ctx, "one.test").word == OK
    assert told.lines == []
