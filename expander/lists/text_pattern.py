"""Patterns on one string that domain lists and local part lists share: literals, ``*`` and ``^``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import lower

if TYPE_CHECKING:
    from drivers.api.protocols import Context


def matches(
    ctx: Context, text: str, pattern: str, *, caseless: bool = True, captures: bool = False, whole: str = ""
) -> bool:
    """True if a literal, one with a leading asterisk, or a regular expression matches the text.

    With ``captures`` the text is ``$0`` after a match; ``$1`` is what the asterisk stands for, or the
    groups of a regular expression follow, which sees ``whole``: the text with its own case. After
    all else, and without ``captures``, no group is set. Raises `Failed` for a bad pattern.
    """
    ctx.captures = []
    if pattern.startswith("^"):
        found = ctx.pattern(pattern, caseless=caseless).search(whole or text)
        if found is not None and captures:
            ctx.captures = [whole or text, *found.groups()[1:]]
        return found is not None
    if caseless:
        text, pattern = lower(text), lower(pattern)
    starred = pattern.startswith("*")
    if not (text.endswith(pattern[1:]) if starred else text == pattern):
        return False
    if captures:
        ctx.captures = [text, text[: len(text) - len(pattern) + 1]] if starred else [text]
    return True
