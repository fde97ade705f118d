"""Lists of constants answer as they would if they were gone through as text."""

from __future__ import annotations

import random

import pytest

from expander.configuration import load
from expander.lists import conditions
from expander.lists.constant import constant_list

CONFIGURATION = load(b"primary_hostname = Mail.Own.Example\n", profile="4.96")
DOMAINS = ("a.example", "B.example", "sub.a.example", "mail.own.example", "", "x", "*.example", "own.example")
PATTERNS = ("a.example", "B.Example", "*.example", "*", "@", "x", "*own.example", "", "a.*", "sub.a.example")
CLIENTS = ("127.0.0.1", "192.0.2.1", "192.0.2.200", "::ffff:192.0.2.1", "2001:db8::1", "", "10.1.2.3")
NETWORKS = (
    "192.0.2.1", "192.0.2.128/25", "*", "", "2001:db8::/32", "10.0.0.0/8", "0.0.0.0/0", "::/0", "::1",
    "10.1.2.3/99", "@[]",
)  # fmt: skip


def lists_of(patterns: tuple[str, ...]) -> list[str]:
    """Lists of a few of the patterns, some of them negated; the same each time."""
    chance, made = random.Random(7), []
    for _ in range(250):
        elements = [chance.choice(patterns) for _ in range(chance.randrange(5))]
        mark = ";" if patterns is NETWORKS else chance.choice(":;")
        body = f" {mark} ".join(f"{chance.choice(('', '', '!', '! '))}{element}" for element in elements)
        made.append(f"<{mark} {body} " if mark == ";" else body)
    return made


def asked(kind: str, subject: str, text: str, *, told: bool) -> tuple[conditions.Answer, list[str]]:
    """What a list says of a subject, and what it leaves behind."""
    context = CONFIGURATION.expander().context
    context.captures = ["before"]
    context.facts["sender_host_address"] = subject
    if told:
        context.tell_checks = lambda _text: None
    if kind == "host":
        return conditions.host_matches(context, text), context.captures
    return conditions.domain_matches(context, subject, text), context.captures


@pytest.mark.parametrize(("kind", "patterns", "subjects"), [
    ("domain", PATTERNS, DOMAINS),
    ("host", NETWORKS, CLIENTS),
])  # fmt: skip
def test_constant_lists_answer_as_texts_do(
    kind: str, patterns: tuple[str, ...], subjects: tuple[str, ...]
) -> None:
    texts = [text for text in lists_of(patterns) if text.strip()]
    assert sum(constant_list(kind, text) is not None for text in texts) > len(texts) / 2
    for text in texts:
        for subject in subjects:
            assert asked(kind, subject, text, told=False) == asked(kind, subject, text, told=True), text


@pytest.mark.parametrize(
    "text", ["+name", "^a", "@[]", "@mx_any", "/file", "lsearch;/file", "$domain", "a : !+b"]
)
def test_what_is_not_constant_is_gone_through(text: str) -> None:
    assert constant_list("domain", text) is None


@pytest.mark.parametrize("text", ["+name", "a.example", "@", "/file", "net-lsearch;/file", "192.0.2"])
def test_hosts_that_are_not_constant_are_gone_through(text: str) -> None:
    assert constant_list("host", text) is None
