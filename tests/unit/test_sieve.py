"""Sieve scripts: the cases, what the parser makes of broken text, and what the checker shows."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path

import pytest

import sieve_cases
from drivers.api.registry import names
from drivers.sieve_actions.comparators import PatternError, matches
from expander.config.profile import PROFILES
from expander.filters import sieve
from expander.lint.engine import check_file
from expander.lint.places import in_file
from expander.world.memory import MemoryWorld
from grammar import sieve as grammar

CASES = [case for path in sorted(sieve_cases.FOLDER.glob("*.txt")) for case in sieve_cases.read(path)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_a_case_comes_out_as_it_says(case: sieve_cases.Case, tmp_path: Path) -> None:
    assert sieve_cases.own_outcome(case.message, case.script, tmp_path) == case.outcome


def test_there_are_cases() -> None:
    assert len(CASES) > 100
    assert len({case.title for case in CASES}) == len(CASES)


@pytest.mark.parametrize("text", ["", "}", "[", "keep text:\n", 'a "', "a (b, c", "a {", "/* x", 'x ["a", y'])
def test_the_parser_never_raises(text: str) -> None:
    for end in range(len(text) + 1):
        script = grammar.parse(text[:end])
        assert script.text == text[:end]


def test_lines_in_bracket_comments_do_not_count() -> None:
    script = grammar.parse("/* a\n b */\n\nkeep;")
    assert script.line(script.commands[0].start) == 3


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [("*" * 500 + "x", "a" * 500, False), ("a*" * 200 + "b", "a" * 2000, False), ("*a?c*", "xxabcxx", True)],
)
def test_patterns_take_time_in_proportion(pattern: str, text: str, *, expected: bool) -> None:
    assert matches(pattern, text) is expected


def test_a_backslash_at_the_end_of_a_pattern_is_an_error_where_it_is_met() -> None:
    assert matches("b\\", "abc") is False
    with pytest.raises(PatternError):
        matches("*b\\", "abc")


def test_the_checker_shows_the_place() -> None:
    text = '# Sieve filter\n/* a\n*/ require "fileinto";\nif true {\n  fileinto "../x"; }\n'
    world = MemoryWorld(files={"/home/joe/.forward": text.encode()})
    (finding,) = check_file("/home/joe/.forward", profile=PROFILES["debian-12"], world=world, macros={})
    assert (finding.code, finding.message) == ("EXF010", "invalid folder")
    assert finding.span is not None
    assert in_file(finding.span).position() == (5, 12)


SEVERAL = """\
# Sieve filter
require ["fileinto","bogus"];
if header "subject" "x" { fileinto "a"; fileinto 5; }
if header :nonsense "subject" "x" { fileinto "../a"; }
elsif true { keep; }
else { discard; }
vacation "x";
nonsense "a";
if true {
  keep 1;
  keep;
  bogus;
  fileinto "../y";
}
redirect "a@b"";
fileinto "x";
"""


def found_in(script: str) -> list[tuple[int, str]]:
    """What the checker finds in a script, with the lines."""
    world = MemoryWorld(files={"/f": script.encode()})
    found = check_file("/f", profile=PROFILES["debian-12"], world=world, macros={})
    return [(in_file(one.span).position()[0], one.message) for one in found if one.span is not None]


def test_the_checker_goes_on_behind_a_wrong_command() -> None:
    """Behind a quote too many nothing is sure, and an extension that is not there is told of once."""
    assert found_in(SEVERAL) == [
        (2, "unknown capability"),
        (3, "missing fileinto folder string"),
        (4, "header string list expected"),
        (8, "syntax error"),
        (10, "missing semicolon"),
        (12, "expecting command or closing brace"),
        (13, "invalid folder"),
        (15, "missing semicolon"),
    ]


@pytest.mark.parametrize("line", [3, 4, 8, 10, 12, 13])
def test_a_further_fault_is_the_first_one_without_those_before_it(line: int) -> None:
    lines = SEVERAL.replace(',"bogus"', ',"vacation"').split("\n")
    for number in {3, 4, 8, 10, 12, 13} - {line}:
        lines[number - 1] = "keep;"
    if line != 4:
        lines[4:6] = ["", ""]  # belongs to the command in line 4
    alone = found_in("\n".join(lines))
    assert alone[0] in found_in(SEVERAL)
    assert alone[0][0] == line


def test_the_checker_reads_what_is_not_carried_out_but_nothing_behind_a_stop() -> None:
    for rest, count in (("if false { bogus; }", 1), ("stop; bogus", 0), ("if true { stop; } bogus", 1)):
        world = MemoryWorld(files={"/f": f"# Sieve filter\n{rest}\n".encode()})
        assert len(check_file("/f", profile=PROFILES["debian-12"], world=world, macros={})) == count


@pytest.mark.parametrize(
    ("script", "line"), [("if true {" * 5000 + "}" * 4999, 2), ("if " + "not " * 5000, 2)]
)
def test_nesting_may_be_deep(script: str, line: int, tmp_path: Path) -> None:
    (last,) = sieve_cases.own_outcome("plain", script, tmp_path)[-1:]
    assert last.startswith("Sieve error: ")
    assert last.endswith(f" in line {line}")


def test_what_is_nested_too_deeply_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sieve, "make_room", lambda _levels: None)
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 400)
    try:
        world = MemoryWorld(files={"/f": ("# Sieve filter\n" + "if true {" * 2000).encode()})
        (finding,) = check_file("/f", profile=PROFILES["debian-12"], world=world, macros={})
    finally:
        sys.setrecursionlimit(before)
    assert finding.message == "the script is nested too deeply"


def test_all_that_the_inventory_names_is_there() -> None:
    commands = "require if elsif else stop keep discard fileinto redirect vacation notify"
    tests = (
        "address allof anyof envelope exists false header not size true "
        "valid_notify_method notify_method_capability"
    )
    assert set(names("sieve-command")) == set(commands.split())
    assert set(names("sieve-test")) == set(tests.split())
    extensions = "copy encoded-character enotify envelope fileinto subaddress vacation"
    assert set(names("sieve-extension")) >= {"comparator-i;ascii-numeric", *extensions.split()}
