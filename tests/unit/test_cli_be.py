"""Expansion tests: lines of standard input, macros, settings."""

from __future__ import annotations

import os
import tempfile

import pytest

from drivers.values import hostport
from expander.cli.be import LONGEST_LINE, LONGEST_TEXT, logical_line
from expander.cli.console import Input, Output


def texts(data: bytes) -> list[str]:
    """All texts in the data as ``-be`` reads them."""
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        lines = Input(file.fileno()).each(LONGEST_LINE)
        return [logical_line(raw, lines) for raw in lines]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", []),
        (b"a\nb", ["a", "b"]),
        (b"\n", [""]),
        (b"  a \t\n", ["  a"]),
        (b"a\\\n  b\n", ["ab"]),
        (b"a  \\ \n  b\n", ["a  b"]),
        (b"\\\n  x\n", ["x"]),
        (b"a\\", ["a"]),
        (b"\\\n", [""]),
        (b"a\r\nb\\\r\nc\r\n", ["a", "bc"]),
        (b"a\0b\nc\n", ["a", "c"]),
        (b"x" * 1022 + b"\ny\n", ["x" * 1022, "y"]),
        (b"x" * 1023 + b"\ny\n", ["x" * 1023, "", "y"]),
        (b"x" * 1022 + b"\\\ny\n", ["x" * 1022, "y"]),
        (b"x" * 2000 + b"\n", ["x" * 1023, "x" * 977]),
        (b"x" * 70000 + b"\ny\n", ["x" * 1023] * 68 + ["x" * 436, "y"]),
    ],
)
def test_lines_of_standard_input(data: bytes, expected: list[str]) -> None:
    assert texts(data) == expected


def test_a_text_of_many_lines_is_cut() -> None:
    found = texts((b"x" * 1000 + b"\\\n") * 20 + b"y\nz\n")
    assert found == ["x" * LONGEST_TEXT, "z"]


def test_a_closed_input_is_at_its_end() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    os.close(writing)
    assert list(Input(reading).each(LONGEST_LINE)) == []


def test_a_closed_output_takes_everything() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    os.close(writing)
    output = Output(writing)
    output.write("lost")
    output.flush()


@pytest.mark.parametrize(
    ("text", "address", "port"),
    [
        ("1.2.3.4", "1.2.3.4", 0),
        ("1.2.3.4.25", "1.2.3.4", 25),
        ("1.2.3.4.", "1.2.3.4", 0),
        ("[1.2.3.4]:25", "1.2.3.4", 25),
        ("[::1]", "::1", 0),
        ("::1.25", "::1", 25),
        ("::ffff:1.2.3.4", "::ffff:1.2.3.4", 0),
    ],
)
def test_addresses_with_a_port(text: str, address: str, port: int) -> None:
    assert hostport.parse(text) == (address, port)


@pytest.mark.parametrize(
    "text", ["", "x", "1.2.3", "1.2.3.4:25", "[1.2.3.4]x", "1.2.3.4.x", " 1.2.3.4", "1.2.3.256"]
)
def test_what_is_no_address(text: str) -> None:
    assert hostport.parse(text) is None
