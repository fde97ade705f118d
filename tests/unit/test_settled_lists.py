"""Lists that depend on the configuration alone say and leave the same whether they are remembered or not."""

from __future__ import annotations

import random

import pytest

from drivers.api.acl import OK
from drivers.api.text import Tainted
from expander.acl.engine import check_acl
from expander.configuration import Configuration, load
from expander.lists import conditions
from expander.lists.remembered import DOMAINS, HOSTS, KNOWN, LOCAL_PARTS, settled_list

TEXT = """\
primary_hostname = Mail.Own.Example
domainlist near = a.example : *.b.example : !c.b.example
domainlist outer = x.example : +near : ^y[0-9]\\.(example)
domainlist own = @ : @[] : own.example
domainlist open = ${if eq{1}{1}{a.example}}
domainlist circle = +circle
hostlist some = 192.0.2.0/24 : !192.0.2.7 : *
hostlist named = mail.example : 192.0.2.1
localpartlist plain = root : ^web(.*) : *-x
"""
PATTERNS = {
    "domain": ("a.example", "!x.b.example", "+near", "!+outer", "+own", "*", "^y(.)", "@", "b.example"),
    "localpart": ("root", "!+plain", "+plain", "^(w)e", "*-x", "!web"),
    "host": ("192.0.2.1", "!192.0.2.0/28", "+some", "!+some", "*", ":"),
}
SUBJECTS = {
    "domain": ("a.example", "X.b.example", "y1.example", "mail.own.example", "other", "own.example"),
    "localpart": ("root", "Root", "webmaster", "a-x", "other"),
    "host": ("192.0.2.1", "192.0.2.7", "192.0.2.200", "2001:db8::1"),
}
PLACES = {"domain": DOMAINS, "localpart": LOCAL_PARTS, "host": HOSTS}
ASK = {"domain": conditions.domain_matches, "localpart": conditions.local_part_matches}


def loaded() -> Configuration:
    return load(TEXT.encode(), profile="4.96")


def conversation(kind: str) -> list[tuple[str, str]]:
    """Lists and what they are asked about, in the order of one session; the same each time."""
    chance, made = random.Random(kind), []
    for _ in range(120):
        elements = [chance.choice(PATTERNS[kind]) for _ in range(chance.randrange(1, 4))]
        made.append((" : ".join(elements), chance.choice(SUBJECTS[kind])))
    return made


def gone_through(config: Configuration, kind: str, *, told: bool = False) -> list[object]:
    """What each of the lists has said and left, in one context; nothing is remembered if it is ``told``."""
    context = config.expander().context
    if told:
        context.tell_checks = lambda _text: None
    seen: list[object] = []
    for number, (text, subject) in enumerate(conversation(kind)):
        if number % 7 == 0:
            conditions.new_sender(context)
        if number % 5 == 0:
            context.captures = ["before"]
        if kind == "host":
            context.facts["sender_host_address"] = subject
            context.state.get(KNOWN, {}).clear()  # another client is another session
            answer = conditions.host_matches(context, text)
        else:
            answer = ASK[kind](context, Tainted(subject) if number % 3 else subject, text)
        data = {name: context.facts.get(name) for name in ("domain_data", "local_part_data", "host_data")}
        seen.append((text, subject, answer, [*context.captures], data))
    return seen


@pytest.mark.parametrize("kind", sorted(PATTERNS))
def test_what_is_remembered_is_what_was_said(kind: str) -> None:
    warm = loaded()
    first = gone_through(warm, kind)
    assert gone_through(warm, kind) == first
    assert gone_through(loaded(), kind, told=True) == first
    remembered = [text for text, _ in conversation(kind) if settled_list(warm.model, PLACES[kind], text)]
    assert len(remembered) > len(conversation(kind)) / 2


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("domain", "+open"),
        ("domain", "+circle"),
        ("domain", "+nosuch"),
        ("domain", "$domain"),
        ("domain", "lsearch;/file"),
        ("domain", "/file"),
        ("domain", "@mx_any"),
        ("host", "+named"),
        ("host", "mail.example"),
        ("host", "@[]"),
        ("localpart", "+nosuch"),
        ("localpart", ""),
    ],
)
def test_what_hangs_on_more_is_not_remembered(kind: str, text: str) -> None:
    assert settled_list(loaded().model, PLACES[kind], text) is None


def test_address_literals_of_this_host_are_found_out_each_time() -> None:
    config = loaded()
    context = config.expander().context
    for name, word in (("own.example", "OK"), ("[127.0.0.1]", "OK"), ("[192.0.2.99]", "FAIL")) * 2:
        conditions.new_recipient(context)
        assert conditions.domain_matches(context, name, "+own").word == word
    found = settled_list(config.model, DOMAINS, "+own")
    assert found is not None
    assert not any("[" in str(key) for key in found.said)


ACL = """\
begin acl
rcpt:
  deny domains = +near
       local_parts = ^(r)oot
       set acl_m_in = $domain_data/$local_part_data
       condition = ${if eq{$local_part}{rooty}}
  deny !domains = +outer
       set acl_m_out = $domain_data
       !hosts = +some
  accept hosts = 192.0.2.1 : !192.0.2.0/28 : *
       set acl_m_host = $host_data
"""


@pytest.mark.parametrize("is_told", [False, True])
def test_conditions_of_acls_say_the_same_the_second_time(is_told: bool) -> None:
    config, results = load(f"{TEXT}{ACL}".encode(), profile="4.96"), []
    for _ in range(2):
        for local, domain, client in (
            ("root", "a.example", "192.0.2.1"),
            ("rooty", "a.example", "192.0.2.1"),
            ("other", "q.example", "192.0.2.7"),
            ("other", "y1.example", "192.0.2.7"),
        ):
            context = config.expander().context
            context.tell_checks = (lambda _text: None) if is_told else None
            context.facts.update(local_part=local, domain=domain, sender_host_address=client)
            result = check_acl(context, "rcpt", "rcpt")
            results.append((result.word, dict(context.acl_m)))
    assert results[:4] == results[4:]
    assert results[0] == (OK, {"_in": "a.example/^(r)oot", "_host": ""})
    assert [word for word, _ in results[:4]] == ["OK", "FAIL", "FAIL", "FAIL"]
