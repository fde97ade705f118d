"""Variables that a router's option ``set`` gives to the address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Deferred, ExpansionError, ForcedFail
from drivers.api.text import SPACE
from drivers.values import listtext
from expander.routing.truth import late

if TYPE_CHECKING:
    from drivers.api.routing import Router
    from expander.expand.context import Context

PREFIX = "r_"


def assigned(ctx: Context, router: Router, variables: dict[str, str], text: str) -> bool:
    """Set the variables one by one; False if one fails by force, so that the router declines.

    Raises `Deferred` with the message for the address where it cannot go on.
    """
    mark = ";"
    if text.lstrip(SPACE).startswith("<"):
        mark, text = listtext.separator(text)
    for item in listtext.pieces(text, mark):
        name, rest = listtext.take(item, "=")
        if name is None or not name.startswith(PREFIX) or name == PREFIX:
            ctx.log(f"bad router variable name '{name or ''}' in router '{router.name}'\n", panic=True)
            raise Deferred("")
        try:
            value = ctx.expand(rest.lstrip(SPACE))
        except ForcedFail:
            if late(ctx, router, "more"):
                return False
            raise Deferred("") from None
        except ExpansionError as problem:
            raise Deferred(
                f'expansion of "{item}" failed in {router.name} router: {problem.message}'
            ) from None
        variables[name.removeprefix(PREFIX)] = value
        ctx.facts[name] = value
    return True
