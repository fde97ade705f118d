"""The rules of a configuration at work on the addresses of messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.text import Tainted, lower, tainted_like
from drivers.values import mailbox
from expander.rewriting import where
from expander.rewriting.address import Rewritten, rewrite
from expander.rewriting.header import changed, looks_at_all, place_of, rewrite_header

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.values.mailbox import Mailbox
    from expander.expand.context import Context
    from expander.message.headers import Header
    from expander.rewriting.where import Rule

READY, BY_PLACE = "rewriting rules", "rewriting rules by place"
"""Under these names a configuration has its rules, and those for each place."""


def rules_in(ctx: Context) -> tuple[Rule, ...]:
    """The rules of the context's configuration."""
    if ctx.config is None or not ctx.config.rewrite:
        return ()
    known: tuple[Rule, ...] | None = ctx.config.ready.get(READY)
    if known is None:
        known = ctx.config.ready[READY] = where.rules_of(ctx.config.rewrite)
    return known


def rules_for(ctx: Context, place: str) -> tuple[Rule, ...]:
    """Those of the rules that are for a place."""
    if ctx.config is None or not ctx.config.rewrite:
        return ()
    places: dict[str, tuple[Rule, ...]] | None = ctx.config.ready.get(BY_PLACE)
    if places is None:
        places = ctx.config.ready.setdefault(BY_PLACE, {})
    known = places.get(place)
    if known is None:
        known = places[place] = tuple(rule for rule in rules_in(ctx) if place in rule.places)
    return known


def smtp_rewrite(ctx: Context, text: str) -> str:
    """What a client gives as an address, rewritten before it is read: rules with the flag ``S``."""
    rules = rules_for(ctx, where.SMTP)
    found = rewrite(ctx, text, where.SMTP, rules, "smtp recipient") if rules else None
    return text if found is None else tainted_like(found.address, text)


def rewrite_address(ctx: Context, address: str, place: str) -> str:
    """An address with a domain as the rules for a place of `where` have it; the empty one stays.

    Raises `Fatal` where Exim ends.
    """
    rules = rules_for(ctx, place)
    found = rewrite(ctx, address, place, rules, where.NAMES[place]) if rules and address else None
    return address if found is None else found.address


def rewrite_envelope(ctx: Context, address: str, *, is_recipient: bool) -> str:
    """The address of a sender or a recipient as the rules have it. Raises `Fatal` where Exim ends."""
    return rewrite_address(ctx, address, where.ENVELOPE_TO if is_recipient else where.ENVELOPE_FROM)


def rewrite_headers(
    ctx: Context, headers: Sequence[Header], *, sender_domain: str = "", recipient_domain: str = ""
) -> list[Header]:
    """All header lines of a message, each in its turn, with addresses qualified and rewritten.

    While one is rewritten, ``$h_...`` shows those before it as they have become. Where a domain is empty,
    addresses without one are not qualified.
    """
    rules, lines = rules_in(ctx), list(headers)
    if not (rules or sender_domain or recipient_domain or looks_at_all(ctx)):
        return lines
    before = ctx.headers
    ctx.headers = lines
    try:
        for number, header in enumerate(headers):
            new = rewrite_header(
                ctx, header, rules, sender_domain=sender_domain, recipient_domain=recipient_domain
            )
            if new is not None:
                lines[number] = new
    finally:
        ctx.headers = before
    return lines


def with_domain(ctx: Context, headers: Sequence[Header], old: str, new: str) -> list[Header] | None:
    """The header lines with one domain in the place of another, None if none of them has it.

    A router has found that a domain of an envelope recipient is short for another one. What becomes of an
    address is rewritten as well. See the option ``rewrite_headers`` of the dnslookup router.
    """
    rules, lines, is_changed = rules_in(ctx), list(headers), False
    wanted = lower(old)
    for number, header in enumerate(headers):
        place = place_of(header)
        if not place:
            continue

        def change(found: Mailbox | Failed, place: str = place) -> Rewritten | None:
            if isinstance(found, Failed) or lower(found.domain) != wanted:
                return None
            address = Tainted(f"{found.local_part}@{new}")
            shown = f"{where.HEADER_LINES[place]}:"
            return rewrite(ctx, address, place, rules, shown) or Rewritten(address)

        line = changed(header[1], change, mailbox.permitted(ctx.options))
        if line is not None:
            lines[number], is_changed = (header[0], line), True
    return lines if is_changed else None
