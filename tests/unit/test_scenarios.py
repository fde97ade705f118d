"""Files of scenarios: what is read, and what is said of what cannot be."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expander.testing.filling import cases
from grammar.ast.scenarios import Exchange, Expectation, Given, Scenario, Setting, Step, Table, Talk
from grammar.scenario_words import ScenarioError
from grammar.scenarios import parse

TEXT = """\
# a comment
config exim.conf
given file /etc/aliases
    # kept, as it is a line of the file
      indented: x

    last: y
given no user "two words" \\
scenario "first" #a #b
    # a comment
    session from 192.0.2.1
        > EHLO  x
        < 250-SIZE *
        message
            Subject: a

            b
    expect not log "x"

scenario second
    each one | two
        | 1 | 2
        | 3 | |
    skip "no time"
    expand ${lc:A}
    expect value a
"""


def test_a_file_comes_to_a_tree() -> None:
    tree = parse(TEXT)
    assert tree.settings == (Setting("config", ("exim.conf",), (), 2),)
    aliases, user = tree.givens
    block = ("# kept, as it is a line of the file", "  indented: x", "", "last: y")
    assert aliases == Given("file", ("/etc/aliases",), block, 3)
    assert user == Given("user", ("two words", "\\"), (), 8, absent=True)
    first, second = tree.scenarios
    talk = Talk(
        ("from", "192.0.2.1"),
        (
            Exchange(">", "EHLO  x", 12),
            Exchange("<", "250-SIZE *", 13),
            Exchange("message", "", 14, ("Subject: a", "", "b")),
        ),
        11,
    )
    assert first == Scenario("first", ("a", "b"), (talk, Expectation("log", '"x"', negated=True, line=18)), 9)
    table = Table(("one", "two"), (("1", "2"), ("3", "")), (22, 23), 21)
    items = (Step("expand", "${lc:A}", (), 25), Expectation("value", "a", negated=False, line=26))
    assert second == Scenario("second", (), items, 20, "no time", table)


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("scenario\n", 1, 9, "the end of the line cannot stand here; expected a word"),
        ('scenario "x"\n  foo\n', 2, 3, 'unknown word "foo"'),
        ("given fil x\n", 1, 7, '"fil" cannot stand behind "given" (did you mean "file"?)'),
        ("given\n", 1, 7, 'a word is missing behind "given"'),
        ("scenario x\n    expect vale 1\n", 2, 12, '(did you mean "value"?)'),
        ("scenario x\n    session\n      > a\n    < 250\n", 4, 5, '"<" cannot stand here'),
        ("scenario x\n  each a | b\n    | 1\n", 3, 1, "the row has 1 cells, the table 2 columns"),
        ("scenario x\n  each a\n    | 1\n  each a\n    | 1\n  expand x\n", 4, 1, "a scenario has one table"),
        ("scenario x\n      expand a\n   expand b\n", 3, 4, "the line stands neither with those above"),
        ("scenario x\n", 1, 1, "expected an indented line"),
        ("  config x\n", 1, 1, "an indented line cannot stand here"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, line: int, column: int, words: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse(text)
    assert (caught.value.line, caught.value.column) == (line, column), caught.value.message
    assert words in caught.value.message


_PIECES = st.sampled_from(
    [
        *("scenario x\n", "  session\n", "    > a\n", "    < 250\n", "  expect value a\n", "given file /a\n"),
        *("    raw\n", "\t", "\n", "#", "|", "each a\n", "  | b\n", '"', "message\n", "config", " ", "\x00"),
        *("é", "expand", "no"),
    ]
)


@given(st.lists(_PIECES, max_size=20).map("".join))
def test_no_text_makes_the_reader_fail_in_another_way(text: str) -> None:
    try:
        parse(text)
    except ScenarioError as problem:
        place = (problem.line, problem.column)
    else:
        place = (1, 1)
    assert min(place) >= 1


def test_tables_take_time_in_proportion_to_their_rows() -> None:
    def calls(rows: int) -> int:
        counted = 0

        def count(_frame: object, event: str, _given: object) -> None:
            nonlocal counted
            counted += event == "call"

        cells = "".join(f"        | {row}\n" for row in range(rows))
        (table,) = parse(f"scenario x<<n>>\n    each n\n{cells}    expand <<n>>\n").scenarios
        sys.setprofile(count)
        try:
            found = list(cases(table))
        finally:
            sys.setprofile(None)
        assert [case.name for case, _ in found] == [f"x{row}" for row in range(rows)]
        return counted

    assert calls(800) < 10 * calls(100)
