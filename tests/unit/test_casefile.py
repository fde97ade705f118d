from __future__ import annotations

from pathlib import Path

import pytest

from casefile import Outcome, Setup, read_cases, rewrite, write_outcome

TEXT = """\
# A remark that is no head line.
# profile: 4.99
# set: local_part=joe
# file: names
#| first
#|
#|   third
== one line
${uc:abc}
-> ABC

== several lines of input and of result (xfail: not yet)
# set: domain=a.example
a
b
-> a
->
-> b

== an error with its place
x ${foo:y}
!! unknown expansion operator "foo"    ^ foo

== an error with a blank at its end
${x}
!= "odd "

== no outcome
$primary_hostname
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "subject.case"
    file.write_text(TEXT, encoding="latin-1")
    return file


def test_head_lines_set_the_scene(path: Path) -> None:
    one, several, *_ = read_cases(path)
    assert one.setup == Setup(
        profile="4.99", variables={"local_part": "joe"}, files={"names": "first\n\n  third\n"}
    )
    assert several.setup.variables == {"local_part": "joe", "domain": "a.example"}


def test_inputs_and_outcomes_are_told_apart(path: Path) -> None:
    found = [(case.text, case.outcome, case.xfail) for case in read_cases(path)]
    assert found == [
        ("${uc:abc}", Outcome("->", "ABC"), None),
        ("a\nb", Outcome("->", "a\n\nb"), "not yet"),
        ("x ${foo:y}", Outcome("!!", 'unknown expansion operator "foo"', "foo"), None),
        ("${x}", Outcome("!!", "odd "), None),
        ("$primary_hostname", None, None),
    ]


def test_rewriting_changes_what_differs_and_nothing_else(path: Path) -> None:
    assert not rewrite(path, {"one line": Outcome("->", "ABC")})
    assert rewrite(path, {"no outcome": Outcome("->", "host"), "one line": Outcome("fail", "no")})
    expected = TEXT.replace("-> ABC", "fail no") + "-> host\n"
    assert path.read_text(encoding="latin-1").rstrip("\n") == expected.rstrip("\n")


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome("->", "plain"),
        Outcome("->", ""),
        Outcome("->", "two\nlines"),
        Outcome("->", "blank at the end "),
        Outcome("->", "tab\tand \x01"),
        Outcome("->", "high \xfc"),
        Outcome("!!", "message\n with two lines"),
        Outcome("fail", "message", "span"),
        Outcome("defer", "message"),
    ],
)
def test_what_is_written_is_read_again(outcome: Outcome, tmp_path: Path) -> None:
    path = tmp_path / "a.case"
    path.write_text("\n".join(["== title", "input", *write_outcome(outcome), ""]), encoding="latin-1")
    assert read_cases(path)[0].outcome == outcome


@pytest.mark.parametrize("text", ["", "no cases\n", "==\nx\n-> x\n", "== a\nx\n-> x\n== a\ny\n-> y\n"])
def test_a_file_that_is_not_well_formed_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.case"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(ValueError, match=r"a\.case"):
        read_cases(path)
