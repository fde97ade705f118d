"""Patterns on one string that domain lists and local part lists share: literals, ``*`` and ``^``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import lower

if TYPE_CHECKING:
    from drivers.api.protocols import Context


def matches(ctx: Context, text: str, pattern: str, *, caseless: bool = True) -> bool:
    """True if a literal, one with a leading asterisk, or a regular expression matches the text.

    What a regular expression captures is in ``$0`` and so on. Raises `Failed` for a bad pattern.
    """
    if pattern.startswith("^"):
        found = ctx.pattern(pattern, caseless=caseless).search(text)
        if found is None:
            return False
        ctx.captures = found.groups()
        return True
    if caseless:
        text, pattern = lower(text), lower(pattern)
    if pattern.startswith("*"):
        return text.endswith(pattern[1:])
    return text == pattern
