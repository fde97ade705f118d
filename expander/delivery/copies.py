"""Who gets copies of bounces: the option ``errors_copy``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import EximError
from drivers.api.text import SPACE
from drivers.values import listtext
from drivers.values.fields import quoted_word

if TYPE_CHECKING:
    from expander.expand.context import Context


def copies_to(ctx: Context, setting: str, recipient: str) -> str:
    """The addresses, commas between them, that get a copy of a bounce for a recipient.

    An item of the option is an address list, in double quotes where it has white space, and the addresses.
    """
    local_part, _, domain = recipient.rpartition("@")
    ctx.facts["local_part"], ctx.facts["domain"] = local_part, domain
    for item in listtext.elements(setting):
        pattern, end = quoted_word(item, 0)
        addresses = item[end:].lstrip(SPACE)
        if addresses and _matches(ctx, recipient, pattern):
            return _expanded(ctx, addresses)
    return ""


def _matches(ctx: Context, recipient: str, pattern: str) -> bool:
    """True if an address list matches; what is wrong in it is not told."""
    try:
        return ctx.match_list("address", recipient, ctx.expand(pattern), option="errors_copy") is not None
    except EximError:
        return False


def _expanded(ctx: Context, addresses: str) -> str:
    try:
        return ctx.expand(addresses)
    except EximError as problem:
        words = f"Failed to expand {addresses} when processing errors_copy: {problem.message}"
        ctx.log(words, panic=True)
        return ""
