"""Elements of local part lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import lower
from expander.lists import text_pattern

if TYPE_CHECKING:
    from expander.lists.subject import Subject


def match_element(subject: Subject, pattern: str) -> str | None:
    """What a lookup found, or the pattern, if the element matches the local part; else None.

    Letters count without their case unless ``+caseful`` stands before. See "Local part lists" in
    the manual. Raises what lookups and patterns raise.
    """
    ctx, text = subject.ctx, subject.local_part
    caseless = not subject.caseful
    if ";" in pattern and not pattern.startswith(("^", "*")):
        kind, _, place = pattern.partition(";")
        key = lower(text) if caseless else text
        ctx.captures = []
        found = ctx.look_up(kind, place, key)
        if found is not None:
            ctx.captures = [key]
        return found
    matched = text_pattern.matches(ctx, text, pattern, caseless=caseless, captures=True, whole=text)
    return pattern if matched else None
