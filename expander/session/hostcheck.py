"""Tests of the client against the host lists of options, and what is told of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.lists.conditions import DEFER, OK, domain_matches, host_matches

if TYPE_CHECKING:
    from expander.expand.context import Context


SETTLED = {"": False, "*": True}
"""Host lists whose answer is the same for all clients."""


TEXTS = "texts of main options"
"""Under this name a configuration has those that were asked for."""


def client_in(ctx: Context, option: str, *, if_open: bool = False) -> bool:
    """True if the client is in the host list of a main option; ``if_open`` where that cannot be decided.

    Raises `Fatal` where Exim ends over the list. See "Host lists".
    """
    config = ctx.config
    if config is not None and ctx.tell_checks is None and ctx.options is config.options:
        try:
            settled: bool | None = config.ready[option]
        except KeyError:
            settled = config.ready[option] = SETTLED.get(setting_of(ctx, option) or "")
        if settled is not None:
            return settled
    listed = setting_of(ctx, option)
    if listed is None:
        _tell_unset(ctx, "host", option)
        return False
    answer = host_matches(ctx, listed, option=option, sets_data=False)
    return if_open if answer.word == DEFER else answer.word == OK


def name_in(ctx: Context, name: str, option: str) -> bool:
    """True if a name is in the domain list of a main option; false where that stays open."""
    listed = setting_of(ctx, option)
    if listed is None:
        _tell_unset(ctx, name, option)
        return False
    return domain_matches(ctx, name, listed, option=option, scope="", data="").word == OK


def setting_of(ctx: Context, option: str) -> str | None:
    """The text of a main option, its default where it is not set; None where there is none either."""
    config = ctx.config
    if config is None or ctx.options is not config.options:
        return _setting(ctx, option)
    try:
        found: str | None = config.ready[TEXTS][option]
    except KeyError:
        found = config.ready.setdefault(TEXTS, {})[option] = _setting(ctx, option)
    return found


def _setting(ctx: Context, option: str) -> str | None:
    value = ctx.options.get(option)
    is_set = ctx.config is not None and ctx.config.options.is_set(option)
    return str(value or "") if value or is_set else None


def _tell_unset(ctx: Context, shown: str, option: str) -> None:
    if ctx.tell_checks is not None:
        ctx.tell_checks(f"{shown} in {option}? no (option unset)")
