"""Options that are expanded and then mean yes or no."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Deferred, ExpansionError, ForcedFail
from drivers.api.text import lower

if TYPE_CHECKING:
    from drivers.api.protocols import Context
    from drivers.api.routing import Router


def late(ctx: Context, router: Router, option: str, kind: str = "router") -> bool:
    """The value of an option that is a word for yes or no, or a text that is expanded to one.

    ``kind`` is "transport" for the options of transports.

    Raises `Deferred` with the message for the address where it is neither.
    """
    value = router[option]
    if not isinstance(value, str):
        return bool(value)
    try:
        text = ctx.expand(value)
    except ForcedFail:
        return option == "more"
    except ExpansionError as problem:
        raise Deferred(f'failed to expand "{option}" in {router.name} {kind}: {problem.message}') from None
    word = lower(text)
    if word not in {"true", "yes", "false", "no"}:
        raise Deferred(f'"{text}" is not a valid value for the "{option}" option in the {router.name} {kind}')
    return word in {"true", "yes"}
