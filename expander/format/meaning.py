"""Whether two texts of a configuration say the same: the guard behind the formatter."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.registry import names
from drivers.api.text import SPACE
from grammar.ast.config import Node, Word
from grammar.config import parse_lines
from grammar.macros import MacroTable
from grammar.preprocess import Preprocessor
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from grammar.ast.config import Line

_PLACES = frozenset({"span", "file", "number"})
_ASKED_FOR = re.compile(r"^[ \t]*\.(?:el)?ifn?def +(\w+)", re.ASCII | re.MULTILINE)
_NO_SPACE = dict.fromkeys(map(ord, SPACE))
_REMARK = re.compile(r"^[ \t\v\f\r]*#(.*?)[ \t\v\f\r]*$", re.MULTILINE)


def same_meaning(old: str, new: str, *, section: str = "main") -> bool:
    """True if Exim reads the same from both texts, and the same remarks stand in both.

    ``section`` is the one that they start in. Looked at are the logical lines, taken apart, once with no
    macros from outside and once with all those defined that conditionals ask for. What other files
    hold is left out.
    """
    if _REMARK.findall(old) != _REMARK.findall(new) or _black(old) != _black(new):
        return False
    if section != "main":
        old, new = f"begin {section}\n{old}", f"begin {section}\n{new}"
    asked = {name: name for name in _ASKED_FOR.findall(old) if name[:1].isupper()}
    worlds = ({}, asked) if asked else ({},)
    return all(_lines(old, macros) == _lines(new, macros) for macros in worlds)


def _black(text: str) -> str:
    """A text without its white space."""
    return text.translate(_NO_SPACE)


def _lines(text: str, macros: Mapping[str, str]) -> list[tuple[Any, ...]]:
    return [_said(line) for line in read(text, macros)]


def read(text: str, macros: Mapping[str, str]) -> Iterator[Line]:
    """The lines of a text as they are acted on; files that it includes are taken for empty."""

    def file(path: str) -> str:
        return text if path == "" else ""

    preprocessor = Preprocessor("", file, MacroTable.of(dict, macros), tolerant=True)
    return parse_lines(preprocessor.lines(), names("acl-verb"))


def _said(value: Any) -> Any:
    """A node without its place: plain data that compares."""
    if isinstance(value, Word):
        return value.text
    if isinstance(value, tuple):
        return tuple(map(_said, value))
    if isinstance(value, Node | Record):
        fields = [name for name in value.record_fields if name not in _PLACES]
        return type(value).__name__, *(_said(getattr(value, name)) for name in fields)
    return value
