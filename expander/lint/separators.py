"""Finds what was meant as several items of a list and is one, because it is separated by something else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from expander.lint.listview import ListItem, ListView

_SEVERAL = {
    ",": re.compile(r"[^,;^/{}()\s]+(?:/\d+)?(?:\s*,\s*[^,;^/{}()\s]+(?:/\d+)?)+,?\s*", re.ASCII),
    ";": re.compile(r"[^;^(){}\s]*[.:][^;^(){}\s]*(?:\s*;\s*[^;^/(){}\s]+)+;?\s*", re.ASCII),
    " ": re.compile(r"[^;^(){}\s,]+(?:\s+[^;^(){}\s,]+)+", re.ASCII),
    ":": re.compile(r"[\w.*@/+-]+(?:\s+:\s+[\w.*@/+-]+)+", re.ASCII),
}
_NEXT_PATTERN = re.compile(r"\S(?:\s+!?\s*|!\s+)\^[\w.(\[]", re.ASCII)
"""Where another pattern begins inside of one."""

_LOOKUP_WORDS = re.compile(r"[a-z0-9_*@(),.=-]+;", re.ASCII)


def other_separator(view: ListView, item: ListItem) -> str:
    """The character that was meant to separate the parts of an item, "" if it looks like one item."""
    text = item.text
    if text.startswith("^") and item.constant and view.kind != "string" and _NEXT_PATTERN.search(text):
        return " "
    if not item.constant or text.startswith("^") or ('"' in text and view.kind in {"address", "localpart"}):
        return ""
    if _LOOKUP_WORDS.match(text) and "." not in text.partition(";")[0].partition("(")[0]:
        return ""
    for mark, several in _SEVERAL.items():
        if view.kind == "string" and mark != ",":
            continue
        if mark != view.separator and several.fullmatch(text):
            return mark
    return ""
