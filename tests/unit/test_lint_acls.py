"""What the checker knows of ACLs: the values an expansion can have, who calls whom, where errors stand."""

from __future__ import annotations

import pytest

from drivers.api.acl import GAP
from expander.config.load import load
from expander.config.profile import PROFILES
from expander.lint import relay
from expander.lint.engine import check_file
from expander.lint.places import in_file
from expander.lint.possible import outcomes
from expander.lint.survey import Survey
from expander.world.memory import MemoryWorld
from grammar.source import Source

PATH = "/etc/exim.conf"


def survey(text: str, **files: str) -> Survey:
    stored = {f"/etc/{name}": content.encode("latin-1") for name, content in files.items()}
    world = MemoryWorld(files={PATH: text.encode("latin-1"), **stored})
    config = load(PATH, profile=PROFILES["debian-12"], world=world, macros={}, collect=True)
    return Survey(config, world)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", [("plain", True)]),
        ("${if eq{$local_part}{a}{one}{two}}", [("one", True), ("two", True)]),
        ("${if eq{$local_part}{a}{one}}", [("one", True), ("", True)]),
        ("${if eq{$local_part}{a}{one}fail}", [("one", True)]),
        ("${lookup{a}lsearch{/f}{x$value}{y}}", [("x", False), ("y", True)]),
        ("acl_${if def:domain{a}{b}}_x", [("acl_a_x", True), ("acl_b_x", True)]),
        ("check_$domain", [("check_", False)]),
        ("$domain", [("", False)]),
        ("", [("", True)]),
        ("${if", [("", False)]),
    ],
)
def test_what_an_expansion_can_come_to(text: str, expected: list[tuple[str, bool]]) -> None:
    found = outcomes(survey("").tree(Source("", text)))
    assert [(one.text, one.whole) for one in found] == expected


def test_a_gap_stands_for_what_is_not_known() -> None:
    found = outcomes(survey("").tree(Source("", "sender=$domain/callout")), GAP)
    assert [(one.text, one.whole) for one in found] == [(f"sender={GAP}/callout", False)]


def test_so_many_values_are_none() -> None:
    text = "${if def:domain{a}{b}}" * 7
    assert [one.whole for one in outcomes(survey("").tree(Source("", text)))] == [False]


CALLS = """\
acl_smtp_mail = first
acl_smtp_rcpt = check_${lc:$acl_c0}
domainlist asked = ${acl{listed}}
begin acl
first:
  accept acl = second one
second:
  accept condition = ${acl{third}}
third:
  accept
check_a:
  accept
listed:
  accept
"""


def test_phases_go_from_caller_to_called() -> None:
    graph = survey(CALLS).graph
    assert graph.phases["third"] == {"mail"}
    assert [call.name for call in graph.path("third", "mail")] == ["first", "second", "third"]
    assert graph.path("third", "rcpt") == ()


def test_the_beginning_of_a_name_narrows_what_it_can_mean() -> None:
    graph = survey(CALLS).graph
    assert graph.phases["check_a"] == frozenset()
    assert graph.may_run_in("check_a") == {"rcpt"}
    assert graph.may_run_in("third") == {"mail"}
    assert graph.open_phases == frozenset()


def test_what_a_list_calls_runs_where_the_list_is_used() -> None:
    assert survey(CALLS).graph.may_run_in("listed") == frozenset()


def test_an_error_in_the_file_of_an_acl_stands_there() -> None:
    files = {
        PATH: b"acl_smtp_mail = /etc/mail.acl\n",
        "/etc/mail.acl": b"# first\naccept hosts = *\n  oops = 1\n",
    }
    world = MemoryWorld(files=files)
    found = check_file(PATH, profile=PROFILES["debian-12"], world=world, macros={})
    (error,) = [finding for finding in found if finding.code == "EXA030"]
    assert error.message == 'unknown ACL condition/modifier in "oops = 1"'
    assert error.span is not None
    where = in_file(error.span)
    assert (where.source.name, where.position()[0]) == ("/etc/mail.acl", 3)


def test_an_acl_in_quotes_has_its_place_in_the_option() -> None:
    text = 'acl_smtp_mail = "\\\n  deny hosts = 192.0.2.1\\n\\\n  accept domains = a.example"\n'
    world = MemoryWorld(files={PATH: text.encode("latin-1")})
    found = check_file(PATH, profile=PROFILES["debian-12"], world=world, macros={})
    (error,) = [finding for finding in found if finding.code == "EXA001"]
    assert error.span is not None
    assert (error.span.text, in_file(error.span).position()[0]) == ("domains", 3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*", True),
        ("192.0.2.0/24 : +relay", False),
        ("+wide", True),
        ("!192.0.2.1", True),
        ("!+relay : *", True),
        ("0.0.0.0/0", True),
        ("net-lsearch;/etc/hosts", False),
        (":", False),
        ("", False),
        ("$acl_c_hosts", None),
        ("+missing", None),
    ],
)
def test_whether_a_stranger_is_in_a_list(text: str, expected: bool | None) -> None:
    found = survey("hostlist relay = 192.0.2.0/24\nhostlist wide = <; +relay ; 2001:db8::/0\n")
    assert relay.in_list(found, "host", text, ("*",)) is expected


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("control = submision/domain=a.example", "submission"),
        ("verify = reciepient/defer_ok", "recipient"),
        ("verify = sender/calout=30s", "callout"),
        ("ratelimit = 10/1h/per_recpt", "per_rcpt"),
    ],
)
def test_a_word_that_is_nearly_one_is_mended(line: str, meant: str) -> None:
    text = f"acl_smtp_rcpt = c\nbegin acl\nc:\n  accept {line}\n"
    world = MemoryWorld(files={PATH: text.encode("latin-1")})
    found = check_file(PATH, profile=PROFILES["debian-12"], world=world, macros={})
    fixes = [finding.fix for finding in found if finding.fix is not None and finding.code.startswith("EXA")]
    assert [[edit.text for edit in fix.edits] for fix in fixes] == [[meant]]
    assert not fixes[0].safe
