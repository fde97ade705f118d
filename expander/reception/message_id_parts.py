"""What options put into the ``Message-ID:`` of messages that come without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import EximError
from expander.message.submission import NOT_OF_DOMAINS, NOT_OF_TEXT

if TYPE_CHECKING:
    from expander.expand.context import Context


def domain(ctx: Context) -> str:
    """The domain, "" for that of the host: ``message_id_header_domain``."""
    return _expanded(ctx, "message_id_header_domain", NOT_OF_DOMAINS)


def text(ctx: Context) -> str:
    """What stands before the domain behind a dot: ``message_id_header_text``."""
    found = _expanded(ctx, "message_id_header_text", NOT_OF_TEXT)
    return f".{found}" if found else ""


def _expanded(ctx: Context, option: str, unwanted: str) -> str:
    text = ctx.options.get(option)
    if not text:
        return ""
    try:
        value = ctx.expand(str(text))
    except EximError as problem:
        ctx.log(f'expansion of "{text}" ({option}) failed: {problem.message}', panic=True)
        return ""
    return "".join("-" if char in unwanted or not " " < char < "\x7f" else char for char in value)
