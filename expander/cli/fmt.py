"""``eximulate fmt``: configuration files in an even layout."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from drivers.api.text import from_argument, to_display
from expander.cli.arguments import CLEAN, ERRORS, WARNINGS, CannotRunError, VerbParser
from expander.cli.output import complain, say
from expander.cli.rewriting import reason_of, rewrite
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

STDIN = "-"
MOST = 100
"""The lines that are complained of one by one."""

LONGEST = 1000
"""The bytes of a complaint that are shown: it may have a whole line in it."""


class _Options(Record):
    check: bool
    diff: bool
    section: str


def run(argv: list[str]) -> int:
    """Lay files out, in place; the worst status of all files."""
    from grammar.config import SECTIONS

    parser = VerbParser(
        "fmt",
        "Lay configuration files out evenly: white space changes, what they mean does not. "
        "Files are rewritten in place; standard input goes to standard output.",
    )
    parser.add_argument("file", nargs="*", metavar="FILE", help="a configuration file, - for standard input")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; name the files that would change, status 2"
    )
    parser.add_argument("--diff", action="store_true", help="write nothing; show what would change")
    parser.add_argument(
        "--section",
        choices=("main", *SECTIONS),
        default="main",
        help="where the file starts, for one that is a part of a configuration (default: main)",
    )
    args = parser.parse_intermixed_args(argv)
    options = _Options(args.check, args.diff, args.section)
    return max(_one(name, options) for name in args.file or [STDIN])


def _one(name: str, options: _Options) -> int:
    """One file. Raises `CannotRunError` if it cannot be read or written."""
    from expander.format.odd import complaints
    from expander.format.text import MeaningError, format_file

    text = _read(name)
    shown = "standard input" if name == STDIN else to_display(from_argument(name))
    try:
        new = format_file(text, section=options.section)
    except MeaningError as problem:
        complain(f"{shown}: left as it is: {problem}")
        if name == STDIN and not (options.check or options.diff):
            _write_out(text)
        return ERRORS
    faults = list(complaints(text, new))
    complain(*(f"{shown}:{number}: {to_display(message[:LONGEST])}" for number, message in faults[:MOST]))
    if len(faults) > MOST:
        complain(f"{shown}: {len(faults) - MOST} more lines that make no sense")
    changed = new.text != text
    if options.diff and changed:
        say(*_difference(text, new.text, shown))
    if options.check and changed:
        (complain if options.diff else say)(shown)
    if not (options.check or options.diff):
        if name == STDIN:
            _write_out(new.text)
        elif changed:
            rewrite(name, new.text)
    if faults:
        return ERRORS
    return WARNINGS if options.check and changed else CLEAN


def _read(name: str) -> str:
    from pathlib import Path

    if name == STDIN:
        if sys.stdin is None:
            raise CannotRunError("standard input is closed")
        return sys.stdin.buffer.read().decode("latin-1")
    try:
        return Path(name).read_bytes().decode("latin-1")
    except (OSError, ValueError) as problem:
        raise CannotRunError(f"cannot read {name}: {reason_of(problem)}") from None


def _write_out(text: str) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("latin-1"))
    sys.stdout.buffer.flush()


def _difference(old: str, new: str, name: str) -> Sequence[str]:
    """A unified difference, ready for display."""
    from difflib import unified_diff

    lines = unified_diff(
        old.splitlines(), new.splitlines(), f"{name} (as it is)", f"{name} (laid out)", lineterm=""
    )
    return [to_display(line) for line in lines]
