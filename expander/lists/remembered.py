"""What is remembered of named lists, by what they were asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from expander.expand.context import Context
    from expander.lists.subject import Cache

KNOWN = "known_lists"
"""Under this name the state has what named lists say, by what they were asked about."""


def resume(ctx: Context, scopes: dict[str, Cache]) -> None:
    """From here on it is remembered in these what lists say in the scopes of their names."""
    ctx.state.setdefault(KNOWN, {}).update(scopes)


def known(state: dict[str, Any], scope: str) -> Cache | None:
    """What named lists say in a scope, None without one: then nothing is remembered."""
    if not scope:
        return None
    scopes: dict[str, Cache] = state.setdefault(KNOWN, {})
    return scopes.setdefault(scope, {})
