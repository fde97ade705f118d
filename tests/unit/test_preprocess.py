"""Reading of configuration files: continuation, macros, conditionals, includes, and where text comes from."""

from __future__ import annotations

from itertools import pairwise

import pytest

from grammar.macros import MacroTable
from grammar.preprocess import BrokenLine, LogicalLine, Preprocessor

MAIN = "/etc/exim.conf"


def reader(text: str, *, tolerant: bool = False, **files: str) -> Preprocessor:
    contents = {MAIN: text, **{f"/etc/{name}": value for name, value in files.items()}}
    return Preprocessor(
        MAIN, contents.get, MacroTable.of(lambda: {"_HAVE_TLS": "y"}, {"CMD": "given"}), tolerant=tolerant
    )


def texts(text: str, **files: str) -> list[str]:
    return [
        line.text if isinstance(line, LogicalLine) else f"! {line.message}"
        for line in reader(text, **files).lines()
    ]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("x = a\\\n  b\n", ["x = ab"]),
        ("x = a\\  \n  # note\n  b\n", ["x = ab"]),
        ("x = a\\\n\nb = c\n", ["x = a", "b = c"]),
        ("x = a\\\\\n b\n", ["x = a\\b"]),
        ("# x \\\ny = b\n", ["y = b"]),
        ("x = a\\", ["x = a"]),
        (".ifdef A\nx\n.else\ny\n.endif\n", ["y"]),
        ("A = 1\n.ifdef xAx\nx\n.endif\n", ["A = 1", "x"]),
        (".ifdef\tA\nx\n", ["x"]),
        (".ifdeftA\nx\n.elset\ny\n.endift\n", ["y"]),
        (".ifdef A\n.elifndef B\nx\n.else\ny\n.endif\n", ["x"]),
        (".ifdef A\n.else\nx\n.elifndef B\ny\n.endif\n", ["x"]),
        (".endif\n", ["! .endif without matching .ifdef"]),
        (".ifdef A\n", ["! Unexpected end of configuration file: .endif missing"]),
        (".ifdef A\n" * 11, ["! .ifdef nested too deeply"]),
        ("x = _HAVE_TLS\n", ["x = y"]),
        ("AB = 1\nA = 2\nx = AB A\n", ["AB = 1", "A = 2", "x = 1 2"]),
        ("A = B\nB = A\nx = A B\n", ["A = B", "B = B", "x = B B"]),
        ("CMD = x\ny = CMD\n", ["CMD = x", "y = given"]),
        ("A = #\nA x\ny\n", ["A = #", "y"]),
        ("begin retry\nA = 1\nA\n", ["begin retry", "A = 1", "A"]),
    ],
)
def test_lines(text: str, lines: list[str]) -> None:
    assert texts(text) == lines


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("A = 1\nA = 2\n", 'macro "A" is already defined (use "==" if you want to redefine it)'),
        ("A == 1\n", 'can\'t redefine an undefined macro "A"'),
        (
            "A = 1\nBA = 2\n",
            '"BA" cannot be defined as a macro because previously defined macro "A" is a substring',
        ),
        ("A" * 64 + " = 1\n", "macro name too long (maximum is 63 characters)"),
        (".include none\n", "failed to open included configuration file /etc/none"),
        (".include_if_exists none\n", '.include specifies a non-absolute path "none"'),
        ("\xef\xbb\xbfx\n", "found unexpected BOM (Byte Order Mark)"),
    ],
)
def test_broken_lines(text: str, message: str) -> None:
    assert texts(text)[-1] == f"! {message}"


def test_included_lines_know_their_file() -> None:
    found = list(reader("a\n.include other\nb\n", other="x\n\ny\n").lines())
    assert [(line.file, line.number) for line in found] == [
        (MAIN, 1), ("/etc/other", 1), ("/etc/other", 3), (MAIN, 3),
    ]  # fmt: skip


def test_a_file_that_includes_itself_ends() -> None:
    assert texts(f".include {MAIN}\n") == [f"! failed to open included configuration file {MAIN}"]


def test_text_knows_where_it_comes_from() -> None:
    lines = list(reader('WORD = foo\nx = "a WORD b" \\\n  # note\n  tail\n').lines())
    line = lines[1]
    assert isinstance(line, LogicalLine)
    assert line.text == 'x = "a foo b" tail'
    from grammar.source import Span

    at = line.text.index("foo")
    value = Span(line.source, at, at + 3)
    assert value.origin().text == "WORD"
    assert value.origin().position() == (2, 8)
    definition = value.macros()[0].definition
    assert definition is not None
    assert definition.origin().position() == (1, 8)
    tail = line.text.index("tail")
    assert Span(line.source, tail, tail + 4).origin().position() == (4, 3)


def test_a_tolerant_reader_goes_on() -> None:
    found = list(reader(".endif\nx\n.else\ny\n", tolerant=True).lines())
    assert [type(line) for line in found] == [BrokenLine, LogicalLine, BrokenLine, LogicalLine]


def test_all_physical_lines_are_kept() -> None:
    text = "# a\n\nx = \\\n  y\n.ifdef A\nz\n.endif\nB = 1\n"
    preprocessor = reader(text)
    list(preprocessor.lines())
    assert "".join(line.span.text for line in preprocessor.physical) == text
    assert [line.kind for line in preprocessor.physical] == [
        "comment", "blank", "text", "text", "directive", "skipped", "directive", "macro",
    ]  # fmt: skip


def test_macros_of_macros_make_no_endless_line() -> None:
    laughs = "".join(f"X{name} = {f'X{after} ' * 10}\n" for name, after in pairwise("ABCDEFGHIJKL"))
    found = texts(laughs + "y = XA\n")
    assert found[-1] == '! the macro "XG" makes the line longer than 16777216 bytes'


def test_many_uses_of_macros_in_one_line() -> None:
    found = texts("AA = 1\nBB = 2\nCC =\ny = " + "AABBCC" * 20_000 + "\n")
    assert found[-1] == "y = " + "12" * 20_000


def test_a_file_that_includes_itself_often_is_told_once() -> None:
    """Each of a thousand levels would go on with the second line, and so the third..."""
    lines = list(reader(".include /etc/exim.conf\n" * 8 + "y\n", tolerant=True).lines())
    messages = [line.message for line in lines if isinstance(line, BrokenLine)]
    assert messages == ["failed to open included configuration file /etc/exim.conf"]
    assert len(lines) == 1001


def test_files_that_include_each_other_again_and_again_come_to_an_end() -> None:
    files = {f"f{level}": f".include /etc/f{level + 1}\n" * 10 for level in range(9)} | {"f9": "x\n"}
    found = texts(".include /etc/f0\n", **files)
    assert found[-1] == "! too many included files (more than 10000)"
