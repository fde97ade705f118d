"""Faults of Exim filters: what Exim would say of the file, and of the expansions in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from expander.expand.cache import compile_text
from expander.expand.mode import UNFOLDED
from expander.filters.words import filter_words
from expander.lint.finding import Finding
from grammar.ast.filter import Command, If, Item
from grammar.filter import parse
from grammar.record import Record
from grammar.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.profile import Profile
    from grammar.ast.filter import Broken

CODE = "EXF011"
RIGHTS = frozenset({"fail", "freeze", "defer"})
"""Commands that a router may permit: whether it does, the file cannot tell."""

MOST_FAULTS = 100
_NEAR = re.compile(r" near line [0-9]+ of filter file$")
_BLOCKS = re.compile(r"\b(?:if|elif|else|endif|then)\b", re.ASCII)


def in_filter(path: str, text: str, profile: Profile) -> Iterator[Finding]:
    """What is wrong with a filter, a user's or the system's, from its beginning to its end.

    Exim tells of the first fault alone. Behind a fault in a line that has nothing of a conditional,
    reading goes on as if the rest of that line were not there.
    """
    source = Source(path, text)
    words = filter_words(is_system=True, allowed=RIGHTS)
    rest = text
    for _ in range(MOST_FAULTS):
        tree = parse(rest, words)
        if tree.broken is None:
            for item in _items(tree.commands):
                yield from _in_item(source, item, profile)
            return
        yield _finding(source, tree.broken)
        shorter = _without(rest, tree.broken)
        if shorter is None:
            return
        rest = shorter


def _finding(source: Source, broken: Broken) -> Finding:
    message = _NEAR.sub("", broken.message)
    start = min(broken.start, max(len(source.text) - 1, 0))
    return Finding(CODE, message, Span(source, start, max(broken.end, start + 1)))


def _without(text: str, broken: Broken) -> str | None:
    """The text with its line blank from a fault on; None where other lines depend on what stands there."""
    begin = text.rfind("\n", 0, broken.start) + 1
    end = text.find("\n", broken.start)
    end = len(text) if end < 0 else end
    wrong = text[broken.start : end]
    if not wrong.strip() or _BLOCKS.match(text[begin:end]) or _BLOCKS.search(wrong) or wrong.count('"') % 2:
        return None
    return text[: broken.start] + " " * len(wrong) + text[end:]


def _items(found: object) -> Iterator[Item]:
    """All texts of the commands and conditions below a part of a tree, in their order."""
    if isinstance(found, Item):
        yield found
    elif isinstance(found, Command):
        yield from (*found.values, *found.options.values())
    elif isinstance(found, If):
        for arm in found.arms:
            yield from _items(arm.condition)
            yield from _items(arm.commands)
    elif isinstance(found, tuple):
        for each in found:
            yield from _items(each)
    elif isinstance(found, Record):
        for name in type(found).record_fields:
            yield from _items(getattr(found, name))


def _in_item(source: Source, item: Item, profile: Profile) -> Iterator[Finding]:
    """What Exim is certain to refuse in an expansion; in one piece, so the place is that of the text."""
    if "$" not in item.text and "\\" not in item.text:
        return
    complaint = compile_text(item.text, profile, UNFOLDED).complaint
    if complaint is None:
        return
    start, end = item.start, item.end
    at = source.text.find(item.text, start, end)
    if at >= 0 and complaint.span is not None:
        start, end = at + complaint.span.start, at + complaint.span.end
    yield Finding(CODE, complaint.message, Span(source, start, max(end, start + 1)))
