"""What a session that is a test tells of lists from release 4.99 on: each element, indented by its depth."""

from __future__ import annotations

import pytest

from expander.api import Expander
from expander.config.load import load
from expander.config.profile import chosen
from expander.lists import conditions
from expander.world.memory import MemoryWorld

CONFIG = b"""\
primary_hostname = mail.example.test
domainlist local = !*.no.test : a.test : b.test
hostlist friends = *.friendly.test
host_lookup_order = bydns
"""
BAR = "░".encode().decode("latin-1")


class Told:
    """A context with what was told, each line behind as many dots as it is deep."""

    def __init__(self, profile: str = "4.99", address: str = "192.0.2.1") -> None:
        world = MemoryWorld(files={"/x": CONFIG, "/list": b"z.test\n"})
        release = chosen(profile)
        loaded = load("/x", profile=release, world=world)
        self.context = Expander(config=loaded, world=world, profile=release).context
        self.context.facts["sender_host_address"] = address
        self.lines: list[str] = []
        self.context.tell_checks = lambda text: self.lines.append("." * self.context.depth + text)

    def domain(self, name: str, listed: str, option: str = "") -> list[str]:
        """What is told of a domain list."""
        self.lines.clear()
        conditions.domain_matches(self.context, name, listed, option=option)
        return self.lines


def test_elements_are_told_of_and_the_answer_stands_where_it_was_found() -> None:
    assert Told().domain("b.test", "a.test : ! b.test") == [
        'b.test in "a.test : ! b.test"?',
        ".list element: a.test",
        f".list element: !{BAR}b.test",
        '.b.test in "a.test : ! b.test"? no (matched "! b.test")',
    ]


def test_the_end_of_a_list_is_told_as_far_left_as_its_begin() -> None:
    assert Told().domain("c.test", "<; a.test", "some_option") == [
        "c.test in some_option?",
        ".list element: a.test",
        "c.test in some_option? no (end of list)",
    ]


def test_a_separator_is_not_shown() -> None:
    assert Told().domain("a.test", "<; a.test")[0] == 'a.test in " a.test"?'


def test_named_lists_lie_deeper_and_are_remembered() -> None:
    told = Told()
    assert told.domain("b.test", "+local") == [
        'b.test in "+local"?',
        ".list element: +local",
        ". start sublist local",
        '...b.test in "!*.no.test : a.test : b.test"?',
        "....list element: !*.no.test",
        "....list element: a.test",
        "....list element: b.test",
        '....b.test in "!*.no.test : a.test : b.test"? yes (matched "b.test")',
        ". end sublist local",
        ".data from lookup saved for cache for +local: key 'b.test' value 'b.test'",
        '.b.test in "+local"? yes (matched "+local")',
    ]
    assert told.domain("b.test", "+local") == [
        'b.test in "+local"?',
        ".list element: +local",
        ". start sublist local",
        ".cached yes match for +local",
        ".cached lookup data = b.test",
        '.b.test in "+local"? yes (matched "+local" - cached)',
    ]


def test_after_a_name_that_is_not_known_everything_stands_further_to_the_right() -> None:
    told = Told()
    conditions.host_matches(told.context, "+friends")
    assert told.lines[-2:] == [".. end sublist friends", '.host in "+friends"? no (end of list)']
    assert told.context.depth == 1


@pytest.mark.parametrize("listed", ["+local", "a.test : /list", "<; x ; y", "!c.test"])
def test_the_depth_is_as_before_afterwards(listed: str) -> None:
    told = Told()
    for name in ("a.test", "x.no.test", "z.test"):
        told.domain(name, listed)
        assert told.context.depth == 0


def test_older_releases_tell_of_answers_alone() -> None:
    assert Told("4.96").domain("b.test", "+local") == [
        'b.test in "!*.no.test : a.test : b.test"? yes (matched "b.test")',
        'b.test in "+local"? yes (matched "+local")',
    ]
