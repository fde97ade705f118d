"""How far to the right lines stand that tell of work inside ACLs and expansions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from drivers.api.protocols import Context

STEPS_SINCE = "4.99"
"""The release from which what is told of searches is indented by what it is part of, and tells more."""

LEFTMOST = -1_000_000
"""A depth that is smaller than all others together."""


_BAR = "   ╎".encode().decode("latin-1")
_LEVELS_OF_A_BAR = 4


def margin(depth: int) -> str:
    """What a line is indented with that tells of work in that depth of ACLs and expansions."""
    bars, blanks = divmod(max(depth, 0), _LEVELS_OF_A_BAR)
    return f"{_BAR * bars}{' ' * blanks}"


def tell_flat(ctx: Context, tell: Callable[[str], None], text: str) -> None:
    """Tell lines that releases before `STEPS_SINCE` do not indent."""
    if ctx.profile.at_least(STEPS_SINCE):
        tell(text)
    else:
        tell_leftmost(ctx, tell, text)


def tell_leftmost(ctx: Context, tell: Callable[[str], None], text: str) -> None:
    """Tell lines that no release indents."""
    depth, ctx.depth = ctx.depth, LEFTMOST
    try:
        tell(text)
    finally:
        ctx.depth = depth


def tell_removed(ctx: Context, hosts: Iterable[tuple[str, str, int]]) -> None:
    """Tell which hosts do not count because this one is among them: names, addresses and preferences."""
    tell = ctx.tell_checks
    if tell is None or not ctx.profile.at_least(STEPS_SINCE):
        return
    tell("local host in host list - removed hosts:")
    for name, address, preference in hosts:
        tell(f"  {name} {address} {preference}")
