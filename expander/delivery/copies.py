"""Who gets copies of bounces: the option ``errors_copy``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import EximError
from drivers.values import listtext

if TYPE_CHECKING:
    from expander.expand.context import Context


def copies_to(ctx: Context, setting: str, recipient: str) -> str:
    """The addresses, commas between them, that get a copy of a bounce for a recipient."""
    local_part, _, domain = recipient.rpartition("@")
    ctx.facts["local_part"], ctx.facts["domain"] = local_part, domain
    for item in listtext.elements(setting):
        words = item.split(None, 1)
        if len(words) < 2:
            ctx.log(f'error while processing errors_copy list: missing second item in "{item}"')
            return ""
        try:
            if ctx.match_list("address", recipient, words[0], option="errors_copy") is not None:
                return ctx.expand(words[1])
        except EximError as problem:
            ctx.log(f"error while processing errors_copy list: {problem.message}")
    return ""
