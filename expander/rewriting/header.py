"""Gives the addresses in header lines that have no domain one, and rewrites them."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.text import SPACE, Tainted
from drivers.values import mailbox
from expander.message.submission import plain_name
from expander.rewriting import where
from expander.rewriting.address import Rewritten, rewrite
from grammar.patterns import late_pattern

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

FOLD = "\n\t"
EMPTY = "empty address"
_BETWEEN = late_pattern(r"[^,]*,\s*|.*", re.ASCII | re.DOTALL)


ALL_SINCE = "4.99"


def looks_at_all(ctx: Context) -> bool:
    """True for the releases that look for wrong addresses even where nothing is to be done to right ones."""
    return ctx.profile.at_least(ALL_SINCE)


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
            if found.message != EMPTY and (rules or looks_at_all(ctx)):
                ctx.log(f"{'qualify/rewrite' if looks_at_all(ctx) else 'rewrite'}: {found.message}")
            return None
        if found.domain:
            return rewrite(ctx, Tainted(found.address), place, rules, shown)
        if not domain:
            return None
        address = Tainted(f"{found.address}@{domain}")
        return rewrite(ctx, address, place, rules, shown) or Rewritten(address)

    line = changed(header[1], change, mailbox.permitted(ctx.options))
    return None if line is None else (header[0], line)


def changed(line: str, change: Change, rules: mailbox.Rules = mailbox.USUAL) -> str | None:
    """A header line, name and all, with what ``change`` makes of its addresses; None if it stays as it is.

    ``change`` is given what is wrong with an address as well.
    """
    work = _Work(line)
    places: Iterator[tuple[int, int]] | None = None
    for number, member in enumerate(mailbox.members(work.text, rules, past_space=True)):
        found = member.outcome
        if isinstance(found, Failed) and work.fold:
            found = _fault(FOLD + member.text, rules)
        outcome = change(found)
        if places is None:
            if outcome is None:
                continue  # nothing is changed so far, which is all there is to most lines
            places = islice(_items(work.text), number, None)
        item = next(places)
        if outcome is None:
            work.pass_over(item[0])
        elif outcome.whole is not None:
            work.put(item, outcome.whole)
        else:
            begin, end = (member.start + at for at in mailbox.place(member.text, rules))
            work.pass_over(item[0])
            work.put((begin, end), outcome.address)
    return work.new + work.text[work.done :] if work.is_changed else None


class _Work:
    """A header line on its way from old to new.

    ``text`` is what follows the name, of which ``done`` bytes are in ``new``. ``fold`` is to come before
    the next member: one that is replaced as a whole takes it away.
    """

    def __init__(self, line: str) -> None:
        start, colon, self.text = line.partition(":")
        self.new = start + colon
        self.done = 0
        self.fold = ""
        self.is_changed = False
        self._folded = 0

    def pass_over(self, place: int) -> None:
        """The member that begins at a place stays, or most of it."""
        if self.fold:
            self.new += self.fold + self.text[self.done : place]
            self.done, self.fold = place, ""

    def put(self, old: tuple[int, int], new: str) -> None:
        """Put a text in the place of a part, and find out whether a fold is due behind it."""
        begin, end = old
        text = self.text
        between = _BETWEEN.match(text, end)
        done = between.end() if between else end
        self.new += text[self.done : begin] + new + text[end:done]
        self.done, self.fold, self.is_changed = done, "", True
        if (
            len(new) > end - begin
            and text[done:].strip(SPACE)
            and "\n" not in text[end:done]
            and len(self.new) - self._folded > FULL_LINE
        ):
            self.fold, self._folded = FOLD, len(self.new)


def _fault(text: str, rules: mailbox.Rules) -> mailbox.Mailbox | Failed:
    """What is wrong with a member once more, for its text as Exim has it by then."""
    try:
        return mailbox.parse(text, rules)
    except Failed as problem:
        return problem


def _items(text: str) -> Iterator[tuple[int, int]]:
    """Where the members of a list stand, from behind the white space before them up to the next comma."""
    start = 0
    for piece in mailbox.split(text, past_space=True):
        blank = len(piece) - len(piece.lstrip(SPACE))
        yield start + blank, start + max(len(piece.removesuffix("\n")), blank)
        start += len(piece) + 1
