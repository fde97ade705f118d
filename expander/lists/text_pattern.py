"""Patterns on one string, for all kinds of lists but those of hosts: ``^``, ``*``, lookups, literals."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from drivers.api.answer import SEARCH_MESSAGE
from drivers.api.errors import Failed, Fatal, NotOpened
from drivers.api.text import SPACE, Tainted, lower
from drivers.values import lookup_type
from drivers.values.lookup_type import FILE_QUERY, QUERY, SINGLE_KEY
from expander.expand import regex
from expander.expand.lookup import style_of

if TYPE_CHECKING:
    from drivers.api.protocols import Context, Pattern
    from expander.lists.subject import Subject

LONGEST_KEPT = 256
_lowered = lru_cache(maxsize=2048)(lower)
"""A pattern of up to that length in lower case: the same ones come again and again."""


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
        end = pattern
        if caseless:
            text, end = lower(text), _lowered(pattern) if len(pattern) <= LONGEST_KEPT else lower(pattern)
        if end[:1] != "*":
            matches = text == end
            if matches and captures:
                ctx.captures = [text]
        else:
            matches = text.endswith(end[1:])
            if matches and captures:
                ctx.captures = [text, text[: len(text) - len(end) + 1]]
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
    subject.value = look_up(subject, pattern, key)
    found = captures and subject.value is not None
    ctx.captures = (
        [*(ctx.captures[:1] if any(ctx.captures[:1]) else [key]), *ctx.captures[1:]] if found else []
    )
    return subject.value is not None


def look_up(subject: Subject, pattern: str, key: str, *, first_word: bool = False) -> str | None:
    """What the lookup finds that an element is: a type, a semicolon, and a place or a query.

    With ``first_word`` the file of a query that has one is its first word, even if an option names another.
    Raises `Fatal` for a type that is unknown, a file that cannot be opened, and one that a list from outside
    names: Exim ends there.
    """
    ctx = subject.ctx
    kind, _, place = pattern.partition(";")
    place = place.lstrip(SPACE)
    style, name = _style(ctx, kind) if subject.tainted or first_word else (None, "")
    file = place if style == SINGLE_KEY else ""
    if style == FILE_QUERY:
        file = "" if first_word else kind.partition(",file=")[2].partition(",")[0]
        if not file and place.startswith("/" if not first_word else ""):
            file = place.partition(" ")[0]
    if file and subject.tainted:
        ctx.refused_search(file)
        raise Fatal(ctx.state.get(SEARCH_MESSAGE, "NULL"))
    if first_word and style == FILE_QUERY and file and not file.startswith("/"):
        raise Fatal(f'absolute file name expected for "{name}" lookup')
    try:
        if subject.tainted and style in {QUERY, FILE_QUERY}:
            return ctx.look_up(kind, Tainted(place), None)
        return ctx.look_up(kind, place, key)
    except NotOpened as problem:
        raise Fatal(problem.message) from problem


def _style(ctx: Context, kind: str) -> tuple[str | None, str]:
    """The style of a type and its bare name; None for what is no type."""
    try:
        name = lookup_type.parse(kind, lambda name: style_of(ctx.profile, name)).name
    except Failed:
        return None, kind
    return style_of(ctx.profile, name), name
