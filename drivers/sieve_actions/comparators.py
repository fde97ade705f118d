"""Comparators: how a key is compared with a text."""

from __future__ import annotations

import re

from drivers.api.text import lower
from drivers.sieve_actions.declare import comparator

NUMERIC = "i;ascii-numeric"
CASELESS = "en;ascii-casemap"

_DIGITS = re.compile(r"[0-9]*", re.ASCII)
_PIECE = re.compile(r"\\([\s\S])|([\s\S])")


class PatternError(Exception):
    """A backslash at the end of a pattern was met."""


def is_(key: str, text: str) -> bool:
    """True if both are the same."""
    return key == text


def contains(key: str, text: str) -> bool:
    """True if the key is somewhere in the text."""
    return key in text


def matches(key: str, text: str) -> bool:
    r"""True if the text is as the key says: ``*`` is anything, ``?`` one byte, a backslash makes literal.

    Raises `PatternError` where a backslash at the end is met, which is where all before it fits.
    """
    runs, broken = _runs(key)
    at, last = 0, len(runs) - 1
    for index, run in enumerate(runs):
        pattern = re.compile("".join(run), re.DOTALL)
        if index == last and not broken:
            start = len(text) - len(run)
            return start >= at and (index > 0 or start == 0) and pattern.match(text, start) is not None
        # The leftmost place will do: what follows a star can begin anywhere behind it.
        found = pattern.search(text, at) if index else pattern.match(text)
        if found is None:
            return False
        at = found.end()
    raise PatternError


def _runs(key: str) -> tuple[list[list[str]], bool]:
    """The runs between the stars of a pattern, each byte as a regular expression.

    The second value tells whether the pattern ends in a backslash, which then is in no run.
    """
    runs: list[list[str]] = [[]]
    for literal, plain in _PIECE.findall(key):
        if plain == "*":
            runs.append([])
        elif plain == "\\":  # only at the end does one stand alone
            return runs, True
        else:
            runs[-1].append("." if plain == "?" else re.escape(literal or plain))
    return runs, False


MATCH_TYPES = {":is": is_, ":contains": contains, ":matches": matches}


def _caseless(key: str, text: str, tag: str) -> bool:
    return MATCH_TYPES[tag](lower(key), lower(text))


def _octet(key: str, text: str, tag: str) -> bool:
    return MATCH_TYPES[tag](key, text)


def _numeric(key: str, text: str, _tag: str) -> bool:
    return _number(key) == _number(text)


def _number(text: str) -> str:
    """The digits at the start, which Exim does not take for a number: ``07`` is not ``7``."""
    found = _DIGITS.match(text)
    assert found is not None
    return found[0]


comparator(
    "i;octet",
    syntax=':comparator "i;octet"',
    since="4.24",
    doc="Compare bytes.",
    types=tuple(MATCH_TYPES),
)(_octet)
comparator(
    CASELESS,
    syntax=f':comparator "{CASELESS}"',
    since="4.24",
    doc="Compare without regard to the case of ASCII letters, which is what happens without a comparator.",
    types=tuple(MATCH_TYPES),
)(_caseless)
comparator(
    "i;ascii-casemap",
    syntax=':comparator "i;ascii-casemap"',
    since="4.24",
    doc="The name that the standard has now for ``en;ascii-casemap``.",
    types=tuple(MATCH_TYPES),
)(_caseless)
comparator(
    NUMERIC,
    syntax=f':comparator "{NUMERIC}"',
    since="4.24",
    doc="Compare the digits that both begin with; texts without any are the same.",
    types=(":is",),
)(_numeric)
