"""Tests of the client against the host lists of options, and what is told of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.lists import domain, host
from expander.lists.subject import Subject, no_settings
from expander.lists.walk import expanded, matched

if TYPE_CHECKING:
    from collections.abc import Callable

    from expander.expand.context import Context


def client_in(ctx: Context, option: str) -> bool:
    """True if the client is in the host list of a main option.

    Raises what the walk through a list raises. See "Host lists".
    """
    address = ctx.facts.get("sender_host_address", "")
    return _told(ctx, "host", "host", option, host.match_element, host.unknown_setting, address)


def name_in(ctx: Context, name: str, option: str) -> bool:
    """True if a name is in the domain list of a main option."""
    return _told(ctx, name, "domain", option, domain.match_element, no_settings, name)


def setting_of(ctx: Context, option: str) -> str | None:
    """The text of a main option, its default where it is not set; None where there is none either."""
    value = ctx.options.get(option)
    is_set = ctx.config is not None and ctx.config.options.is_set(option)
    return str(value or "") if value or is_set else None


def _told(
    ctx: Context,
    shown: str,
    kind: str,
    option: str,
    match: Callable[[Subject, str], bool],
    setting: Callable[[Subject, str], bool],
    text: str,
) -> bool:
    listed = setting_of(ctx, option)
    if listed is None:
        ctx.debug(f"{shown} in {option}? no (option unset)")
        return False
    last = [""]

    def noted(subject: Subject, element: str) -> bool:
        if not subject.within:
            last[0] = element
        return setting(subject, element)

    subject = Subject(ctx, kind, text, match, noted, domain=text, local_part=text)
    found = matched(subject, expanded(ctx, listed), listed)
    # At the end of a list the answer is the opposite of what the last element stands for.
    decided = bool(last[0]) and found is not last[0].startswith("!")
    why = f'matched "{last[0]}"' if decided else "end of list"
    ctx.debug(f"{shown} in {option}? {'yes' if found else 'no'} ({why})")
    return found
