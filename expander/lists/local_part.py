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
    ctx.captures = []
    if ";" in pattern and not pattern.startswith(("^", "*")):
        kind, _, place = pattern.partition(";")
        return ctx.look_up(kind, place, text if subject.caseful else lower(text))
    return pattern if text_pattern.matches(ctx, text, pattern, caseless=not subject.caseful) else None
