"""Exim's options: what each sets, and what is said of a wrong one."""

from __future__ import annotations

import pytest

from expander.cli.errors import CommandLineError
from expander.cli.options import USAGE, Options, parse
from expander.config.profile import PROFILES

NEWEST, DEBIAN = PROFILES["4.99"], PROFILES["debian-12"]


def read(*argv: str) -> Options:
    return parse(list(argv), DEBIAN, lambda: None)


def complaint(*argv: str) -> str:
    with pytest.raises(CommandLineError) as caught:
        read(*argv)
    return caught.value.text


def unknown(option: str) -> str:
    return f"exim abandoned: unknown, malformed, or incomplete option {option}\n"


def test_arguments_begin_with_the_first_that_is_no_option() -> None:
    options = read("-C", "f.conf", "-be", "a", "-f", "b")
    assert options.config_files == "f.conf"
    assert options.modes == {"be": ""}
    assert options.arguments == ["a", "-f", "b"]


def test_two_hyphens_end_the_options() -> None:
    assert read("-be", "--", "-x").arguments == ["-x"]


def test_a_value_may_be_attached() -> None:
    assert read("-Cx", "-be").config_files == "x"
    assert read("-fa@b").sender == "a@b"


def test_the_sender_stands_without_its_name() -> None:
    assert read("-f", "Ann <a@b>").sender == "a@b"
    assert read("-f", "<>").sender == ""
    assert read("-f", "").sender == ""
    assert read("-be").sender is None


def test_macros_keep_their_order_and_lose_white_space() -> None:
    assert read("-DB= 1 2 ", "-D A = x", "-DC").macros == {"B": "1 2 ", "A": "x", "C": ""}


def test_the_version_is_printed_before_later_options_are_read() -> None:
    called: list[bool] = []
    with pytest.raises(CommandLineError):
        parse(["-bV", "-y"], DEBIAN, lambda: called.append(True))
    assert called == [True]


def test_a_protocol_with_a_host() -> None:
    assert read("-p", "x:y").told == {"oMr": "x", "oMs": "y"}


@pytest.mark.parametrize(
    "option", ["-y", "-b", "-bZ", "-o", "-f", "-C", "-h", "-hx", "-oe", "-Mx", "-", "-bem", "-MCx"]
)
def test_unknown_and_incomplete_options(option: str) -> None:
    assert complaint(option) == unknown(option)


@pytest.mark.parametrize(
    ("argv", "text"),
    [
        (["-oMa"], "exim: data expected after -oMa\n"),
        (["-oMr", "x", "-oMr", "y"], "received_protocol is set already\n"),
        (["-oMm", "x"], "-oMm must be a valid message ID\n"),
        (["-oMai", "x" * 257], "exim: length limit exceeded (257 > 256) for: -oMas\n"),
        (["-D1"], "exim: macro name set by -D must start with an upper case letter\n"),
        (["-DX=1", "-DX=2"], "exim: duplicated -D in command line\n"),
        ([f"-DX{n}=" for n in range(11)], "exim: too many -D options on command line\n"),
        (["-d+nosuch"], "exim: unknown debug_selector setting: +nosuch\n"),
        (["-dx"], 'exim: malformed debug_selector setting: + or - expected but found "x"\n'),
        (["-or", "x"], "exim: bad time value x: abandoned\n"),
        (["-orx"], "exim: bad time value -orx: abandoned\n"),
        (["-qx"], "exim: bad time value -qx: abandoned\n"),
        (["-L", ""], "exim: the -L syslog name is too short\n"),
        (["-M"], "exim: no message ids given after -M option\n"),
        (["-Mvb", "x"], "exim: malformed message id x after -Mvb option\n"),
        (["-oBx"], "exim: number expected after -oB\n"),
        (["-R"], "exim: string expected after -R\n"),
        (
            ["-f", "a b@c"],
            'exim: bad -f address "a b@c": missing or malformed local part (expected word or "<")\n',
        ),
        (["-bP", "-be"], "exim: incompatible command-line options or arguments\n"),
        (["-bd", "x"], "exim: incompatible command-line options or arguments\n"),
        (["-bs", "-f", "<>"], "exim: incompatible command-line options or arguments\n"),
        (["-bS", "-t"], "exim: incompatible command-line options or arguments\n"),
        (["-bs", "-bF", "x"], "exim: incompatible command-line options or arguments\n"),
        (["-bs", "-brw", "a@b"], "exim: incompatible command-line options or arguments\n"),
        (["--help"], USAGE),
    ],
)
def test_complaints(argv: list[str], text: str) -> None:
    assert complaint(*argv) == text


def test_newer_modes_are_unknown_to_an_older_release() -> None:
    assert complaint("-bpi") == unknown("-bpi")
    assert parse(["-bpi"], NEWEST, lambda: None).modes == {"bpi": ""}
