"""Exim filter files: reading them, obeying them, and what is said of wrong ones."""

from __future__ import annotations

import pytest

from drivers.api.filters import Delivery
from drivers.values.filter_kind import kind_of
from expander.api import Expander
from expander.filters.run import interpret
from expander.filters.state import forbidden
from expander.filters.words import filter_words
from expander.setting import take_message
from grammar.ast.filter import If, Logic
from grammar.filter import parse

MESSAGE = b"""\
From: Ann <ann@sender.test>
To: joe@example.test, "Bob" <bob@example.test>
Subject: Report 42

Body
"""


def told(text: str, *, is_system: bool = False) -> tuple[str, str, str]:
    """The outcome, its message, and what a test of the filter prints."""
    expander = Expander()
    ctx = expander.context
    take_message(ctx, MESSAGE)
    ctx.options = {**ctx.options, "qualify_recipient": "example.test"}
    ctx.facts |= {
        "local_part": "joe",
        "domain": "example.test",
        "sender_address": "ann@sender.test",
        "return_path": "ann@sender.test",
    }
    said: list[str] = []
    result = interpret(ctx, f"# Exim filter\n{text}\n", is_system=is_system, tell=said.append)
    return result.outcome, result.message, "".join(said)


@pytest.mark.parametrize(
    ("text", "outcome", "output"),
    [
        ("save x 640", "delivered", "Save message to: x 0640\n"),
        ("unseen deliver a noerror pipe b", "delivered", None),
        ("unseen save x", "not delivered", "Unseen save message to: x\n"),
        ("seen finish save x", "delivered", "Seen finish\n"),
        ("add 010 to n1 add -1 to n1 testprint $n1", "not delivered", None),
        ('if $h_subject: matches "([0-9]+)" then save $1 endif', "delivered", "Save message to: 42\n"),
        ("if a CONTAINS A then save x else save y endif", "delivered", "Save message to: y\n"),
        ("if a contains A then save x endif", "delivered", "Save message to: x\n"),
        (
            "if foranyaddress $h_to: ($thisaddress contains bob) then save $thisaddress endif",
            "delivered",
            None,
        ),
        ("if personal then save mine endif", "delivered", "Save message to: mine\n"),
        ("if 2k is above 2047 and not delivered then save x endif", "delivered", "Save message to: x\n"),
        (
            'mail subject "a\\n b" text hi',
            "not delivered",
            "Mail to: <default>\nsubject: a\\n b\n   text: hi\n",
        ),
    ],
)
def test_what_is_set_up(text: str, outcome: str, output: str | None) -> None:
    found = told(text)
    assert found[:2] == (outcome, "")
    if output is not None:
        assert found[2] == output


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("bogus x", 'unknown filtering command "bogus" near line 2 of filter file'),
        ("save", '"save" requires an argument near line 3 of filter file'),
        ('save "x', "quote missing at end of string in line 2"),
        ("if a is b", '"and" or "or" or "then" expected near line 4 of filter file, but found ""'),
        ("if a is b then save x", '"endif" missing at end of filter file'),
        ("if (a is b then save x endif", 'missing ")" at end of condition near line 2 of filter file'),
        ("if a is b) then save x endif", 'unexpected ")" in line 2 of filter file'),
        ("else", 'unexpected "else" command near line 3 of filter file'),
        ("seen unseen save x", '"seen" or "unseen" repeated near line 2'),
        ("fail", 'filtering command "fail" is disabled: near line 3 of filter file'),
        ("add x to n1", 'malformed number "x" in "add" command'),
        ("if x is above 1 then finish endif", 'malformed numerical string "x"'),
        ("deliver a errors_to b@c", "errors_to must point to the caller's address"),
        ("save $bogus", 'failed to expand "$bogus" in save command: unknown variable name "bogus"'),
    ],
)
def test_what_is_said_of_wrong_filters(text: str, message: str) -> None:
    assert told(text)[:2] == ("error", message)


@pytest.mark.parametrize("how", ["fail", "freeze", "defer"])
def test_system_filters_end_messages(how: str) -> None:
    assert told(f"{how} text because save x", is_system=True) == (
        how,
        "because",
        f'{how.capitalize()} text "because"\n',
    )


def test_system_filters_change_the_header_at_once() -> None:
    text = 'headers add "X-A: b" headers remove "Subject" testprint "$h_x-a:-$h_subject:"'
    assert told(text, is_system=True)[2].endswith("Testprint: b-\n")


def test_a_delivery_is_set_up_once() -> None:
    ctx = Expander().context
    ctx.options = {**ctx.options, "qualify_recipient": "example.test"}
    result = interpret(ctx, "#exim filter\nsave x save x pipe y")
    assert result.deliveries == (Delivery("file", "x"), Delivery("pipe", "y"))


def test_log_lines_go_at_once_to_whoever_delivers() -> None:
    text, written = "#exim filter\nlogfile /l 640 logwrite a", []

    def keep(path: str, mode: int, line: str) -> None:
        written.append((path, mode, line))

    assert interpret(Expander().context, text, log_with=keep).outcome == "not delivered"
    assert written == [("/l", 0o640, "a\n")]
    assert interpret(Expander().context, text).outcome == "not delivered"
    refused = interpret(Expander().context, text, log_with=forbidden)
    assert (refused.outcome, refused.message) == ("error", "logwrite command forbidden")


def test_or_takes_the_place_of_a_chain_of_ands() -> None:
    tree = parse("if a is b and c is d or e is f then finish endif", filter_words(is_system=False))
    (command,) = tree.commands
    assert isinstance(command, If)
    condition = command.arms[0].condition
    assert isinstance(condition, Logic)
    assert isinstance(condition.left, Logic)
    assert (condition.word, condition.left.word) == ("or", "and")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Exim filter", "exim"),
        ("\n #SIEVE filter x", "sieve"),
        ("a@b", "forward"),
        ("#\nexim filter", "forward"),
    ],
)
def test_the_first_line_tells_the_kind(text: str, expected: str) -> None:
    assert kind_of(text) == expected
