"""Running filters for which a redirect router forbids some expansions."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from expander.expand.forbidden import WORDS
from grammar.record import replaced

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.routing import Options
    from expander.expand.context import Context


@contextmanager
def forbidding(ctx: Context, rights: Options) -> Iterator[None]:
    """Expand nothing in a context that the options of a router forbid."""
    options = frozenset(option for option in WORDS if rights[option])
    if not options:
        yield
        return
    from expander.api import cache_for, expanding

    before = ctx.mode, ctx.kept, ctx.expand_with
    cache = cache_for(ctx.profile, replaced(ctx.mode, forbids=options))
    ctx.mode, ctx.kept, ctx.expand_with = cache.mode, cache.kept, expanding(cache)
    try:
        yield
    finally:
        ctx.mode, ctx.kept, ctx.expand_with = before
