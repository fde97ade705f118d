"""The condition acl."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from drivers.api.errors import Failed, ForcedFail
from drivers.api.unit import condition
from grammar.shapes import ConditionShape

if TYPE_CHECKING:
    from drivers.api.protocols import Context


@condition(
    "acl",
    syntax="acl {{<name>}{<arg1>}{<arg2>}...}",
    since="4.82",
    section="Expansion conditions",
    shape=ConditionShape(
        form="bundle",
        least=1,
        most=10,
        complaints={"many": "Too many arguments for 'acl' (max is 10)"},
    ),
    examples={"${if acl{{accept}}{y}{n}}": "y"},
)
def acl(ctx: Context, strings: Sequence[str]) -> bool:
    """True if an ACL accepts, false if it denies; its message is in ``$value``.

    The arguments are in ``$acl_arg1`` to ``$acl_arg9`` while it runs. Raises `ForcedFail` if the ACL
    defers and `Failed` for its other verdicts and errors.
    """
    name, *arguments = strings
    if not name:
        return False
    verdict, message = ctx.run_acl(name, arguments)
    if verdict not in {"OK", "FAIL"}:
        words = f'{verdict} from acl "{name}"'
        raise ForcedFail(words) if verdict == "DEFER" else Failed(words)
    ctx.value = message
    return verdict == "OK"
