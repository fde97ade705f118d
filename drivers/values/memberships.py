"""Whether a list that an option gives has a text: the list is expanded first, as Exim does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Deferred, ExpansionError, ForcedFail, Unsupported
from drivers.api.text import is_plain, tainted_like
from drivers.values import listtext

if TYPE_CHECKING:
    from drivers.api.protocols import Context

CASEFUL = "+caseful"


def in_list(
    ctx: Context,
    kind: str,
    text: str,
    list_text: str,
    *,
    caseful: bool = False,
    option: str = "",
    scope: str = "",
) -> str | None:
    """The value that the list has for the text, None if it does not have it.

    With ``caseful`` the case of letters counts in local parts. ``option`` is what the list is called in what
    is told of the match, ``scope`` where it is remembered what named lists say. A forced failure of the
    expansion is an empty list. Raises `Deferred` for one that cannot be expanded, which is logged, or
    matched to its end.
    """
    given = ""
    if kind == "host" or is_plain(list_text):
        expanded = list_text  # lists of hosts are expanded where they are matched
    else:
        try:
            expanded, given = ctx.expand(list_text), list_text
        except ForcedFail:
            return None
        except ExpansionError as problem:
            ctx.log(f'failed to expand "{list_text}" while checking a list: {problem.message}', panic=True)
            raise Deferred(problem.message) from None
    if caseful:
        mark, body = listtext.separator(expanded)
        expanded = tainted_like(f"<{mark} {CASEFUL} {mark} {body}", expanded)
    try:
        return ctx.match_list(kind, text, expanded, option=option, scope=scope, given=given)
    except Unsupported:
        raise
    except ForcedFail:
        return None
    except ExpansionError as problem:
        raise Deferred(problem.message) from None
