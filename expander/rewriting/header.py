"""Gives the addresses in header lines that have no domain one, and rewrites them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.text import SPACE
from drivers.values import mailbox
from expander.message.submission import plain_name
from expander.rewriting import where
from expander.rewriting.address import Rewritten, permitted, rewrite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from expander.expand.context import Context
    from expander.message.headers import Header
    from expander.rewriting.where import Rule

    Change = Callable[[mailbox.Mailbox | Failed], Rewritten | None]

PLACES = {name: place for place, name in where.HEADER_LINES.items()}
PLACES |= {f"resent-{name}": place for name, place in PLACES.items() if place != where.REPLY_TO}
"""The flags of rewriting rules for header lines, by their names."""

OF_SENDERS = frozenset({where.FROM, where.SENDER_LINE, where.REPLY_TO})

FULL_LINE = 40
"""After an address that got longer, the next one begins a new line if more than this stands before it.

What counts is the text since the last such fold; line ends that were there before do not matter.
"""

EMPTY = "empty address"
_BETWEEN = re.compile(r"[^,]*,\s*|.*", re.ASCII | re.DOTALL)


def place_of(header: Header) -> str:
    """The flag of rewriting rules for a header line, "" for one without addresses."""
    return PLACES.get(plain_name(header), "")


def rewrite_header(
    ctx: Context,
    header: Header,
    rules: Sequence[Rule],
    *,
    sender_domain: str = "",
    recipient_domain: str = "",
) -> Header | None:
    """The header line with its addresses rewritten, None if it stays as it is.

    Addresses without a domain get one first: that for senders in ``From:`` and its like, that for recipients
    in all other lines; where it is empty they stay as they are, and are not rewritten. What goes wrong is
    logged. Raises `Fatal` where Exim ends. See "Address rewriting".
    """
    place = place_of(header)
    if not place:
        return None
    domain = sender_domain if place in OF_SENDERS else recipient_domain
    shown = f"{where.HEADER_LINES[place]}:"

    def change(found: mailbox.Mailbox | Failed) -> Rewritten | None:
        if isinstance(found, Failed):
            if rules and found.message != EMPTY:
                ctx.log(f"rewrite: {found.message}")
            return None
        if found.domain:
            return rewrite(ctx, found.address, place, rules, shown)
        if not domain:
            return None
        address = f"{found.address}@{domain}"
        return rewrite(ctx, address, place, rules, shown) or Rewritten(address)

    line = changed(header[1], change, permitted(ctx.options))
    return None if line is None else (header[0], line)


def changed(line: str, change: Change, rules: mailbox.Rules = mailbox.USUAL) -> str | None:
    """A header line, name and all, with what ``change`` makes of its addresses; None if it stays as it is.

    ``change`` is given what is wrong with an address as well.
    """
    start, colon, text = line.partition(":")
    new, done, folded, is_changed = start + colon, 0, 0, False
    for item, member in zip(_items(text), mailbox.members(text, rules, past_space=True), strict=True):
        outcome = change(member.outcome)
        if outcome is None:
            continue
        is_changed = True
        if outcome.whole is not None:
            begin, end = item
            new, done = f"{new}{text[done:begin]}{outcome.whole}", end
            continue
        begin, end = (member.start + at for at in mailbox.place(member.text, rules))
        new += f"{text[done:begin]}{outcome.address}"
        between = _BETWEEN.match(text, end)
        done = between.end() if between else end
        new += text[end:done]
        if (
            len(outcome.address) > end - begin
            and text[done:].strip(SPACE)
            and "\n" not in text[end:done]
            and len(new) - folded > FULL_LINE
        ):
            new += "\n\t"
            folded = len(new) - 1
    return new + text[done:] if is_changed else None


def _items(text: str) -> Iterator[tuple[int, int]]:
    """Where the members of a list stand, with names of groups, but without white space around them."""
    start = 0
    for piece in mailbox.split(text, past_space=True):
        body = piece.strip(SPACE)
        begin = start + len(piece) - len(piece.lstrip(SPACE))
        yield begin, begin + len(body)
        start += len(piece) + 1
