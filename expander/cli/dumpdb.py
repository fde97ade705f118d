"""``eximulate dumpdb``: what a DBM file holds, for machines on which Exim's own program cannot tell."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from drivers.api.text import from_bytes, printing
from expander.cli.arguments import CLEAN, CannotRunError, VerbParser
from expander.cli.output import as_json_text, say

if TYPE_CHECKING:
    from collections.abc import Iterator


def run(argv: list[str]) -> int:
    """Print the records of a DBM file as the newest ``exim_dumpdb -L`` does, or as JSON.

    The file is one that ``exim_dbmbuild`` or Exim wrote with Berkeley DB (see "The exim_dbmbuild utility").
    A NUL at the end of a key or a value belongs to the file, not to the text.
    """
    parser = VerbParser("dumpdb", "Print what a DBM file of Berkeley DB holds: each key with its value.")
    parser.add_argument("file", metavar="FILE", help="a file that exim_dbmbuild or Exim wrote")
    parser.add_argument("-L", action="store_true", help="as exim_dumpdb has it; this is what is done anyway")
    parser.add_argument("--json", action="store_true", help="print an object with keys and values")
    args = parser.parse_args(argv)
    records = list(_records(args.file))
    if args.json:
        say(as_json_text(dict(records)))
    else:
        say(*(f"{printing(key)}\t{printing(value)}" for key, value in records))
    return CLEAN


def _records(path: str) -> Iterator[tuple[str, str]]:
    """The keys with their values, in the file's order. Raises `CannotRunError` for what is no such file."""
    from pathlib import Path

    from drivers.lookups.berkeley import BerkeleyFile, WrongFormatError

    try:
        for key, value in BerkeleyFile(Path(path).read_bytes()).items():
            yield from_bytes(key.removesuffix(b"\0")), from_bytes(value.removesuffix(b"\0"))
    except WrongFormatError:
        raise CannotRunError(f"{path} is no hash file of Berkeley DB") from None
    except OSError as problem:
        raise CannotRunError(f"{path}: {problem.strerror}") from None
    except (struct.error, ValueError, IndexError):
        raise CannotRunError(f"{path} is damaged") from None
