"""The lines ``From ...`` that mailboxes and UUCP put before a message: "The UUCP From line"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import EximError, Failed, Fatal
from drivers.values import mailbox

if TYPE_CHECKING:
    from expander.expand.context import Context


def sender_in(ctx: Context, line: str, *, keeps_captures: bool = False) -> str | None:
    """What such a line has for the sender; None for any other line.

    With ``keeps_captures`` what the pattern has captured is seen afterwards.
    """
    pattern = ctx.options.get("uucp_from_pattern")
    try:
        found = None if not pattern else ctx.pattern(str(pattern)).search(line)
        if found is None:
            return None
        before, ctx.captures = ctx.captures, found.groups()
        try:
            return ctx.expand(str(ctx.options.get("uucp_from_sender") or "$1"))
        finally:
            if not keeps_captures:
                ctx.captures = before
    except EximError:
        return None


def address_in(ctx: Context, line: str) -> str | None:
    """The address of the sender, with a domain; None if there is none that is right."""
    try:
        found = mailbox.parse(
            sender_in(ctx, line) or "", mailbox.permitted(ctx.options, null=True, literals=True)
        ).address
    except Failed:
        return None
    if found and not mailbox.has_domain(found):
        return f"{found}@{ctx.options['qualify_domain'] or ''}"
    return found


def may_set(ctx: Context, sender: str) -> bool:
    """True if anybody may give this sender: the option ``untrusted_set_sender``."""
    allowed = ctx.options.get("untrusted_set_sender")
    if not allowed:
        return False
    try:
        return ctx.match_list("address", sender, str(allowed), option="untrusted_set_sender") is not None
    except (EximError, Fatal):
        return False
