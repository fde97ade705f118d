"""Whether a text is as it is expected to be: to the letter, with ``*`` for any text, or by a pattern."""

from __future__ import annotations

import re
from functools import lru_cache

PATTERN = "~"
_STAR = re.compile(r"\\\*")


def unquoted(text: str) -> str:
    """The text without quotes around it, which keep spaces at its ends."""
    if len(text) > 1 and text.startswith('"') and text.endswith('"'):
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text


def is_whole(expected: str, text: str) -> bool:
    """True if the whole text is as expected. Raises ``re.error`` for a bad pattern."""
    return _compiled(expected).fullmatch(text) is not None


def is_part(expected: str, text: str) -> bool:
    """True if what is expected is in the text. Raises ``re.error`` for a bad pattern."""
    return _compiled(expected).search(text) is not None


@lru_cache(maxsize=512)
def _compiled(expected: str) -> re.Pattern[str]:
    if expected.startswith(PATTERN):
        return re.compile(expected[1:].strip(), re.DOTALL)
    return re.compile(_STAR.sub(".*", re.escape(unquoted(expected))), re.DOTALL)
