"""Printing: everything that a verb says goes through here, as UTF-8 with other bytes unchanged."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from expander.cli.arguments import CannotRunError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, TextIO


def say(*lines: str) -> None:
    """Lines for standard output. Bytes that are no UTF-8 come as surrogate escapes."""
    write_lines(sys.stdout, lines)


def complain(*lines: str) -> None:
    """Lines for standard error."""
    write_lines(sys.stderr, lines)


def write_lines(stream: TextIO | None, lines: Iterable[str]) -> None:
    """Write lines to a text stream, past its encoding where it has a buffer of bytes."""
    if stream is None:  # it was closed before the start
        return
    text = "".join([f"{line}\n" for line in lines])
    data = text.encode("utf-8", "surrogateescape")
    buffer = getattr(stream, "buffer", None)
    if buffer is None:
        stream.write(data.decode("utf-8", "replace"))
        return
    stream.flush()
    buffer.write(data)
    buffer.flush()


def input_lines() -> Iterator[bytes]:
    """The lines of standard input, without their ends. Raises `CannotRunError` if it is closed."""
    if sys.stdin is None:
        raise CannotRunError("standard input is closed")
    for line in sys.stdin.buffer:
        yield line.rstrip(b"\r\n")


JSON_LEVELS = 900
"""Readers of JSON give up at about this many levels; indented text grows with their square."""


def as_json_text(data: Any) -> str:
    """Plain data as JSON, indented. Raises `CannotRunError` for a tree that is too deep for that."""
    if _levels(data) > JSON_LEVELS:
        raise CannotRunError("the tree is too deep to be printed as JSON")
    return json.dumps(data, indent=2)


def _levels(data: Any) -> int:
    """How deep lists and dictionaries nest."""
    deepest = 0
    waiting = [(data, 1)]
    while waiting:
        value, level = waiting.pop()
        deepest = max(deepest, level)
        if isinstance(value, dict):
            waiting.extend((child, level + 1) for child in value.values())
        elif isinstance(value, list | tuple):
            waiting.extend((child, level + 1) for child in value)
    return deepest
