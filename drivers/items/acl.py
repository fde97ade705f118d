"""The item acl."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Failed, ForcedFail
from drivers.api.unit import item
from drivers.items.counted import counted

if TYPE_CHECKING:
    from drivers.api.protocols import Context


@item(
    "acl",
    syntax="${acl{<name>}{<arg>}...}",
    since="4.82",
    section="Expansion items",
    shape=counted("acl", 1, 10),
    examples={"[${acl{accept}}]": "[]"},
)
def acl(ctx: Context, name: str, *arguments: str) -> str:
    """Run an ACL and yield its message, whether it accepts or denies.

    The arguments are in ``$acl_arg1`` to ``$acl_arg9`` while it runs. Raises `ForcedFail` if the ACL
    defers and `Failed` for its other verdicts and errors.
    """
    if not name:
        return ""
    verdict, message = ctx.run_acl(name, arguments)
    if verdict in {"OK", "FAIL"}:
        if message and ctx.narrator is not None:
            ctx.narrator.say(f"acl expansion yield: {message}")
        return message
    words = f'{verdict} from acl "{name}"'
    raise ForcedFail(words) if verdict == "DEFER" else Failed(words)
