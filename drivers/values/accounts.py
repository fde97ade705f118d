"""Users of the machine, each looked for once in a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drivers.api.outside import Account
    from drivers.api.protocols import Context

ACCOUNTS = "accounts of local parts"
"""Under this name the state has users by name, and None for names that nobody has."""

MOST_ACCOUNTS = 1000
"""So many are remembered."""


def account(ctx: Context, name: str) -> Account | None:
    """The user of a login name or number, None if there is none."""
    kept: dict[str, Account | None] | None = ctx.state.get(ACCOUNTS)
    if kept is None:
        kept = ctx.state[ACCOUNTS] = {}
    if name not in kept:
        if len(kept) >= MOST_ACCOUNTS:
            kept.clear()
        kept[name] = ctx.world.users.user(name)
    return kept[name]


class KnownUsers:
    """The same for whoever asks for users alone."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx

    def user(self, name: str) -> Account | None:
        """The user of a login name or number, None if there is none."""
        return account(self._ctx, name)
