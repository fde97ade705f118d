"""Users of the machine, each looked for once in a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from drivers.api.outside import Account, Users
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
        kept[name] = ctx.world.users.user(name) if is_short(name, ctx.options) else None
    return kept[name]


def is_short(name: str, options: Mapping[str, Any]) -> bool:
    """False for a login name that ``max_username_length`` is too short for: nobody is called so then."""
    most = options.get("max_username_length")
    return not (isinstance(most, int) and 0 < most < len(name)) or name.isdecimal()


class KnownUsers:
    """The same for whoever asks for users alone."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx

    def user(self, name: str) -> Account | None:
        """The user of a login name or number, None if there is none."""
        return account(self._ctx, name)


class ShortNames:
    """The users of a machine as long as their names are short enough for the options at that time."""

    def __init__(self, users: Users, options: Mapping[str, Any]) -> None:
        self._users, self._options = users, options

    def user(self, name: str) -> Account | None:
        """The user of a login name or number, None if there is none."""
        return self._users.user(name) if is_short(name, self._options) else None

    def group(self, name: str) -> int | None:
        """The number of the group of a name or number."""
        return self._users.group(name)
