"""Values without the freedom that their notation leaves: what means the same becomes the same text."""

from __future__ import annotations

from functools import lru_cache

from drivers.api.registry import shapes
from drivers.api.text import SPACE
from drivers.values.listtext import separator, split
from expander.config.profile import chosen
from grammar.ast.expansion import Broken
from grammar.expansion import parse
from grammar.unparse_expansion import unparse, walk

NEWEST = "4.99"
LONGEST = 100_000
"""Texts above this many bytes are compared as they stand."""


@lru_cache(maxsize=2048)
def canonical(text: str) -> str:
    """An expansion with the white space between its groups as it is usual.

    A text that is none, or that cannot be read, is left as it is.
    """
    if "$" not in text or len(text) > LONGEST:
        return text
    known = shapes(chosen(NEWEST))
    tree = parse(text, known)
    if any(isinstance(node, Broken) for node in walk(tree)):
        return text
    return unparse(tree, None, known)


@lru_cache(maxsize=512)
def items(text: str) -> tuple[str, ...]:
    """The elements of a list as it stands, before it is expanded: separators in braces do not count."""
    if "{" not in text:
        return tuple(canonical(item) for item in split(text))
    mark, body = separator(text)
    found, start, at, depth = [], 0, 0, 0
    parts: list[str] = []
    while at < len(body):
        here = body[at]
        if here == "\\":
            at += 1
        elif here in "{}":
            depth = max(depth + (1 if here == "{" else -1), 0)
        elif here == mark and not depth:
            parts.append(body[start:at])
            doubled = body.startswith(mark, at + 1) and mark.isprintable()
            if doubled:
                parts.append(mark)
                at += 1
            else:
                found.append("".join(parts))
                parts = []
            start = at + 1
        at += 1
    last = "".join([*parts, body[start:]])
    if last.strip(SPACE):
        found.append(last)
    return tuple(canonical(item.strip(SPACE)) for item in found)


def is_list(kind: str) -> bool:
    """True if an option of that kind holds a list."""
    return "list" in kind
