"""Header lines with addresses that get a domain, or are rewritten."""

from __future__ import annotations

import pytest

from expander.api import Expander
from expander.config.model import RewriteRule
from expander.config.profile import PROFILES
from expander.rewriting.header import rewrite_header
from expander.rewriting.section import rewrite_headers
from expander.rewriting.where import Rule, rules_of, transport_rules
from expander.world.memory import MemoryWorld
from grammar.source import Source, Span

SPAN = Span(Source("-", ""), 0, 0)


def expander() -> Expander:
    return Expander(world=MemoryWorld())


def section(*rules: tuple[str, str, str]) -> tuple[Rule, ...]:
    return rules_of(RewriteRule(*rule, SPAN) for rule in rules)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("To: a, b@c", "To: a@r.test, b@c"),
        ("From: a", "From: a@s.test"),
        ("Resent-Cc: a", "Resent-Cc: a@r.test"),
        ("Resent-Reply-To: a", "Resent-Reply-To: a"),
        ("To: x . y (c)", "To: x.y@r.test (c)"),
        ("To: N <x (c)>", "To: N <x@r.test>"),
        ("To: a (c) . b", "To: a.b@r.test"),
        ("To: g: a, b; c", "To: g: a@r.test, b@r.test; c"),
        ("To: g: a, b; , c", "To: g: a@r.test, b@r.test; , c@r.test"),
        ("To: a <b", "To: a <b"),
        ("To: " + "a" * 27 + ", b", "To: " + "a" * 27 + "@r.test, b@r.test"),
        ("To: " + "a" * 28 + ", b", "To: " + "a" * 28 + "@r.test, \n\tb@r.test"),
        ("To: " + "a" * 28 + ",\n b", "To: " + "a" * 28 + "@r.test,\n b@r.test"),
    ],
)
def test_addresses_without_a_domain_get_one(line: str, expected: str) -> None:
    header = (line.partition(":")[0], line + "\n")
    new = rewrite_header(expander().context, header, (), sender_domain="s.test", recipient_domain="r.test")
    assert (new or header) == (header[0], expected + "\n")


LONG = "x" * 31


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("To: u@a, v@c (d), F. <w@a> (e)", "To: u@b.b, v@c (d), F. <w@b.b> (e)"),
        ("To: g: u@a (x), G <u@a>; , bad bad, u@a", "To: g: u@b.b (x), G <u@b.b>; , bad bad, u@b.b"),
        ("To: <@x,@y:u@a (c) >, @x:u@a (c)", "To: <u@b.b >, u@b.b (c)"),
        (f"To: {LONG}@a, v@a", f"To: {LONG}@b.b, \n\tv@b.b"),
        (f"To: {LONG}{LONG}@c, v@a, w@a", f"To: {LONG}{LONG}@c, v@b.b, \n\tw@b.b"),
        (f"To: {LONG}@same, v@c", f"To: {LONG}@EMAS, v@c"),
        ("cc : W <u@w> (x), g: W <u@w> (y); , u@c", 'cc : "J. X" <u@a>, "J. X" <u@a>, u@c'),
        ("Resent-To: u@a", "Resent-To: u@b.b"),
        ("Resent-Reply-To: u@a", "Resent-Reply-To: u@a"),
        ("X-To: u@a", "X-To: u@a"),
        ("From: u@a", "From: u@a"),
        ("To: u", "To: u"),
    ],
)
def test_addresses_are_rewritten_where_they_stand(line: str, expected: str) -> None:
    rules = section(
        ("*@a", "$1@b.b", "tr"),
        ("*@same", "$1@EMAS", ""),
        ("*@w", '"J. X" <$1@a>', "cw"),
        ("*@a", "x@y", "F"),
    )
    header = (line.partition(":")[0], line + "\n")
    new = rewrite_header(expander().context, header, rules)
    assert (new or header) == (header[0], expected + "\n")


def test_transports_rewrite_all_header_lines_unless_told_which() -> None:
    rules = transport_rules([("*@a", "$1@b", ""), ("*@b", "$1@c", "f")])
    context = expander().context
    assert rewrite_header(context, ("From", "From: u@a\n"), rules) == ("From", "From: u@c\n")
    assert rewrite_header(context, ("To", "To: u@a\n"), rules) == ("To", "To: u@b\n")


def test_what_is_wrong_in_a_line_is_logged_only_where_there_are_rules() -> None:
    context, told = Expander(world=MemoryWorld(), profile=PROFILES["debian-12"]).context, []
    context.log_with = lambda text, _panic: told.append(text)
    header = ("To", "To: a b@c, , <>\n")
    assert rewrite_header(context, header, (), recipient_domain="d") is None
    assert told == []
    assert rewrite_header(context, header, section(("*@x", "y@z", ""))) is None
    assert told == [
        'rewrite: missing or malformed local part (expected word or "<")',
        "rewrite: missing or malformed local part",
    ]


def test_newer_releases_log_what_is_wrong_without_rules_as_well() -> None:
    context, told = Expander(world=MemoryWorld(), profile=PROFILES["4.99"]).context, []
    context.log_with = lambda text, _panic: told.append(text)
    rewrite_headers(context, [("To", "To: a b@c, , x@y\n"), ("Subject", "Subject: a b@c\n")])
    assert told == ['qualify/rewrite: missing or malformed local part (expected word or "<")']


def test_variables_are_as_before_afterwards() -> None:
    context = expander().context
    context.facts["local_part"], context.captures = "kept", ["zero", "one"]
    rewrite_header(context, ("To", "To: u@a\n"), section(("*@a", "$local_part@b", "")))
    assert (context.facts["local_part"], context.captures) == ("kept", ["zero", "one"])
    assert "domain" not in context.facts
