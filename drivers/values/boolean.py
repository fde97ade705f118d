"""Truth values as text, as the conditions ``bool`` and ``bool_lax`` and options read them."""

from __future__ import annotations

import re

from drivers.api.errors import Failed
from drivers.api.text import SPACE, lower
from drivers.values import integer
from grammar.patterns import late_pattern

_DIGITS = late_pattern(r"-?[0-9]*\Z", re.ASCII)
_WORDS = {"true": True, "yes": True, "false": False, "no": False}
_INT = 1 << 32


def strict(text: str) -> bool:
    """The value of a text that must be ``true``, ``yes``, ``false``, ``no`` or a decimal number.

    Case and surrounding white space do not matter; the empty text and a number that is zero in
    32 bits are false. Raises `Failed` for other texts. See ``bool`` in "Expansion conditions".
    """
    word = text.strip(SPACE)
    known = _WORDS.get(lower(word))
    if known is not None:
        return known
    if not _DIGITS.match(word):
        message = f'unrecognised boolean value "{word}"'
        raise Failed(message)
    return bool(word.strip("-")) and integer.saturated(word) % _INT != 0


def lax(text: str) -> bool:
    """False for the empty text, ``0``, ``-``, ``no`` and ``false``; true for all else.

    Case and surrounding white space do not matter. This is how routers read ``condition``. See
    ``bool_lax`` in "Expansion conditions".
    """
    return lower(text.strip(SPACE)) not in {"", "0", "-", "no", "false"}
