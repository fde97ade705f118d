"""The lookup of users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.unit import lookup
from drivers.values.accounts import account
from drivers.values.lookup_type import QUERY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from drivers.api.protocols import Context


@lookup(
    "passwd",
    syntax="passwd{<user>}",
    section="File and database lookups",
    feature="lookup_passwd",
    style=QUERY,
    examples={"${extract{5}{:}{${lookup passwd{root}}}}": "/root"},
)
def passwd(ctx: Context, _path: str, _options: Sequence[str]) -> Callable[[str], str | None]:
    """Look a user up in the password file.

    The result is what follows the name in such a file, with an asterisk for the password. The number of a
    user finds nothing.
    """

    def find(name: str) -> str | None:
        user = account(ctx, name)
        if user is None or user.login != name:  # the number of a user is no name
            return None
        return f"*:{user.uid}:{user.gid}:{user.gecos}:{user.home}:{user.shell}"

    return find
