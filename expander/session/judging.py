"""Asks the ACLs of a session: the one place where the session meets their engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from drivers.api.errors import ExpansionError, ForcedFail, Unsupported
from expander.acl import run_acl

if TYPE_CHECKING:
    from expander.expand.context import Context

OK, FAIL, DROP, DEFER, DISCARD, ERROR = "OK", "FAIL", "FAIL_DROP", "DEFER", "DISCARD", "ERROR"
REFUSING = frozenset({"rcpt", "vrfy", "expn", "etrn"})
"""The phases in which no ACL means no."""

_NO_DISCARD = frozenset({"connect", "helo", "predata", "vrfy", "expn", "etrn", "quit", "notquit"})


class AclResult(NamedTuple):
    """What an ACL decides, in one of the words above, and the messages for the client and the log."""

    word: str
    message: str = ""
    log_message: str = ""


def check_acl(ctx: Context, where: str, text: str | None) -> AclResult:
    """Run the ACL of a phase; ``text`` is the value of its option before expansion, None without one.

    Raises `Unsupported` for what the engine of ACLs lacks. See "Access control lists".
    """
    if text is None:
        if where in REFUSING:
            ctx.debug("ACL is NULL: implicit DENY")
            return AclResult(FAIL)
        return AclResult(OK)
    try:
        name = ctx.expand(text)
    except ForcedFail:
        return AclResult(OK)
    except Unsupported:
        raise
    except ExpansionError as problem:
        return AclResult(ERROR, "", f'failed to expand ACL string "{text}": {problem.message}')
    if not name:
        return check_acl(ctx, where, None)
    word, message = run_acl(ctx, name, ())
    if word == DISCARD and where in _NO_DISCARD:
        ctx.log(f'"discard" verb not allowed in {where.upper()} ACL')
        return AclResult(ERROR)
    return AclResult(word, message, message)
