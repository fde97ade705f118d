"""Expansions that tell their steps in Exim's words, and the selectors of ``-d``."""

from __future__ import annotations

from contextlib import suppress

import pytest

from drivers.api.errors import ExpansionError
from expander.api import Expander
from expander.cli import debugging
from expander.cli.errors import CommandLineError
from expander.config.profile import PROFILES
from expander.expand.mode import NARRATE
from expander.setting import assign
from expander.trace.narrator import Narrator
from expander.world.memory import MemoryWorld


def told(text: str, *, utf8: bool = False, **facts: str) -> list[str]:
    """The lines that are told of an expansion."""
    written: list[str] = []
    expander = Expander(profile=PROFILES["debian-12"], world=MemoryWorld(), mode=NARRATE)
    expander.context.narrator = Narrator(written.append, utf8=utf8)
    for name, value in facts.items():
        assign(expander.context, name, value)
    with suppress(ExpansionError):
        expander.expand(text)
    assert expander.context.narrator.level == 0
    return "".join(written).splitlines()


def test_an_operator_is_told() -> None:
    assert told("a${uc:b}") == [
        " /considering: a${uc:b}",
        " |-------text: a",
        " |considering: ${uc:b}",
        "  /considering: b}",
        "  |-------text: b",
        "  |considering: }",
        "  |--expanding: b",
        "  \\_____result: b",
        " |-----op-res: B",
        " |--expanding: a${uc:b}",
        " \\_____result: aB",
    ]


def test_the_branch_that_is_not_taken_is_scanned() -> None:
    lines = told("${if ! eq{a}{b} {yes}{$pid${lc:X}}}")
    condition = lines.index(" |--condition: ! eq{a}{b}")
    assert lines[condition + 1] == " |-----result: true"
    assert lines[-14:] == [
        "  /---scanning: $pid${lc:X}}}",
        "  |---scanning: ${lc:X}}}",
        "   /---scanning: X}}}",
        "   |-------text: X",
        "   |---scanning: }}}",
        "   |--expanding: X",
        "   |-----result: X",
        "   \\___skipping: result is not used",
        "  |---scanning: }}",
        "  |--expanding: $pid${lc:X}",
        "  |-----result: ",
        "  \\___skipping: result is not used",
        " |--expanding: ${if ! eq{a}{b} {yes}{$pid${lc:X}}}",
        " \\_____result: yes",
    ]


def test_failures_are_told_at_every_level() -> None:
    assert told("${uc:$nosuch}x")[-4:] == [
        "  |failed to expand: $nosuch}x",
        '  \\___error message: unknown variable name "nosuch"',
        " |failed to expand: ${uc:$nosuch}x",
        ' \\___error message: unknown variable name "nosuch"',
    ]
    assert told("${if eq{a}{b}{c}fail}")[-3:] == [
        " |failed to expand: ${if eq{a}{b}{c}fail}",
        ' |---error message: "if" failed and "fail" requested',
        " \\failure was forced",
    ]


def test_boxes_are_drawn_in_utf8_and_deep_levels_have_bars() -> None:
    lines = [line.encode("latin-1").decode() for line in told("${uc:${uc:${uc:${uc:x}}}}", utf8=True)]
    assert lines[0] == " ╭considering: ${uc:${uc:${uc:${uc:x}}}}"
    assert "   ╎ ╰─────result: x" in lines
    assert lines[-1] == " ╰─────result: X"


def test_tainted_values_are_marked() -> None:
    assert told("${lc:$local_part}", local_part="Joe")[-5:] == [
        " |-----op-res: joe",
        "            \\__(tainted)",
        " |--expanding: ${lc:$local_part}",
        " \\_____result: joe",
        "            \\__(tainted)",
    ]


def test_text_is_told_in_the_pieces_that_exim_takes() -> None:
    assert told(r"a\tb\N$x\N}c") == [
        " /considering: a\\tb\\N$x\\N}c",
        " |-------text: a",
        " |considering: \\tb\\N$x\\N}c",
        " |backslashed: '\\t'",
        " |considering: b\\N$x\\N}c",
        " |-------text: b",
        " |considering: \\N$x\\N}c",
        " |--protected: $x",
        " |considering: }c",
        " |-------text: }c",
        " |--expanding: a\\tb\\N$x\\N}c",
        " \\_____result: a\tb$x}c",
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("${map{a:b}{$item}}", " map: $item = 'a'  $value = 'NULL'"),
        ("${filter{a:b}{eq{$item}{b}}}", " filter: condition is false"),
        ("${reduce{a:b}{0}{$item}}", " reduce: $item = 'b'  $value = 'a'"),
        ("${sort{b:a}{lt}{$item}}", ' sort: dstlist = "a:b"'),
        ("${sg{abc}{b}{x}}", " sg: match"),
        ("${if forany{a:b}{eq{$item}{b}}}", " forany: condition evaluated to true"),
        ("${if inlist{b}{a:b}}", "  compare b"),
        ("${if bool{ yes }}", " considering bool: yes"),
        ("${if eq{a}{b}{${if bool{1}{x}}}}", "  bool: condition evaluated to true"),
        ("${if ={}{0}}", " empty string cast to zero for numerical comparison"),
        (r'${extract json{a}{\{"a":1\}}}', "   json ele: '\"a\":1'"),
        ("${if isip{x}}", "failed: IP address string not parsable IPv4"),
        ("${if or{{eq{a}{b}} {eq{a}{a}} } {y}{n}}", " |--condition: or{{eq{a}{b}} {eq{a}{a}} }"),
        ("${if and{}{y}{n}}", " |--condition: and{}"),
        ("${md5:$pid}", "  |--expanding: pid"),
        ("${expand:abc}", "  |-------text: abc"),
    ],
)
def test_what_units_tell(text: str, line: str) -> None:
    assert line in told(text)


@pytest.mark.parametrize(
    ("text", "bits"),
    [
        ("", debugging.DEFAULT),
        ("-all", 0),
        ("-all+expand", 0x100),
        ("-all+expand +noutf8", 0x40100),
        ("-all+all", 0xFFF9FFFF),
        ("=0x100", 0x100),
        ("=010", 8),
        ("=-1", 0xFFFFFFFF),
        ("=", 0),
    ],
)
def test_selectors_become_bits(text: str, bits: int) -> None:
    assert debugging.chosen(text) == bits


@pytest.mark.parametrize("text", ["x", "+nosuch", "+expand,", "=3k", "=x", "=08"])
def test_wrong_selectors_are_refused(text: str) -> None:
    with pytest.raises(CommandLineError, match="debug_selector setting"):
        debugging.chosen(text)


def test_there_is_a_narrator_only_where_expansions_are_debugged() -> None:
    assert debugging.narrator(debugging.DEFAULT, print, float, 1) is None
    written: list[str] = []
    narrator = debugging.narrator(debugging.chosen("-all+expand+pid+noutf8"), written.append, float, 42)
    assert narrator is not None
    narrator.draw("├──", "x\ny")
    assert written == ["   42 |--x\n   42 y\n"]


@pytest.mark.parametrize(
    ("length", "lines"),
    [(2030, [2045]), (2031, [2001, 44]), (8000, [2001, 44])],
    ids=["fits", "over", "far over"],
)
def test_long_lines_end_where_exims_buffer_does(length: int, lines: list[int]) -> None:
    shown = told("${uc:" + "a" * length + "}")
    first = next(number for number, line in enumerate(shown) if line.startswith(" \\_____result: A"))
    assert [len(line) for line in shown[first:]] == lines


def test_deep_levels_leave_no_room_for_a_second_prefix() -> None:
    assert "**** debug string too long - truncated ****" in told("${uc:" + "a" * 3000 + "}")
    assert " **** debug string too long - truncated ****" in told("${uc:" + "a" * 3000 + "}")
