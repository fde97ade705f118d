"""The line ``References:`` of messages that are made about another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import lower
from expander.message.qualify import identification_line
from grammar.patterns import late_pattern

if TYPE_CHECKING:
    from expander.expand.context import Context

_ID = late_pattern(r"<[^<>\s]+>")
LONGEST_LINE = 998
MOST = 12


def references(ctx: Context, *, replies: bool = False) -> str:
    """The line with its newline; "" where the message has no identification.

    It names the messages that the message refers to, and the message itself at the end. Where these are too
    many, or the line would be too long, those behind the first are left out. With
    ``replies`` the line ``In-Reply-To:`` precedes it.
    """
    by_name: dict[str, str] = {}
    for name, text in ctx.headers or ():
        by_name.setdefault(lower(name.rstrip(" \t")), text.partition(":")[2])
    own = _ID.search(by_name.get(identification_line(ctx.headers or ()), ""))
    earlier = by_name.get("references", by_name.get("in-reply-to", ""))
    found = _ID.findall(earlier)
    while len(found) > MOST:
        del found[1]
    if own is not None:
        found.append(own[0])
    if not found:
        return ""
    while len(found) > 2 and _length(found) > LONGEST_LINE:
        del found[1]
    text = f"In-Reply-To: {own[0]}\n" if replies and own is not None else ""
    return f"{text}References: {' '.join(found)}\n"


def _length(found: list[str]) -> int:
    return len("References:") + sum(len(one) + 1 for one in found)
