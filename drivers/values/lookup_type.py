"""The type of a lookup as it is written: ``partial3(.dom.)-lsearch*@,ret=full``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable

SINGLE_KEY, QUERY = "single-key", "query"
DEFAULT_AFFIX = "*."
LEAST_PARTIAL = 2
_PARTIAL = re.compile(r"partial(?P<least>[0-9]*)(?:\((?P<affix>[!-(*-/:-@\[-`{-~]*)\)|-)", re.ASCII)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)


class LookupType(Record):
    """What the words of a lookup type say.

    ``least`` is the number of domain components that a partial match keeps, None for exact
    lookups; ``affix`` goes before the shortened key; ``default`` is "", "*" or "*@";
    ``options`` the words after the commas, in order.
    """

    name: str
    style: str
    least: int | None = None
    affix: str = DEFAULT_AFFIX
    default: str = ""
    options: tuple[str, ...] = ()


def parse(text: str, style_of: Callable[[str], str | None]) -> LookupType:
    """Read the type of a lookup; ``style_of`` gives the style of a type's name, None if unknown.

    Raises ``Failed`` with Exim's words. See "Partial matching in single-key lookups".
    """
    body, *options = text.split(",")
    partial = _PARTIAL.match(body) if body.startswith("partial") else None
    if partial is None and body.startswith("partial"):
        raise Failed(f'format error in lookup type "{body}"')
    rest = body[partial.end() :] if partial else body
    name = _NAME.match(rest)
    marks = rest[name.end() :] if name else ""
    bare = name[0] if name else rest
    if marks and not marks.startswith("*"):
        bare = rest
    style = style_of(bare)
    if style is None:
        raise Failed(f'unknown lookup type "{bare}"')
    if style == QUERY:
        if partial:
            raise Failed(f'"partial" is not permitted for lookup type "{bare}"')
        if marks:
            raise Failed(f'defaults using "*" or "*@" are not permitted for lookup type "{rest}"')
    return LookupType(
        bare,
        style,
        _least(partial),
        DEFAULT_AFFIX if partial is None or partial["affix"] is None else partial["affix"],
        "*@" if marks.startswith("*@") else marks[:1],
        tuple(options),
    )


def _least(partial: re.Match[str] | None) -> int | None:
    if partial is None:
        return None
    return int(partial["least"]) if partial["least"] else LEAST_PARTIAL
