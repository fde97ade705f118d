"""Patterns on one string that domain lists and local part lists share: literals, ``*`` and ``^``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import lower

if TYPE_CHECKING:
    from drivers.api.protocols import Context


def matches(ctx: Context, text: str, pattern: str, *, caseless: bool = True) -> bool:
    """True if a literal, one with a leading asterisk, or a regular expression matches the text.

    After a match ``$0`` is the text; what the asterisk stands for or a regular expression captures is in
    ``$1`` and so on. Raises `Failed` for a bad pattern.
    """
    found = captured(ctx, text, pattern, caseless=caseless)
    if found is None:
        return False
    ctx.captures = found
    return True


def captured(ctx: Context, text: str, pattern: str, *, caseless: bool = True) -> list[str] | None:
    """What `matches` leaves in the numbered variables; None for no match."""
    if pattern.startswith("^"):
        found = ctx.pattern(pattern, caseless=caseless).search(text)
        return None if found is None else [text, *found.groups()[1:]]
    if caseless:
        text, pattern = lower(text), lower(pattern)
    if pattern.startswith("*"):
        end = len(text) - len(pattern) + 1
        return [text, text[:end]] if text.endswith(pattern[1:]) else None
    return [text] if text == pattern else None


def fits(ctx: Context, text: str, pattern: str, *, caseless: bool = True) -> bool:
    """The same as `matches`, but the numbered variables stay as they are."""
    return captured(ctx, text, pattern, caseless=caseless) is not None
