"""Patterns on one string, for all kinds of lists but those of hosts: ``^``, ``*``, lookups, literals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Failed, Fatal, NotOpened
from drivers.api.text import SPACE, lower
from expander.expand import regex

if TYPE_CHECKING:
    from drivers.api.protocols import Context, Pattern
    from expander.lists.subject import Subject


def check(
    subject: Subject,
    text: str,
    pattern: str,
    *,
    caseless: bool = True,
    captures: bool = False,
    whole: str = "",
) -> bool:
    """True if a literal, one with a leading asterisk, a regular expression or a lookup matches the text.

    What a lookup found, or else the pattern, is the value. With ``captures`` the text is ``$0`` after a
    match; ``$1`` is what the asterisk stands for, or the groups of a regular expression follow, which sees
    ``whole``: the text with its own case; after a lookup, what it set. After all else, and without
    ``captures``, no group is set. Raises `Fatal` for a bad pattern and a lookup that cannot be done.
    """
    ctx = subject.ctx
    ctx.captures = []
    subject.value = None
    if pattern.startswith("^"):
        found = _compiled(ctx, pattern, caseless=caseless).search(whole or text)
        if found is not None and captures:
            ctx.captures = [whole or text, *found.groups()[1:]]
        matches = found is not None
    elif ";" in pattern and not pattern.startswith("*"):
        return _looked_up(subject, text, pattern, caseless=caseless, captures=captures)
    else:
        if caseless:
            text, low = lower(text), lower(pattern)
        else:
            low = pattern
        starred = low.startswith("*")
        matches = text.endswith(low[1:]) if starred else text == low
        if matches and captures:
            ctx.captures = [text, text[: len(text) - len(low) + 1]] if starred else [text]
    if matches:
        subject.value = pattern
    return matches


def _compiled(ctx: Context, pattern: str, *, caseless: bool) -> Pattern:
    try:
        return ctx.pattern(pattern, caseless=caseless)
    except Failed as problem:
        raise Fatal(regex.as_logged(problem.message)) from problem


def _looked_up(subject: Subject, text: str, pattern: str, *, caseless: bool, captures: bool) -> bool:
    ctx = subject.ctx
    key = lower(text) if caseless else text
    subject.value = look_up(ctx, pattern, key)
    found = captures and subject.value is not None
    ctx.captures = (
        [*(ctx.captures[:1] if any(ctx.captures[:1]) else [key]), *ctx.captures[1:]] if found else []
    )
    return subject.value is not None


def look_up(ctx: Context, pattern: str, key: str) -> str | None:
    """What the lookup finds that an element is: a type, a semicolon, and a place or a query.

    Raises `Fatal` for a type that is unknown and a file that cannot be opened: Exim ends there.
    """
    kind, _, place = pattern.partition(";")
    try:
        return ctx.look_up(kind, place.lstrip(SPACE), key)
    except NotOpened as problem:
        raise Fatal(problem.message) from problem
