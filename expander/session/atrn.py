"""ATRN: an authenticated client wants its waiting mail over the same connection. See RFC 2645."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, Unsupported
from drivers.values.log_selector import selects
from expander.session import logline
from expander.session.judging import OK

if TYPE_CHECKING:
    from expander.expand.context import Context
    from expander.session.machine import Session

SINCE = "4.99"
PROVIDER = "P"
ACCEPTED = "250 ODMR provider turning line around\r\n"
NOT_TURNED = "turning the line around for ATRN is not supported by eximulate yet"


def is_offered(ctx: Context) -> bool:
    """True if clients may use the command: the release has it, and the option comes to the name of an ACL."""
    if not ctx.profile.at_least(SINCE):
        return False
    text = str(ctx.options.get("acl_smtp_atrn") or "")
    try:
        return bool(ctx.expand(text))
    except Unsupported:
        raise
    except ExpansionError:
        return False


def atrn(session: Session, argument: str) -> None:
    """Ask the ACL, and tell the client that the connection is turned around.

    Raises `Unsupported` then: that this side goes on as the client is not imitated.
    """
    ctx, facts = session.ctx, session.ctx.facts
    if not is_offered(ctx):
        session.error(502, "ATRN command used when not advertised")
        return
    if not facts.get("authenticated_id"):
        session.error(530, "ATRN is not permitted without authentication")
        return
    if session.mail.sender is not None:
        session.error(503, "ATRN is not permitted inside a transaction")
        return
    if selects(ctx, "etrn"):
        ctx.log(f"ATRN '{argument}' received from {logline.client(session)}")
    verdict = session.judge("atrn")
    if verdict.word != OK:
        session.refuse("atrn", argument, verdict)
        return
    session.say(ACCEPTED)
    facts["atrn_mode"] = PROVIDER
    facts["atrn_host"] = f"[{facts.get('sender_host_address', '')}]:{facts.get('sender_host_port', '0')}"
    raise Unsupported(NOT_TURNED)
