"""Options that are expanded and then mean yes or no."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Deferred, ExpansionError, ForcedFail, Unsupported
from drivers.api.text import lower

if TYPE_CHECKING:
    from drivers.api.protocols import Context

UNTRUE = frozenset({"", "0", "no", "false"})


def holds(ctx: Context, text: str, who: str, *, defers: bool = True) -> bool:
    """True if a condition of ``who`` ("local router") holds: a forced failure, too, means that it does not.

    What cannot be expanded is logged and does not hold. Raises `Unsupported`; if it ``defers``, `Deferred`.
    """
    try:
        return lower(ctx.expand(text)) not in UNTRUE
    except ForcedFail:
        return False
    except Unsupported:
        raise
    except ExpansionError as problem:
        if defers and isinstance(problem, Deferred):
            raise
        ctx.log(f'failed to expand condition "{text}" for {who}: {problem.message}', panic=True)
        return False
