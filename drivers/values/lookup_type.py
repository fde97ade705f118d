"""The type of a lookup as it is written: ``partial3(.dom.)-lsearch*@,ret=full``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from grammar.patterns import late_pattern
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable

SINGLE_KEY, QUERY, FILE_QUERY = "single-key", "query", "query of a file"
"""The styles of types; with the last Exim passes over ``partial`` and ``*`` around the name of a query."""

DEFAULT_AFFIX = "*."
LEAST_PARTIAL = 2
_PARTIAL = late_pattern(r"partial(?P<least>[0-9]*)(?:\((?P<affix>[!-(*-/:-@\[-`{-~]*)\)|-)", re.ASCII)


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
    partial = _PARTIAL.match(text) if text.startswith("partial") else None
    if partial is None and text.startswith("partial"):
        raise Failed(f'format error in lookup type "{text}"')
    rest = text[partial.end() :] if partial else text
    # An asterisk ends the name wherever it stands, behind a comma too.
    star = rest.find("*")
    bare, marks = (rest, "") if star < 0 else (rest[:star], rest[star:])
    name, *options = bare.split(",")
    style = None if options and star >= 0 else style_of(name)
    if style is None:
        raise Failed(f'unknown lookup type "{name if star < 0 else bare}"')
    if style == FILE_QUERY:
        return LookupType(name, QUERY, options=tuple(options or marks.split(",")[1:]))
    if style == QUERY:
        if partial:
            raise Failed(f'"partial" is not permitted for lookup type "{rest}"')
        if marks:
            raise Failed(f'defaults using "*" or "*@" are not permitted for lookup type "{rest}"')
    return LookupType(
        name,
        style,
        _least(partial),
        DEFAULT_AFFIX if partial is None or partial["affix"] is None else partial["affix"],
        "*@" if marks.startswith("*@") else marks[:1],
        tuple(options or marks.split(",")[1:]),
    )


def _least(partial: re.Match[str] | None) -> int | None:
    if partial is None:
        return None
    return int(partial["least"]) if partial["least"] else LEAST_PARTIAL
