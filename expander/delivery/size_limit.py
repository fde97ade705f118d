"""The option ``message_size_limit`` of transports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError
from drivers.api.transports import DEFER, FAIL, UNKNOWN, Failure
from drivers.values.integer import parse

if TYPE_CHECKING:
    from drivers.api.routing import Router
    from expander.expand.context import Context


def check(ctx: Context, transport: Router, size: int) -> None:
    """Raise `Failure` for a message of more bytes than the transport takes."""
    text = transport["message_size_limit"]
    if not text:
        return
    try:
        value = ctx.expand(str(text))
    except ExpansionError as problem:
        words = f"failed to expand message_size_limit in {transport.name} transport: {problem.message}"
        raise Failure(DEFER, UNKNOWN, words) from None
    try:
        limit = parse(value)
    except ExpansionError as problem:
        words = f"invalid message_size_limit in {transport.name} transport: {problem.message}"
        raise Failure(DEFER, UNKNOWN, words) from None
    if 0 < limit < size:
        raise Failure(FAIL, 0, f"message is too big (transport limit = {limit})")
