"""What happens when a client connects: checks of the host, the ACL, the banner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, Fatal, ForcedFail, Unsupported
from drivers.api.text import SPACE
from drivers.variables.host_name import look_up
from expander.session import crowding, ending, ident, logline
from expander.session.hostcheck import client_in
from expander.session.judging import OK
from expander.session.replies import OWN_CODE, reply
from expander.session.sizes import set_size_limit

if TYPE_CHECKING:
    from expander.expand.context import Context
    from expander.session.machine import Session


TRY_LATER = "Temporary local problem - please try later"


SENDER = ("sender_address", "authenticated_sender")
"""What the caller is known by until the client is greeted."""

NOBODY = dict.fromkeys(SENDER, "")


def set_active_hostname(ctx: Context) -> None:
    """Find out the name that the server has for this client. Raises `Fatal` where it cannot be expanded."""
    text = str(ctx.options.get("smtp_active_hostname") or "")
    try:
        active = ctx.expand(text)
    except ForcedFail:
        return
    except Unsupported:
        raise
    except ExpansionError as problem:
        words = f'failed to expand "{text}" (smtp_active_hostname): {problem.message}'
        raise Fatal(words) from problem
    if active:
        ctx.facts["smtp_active_hostname"] = active


def greet(session: Session) -> bool:
    """Check the client and greet it, or turn it away; false for one whom a proxy has to name first."""
    ctx = session.ctx
    logline.set_client(session)
    sender = {name: ctx.facts.get(name, "") for name in SENDER}
    session.reset()
    ctx.facts.update(sender)
    if not session.is_batch:
        is_remote = bool(ctx.facts.get("sender_host_address"))
        ctx.facts["received_protocol"] = "smtp" if is_remote else "local-smtp"
    if "smtp_active_hostname" not in ctx.facts:
        set_active_hostname(ctx)
    session.logs_connection = not client_in(ctx, "hosts_connection_nolog")
    ending.opened(session)
    problem = set_size_limit(session)
    if problem:
        ctx.log(problem, panic=True)
        session.close_down(TRY_LATER)
        return True
    if client_in(ctx, "host_lookup") and not ctx.facts.get("sender_host_name"):
        look_up(ctx, ctx.facts.get("sender_host_address", ""))
        logline.set_client(session)
    ident.ask(session)
    if ctx.facts.get("sender_ident"):
        logline.set_client(session)
    if client_in(ctx, "host_reject_connection"):
        words = f"refused connection from {logline.client(session)} (host_reject_connection)"
        logline.log_refusal(session, words, selector="connection_reject")
        session.say("554 SMTP service not available\r\n")
        session.end()
        return True
    if crowding.is_turned_away(session):
        session.end()
        return True
    session.takes_unqualified_senders = client_in(ctx, "sender_unqualified_hosts")
    session.takes_unqualified_recipients = client_in(ctx, "recipient_unqualified_hosts")
    session.helo_required = client_in(ctx, "helo_verify_hosts")
    session.helo_verify = session.helo_required or client_in(ctx, "helo_try_verify_hosts")
    session.helo_junk = client_in(ctx, "helo_accept_junk_hosts")
    if ctx.facts.get("sender_host_address") and client_in(ctx, "hosts_proxy"):
        return False
    admit(session)
    return True


def admit(session: Session) -> None:
    """Let the ACL judge who the client is, and greet it."""
    verdict = session.judge("connect")
    if verdict.word != OK:
        session.refuse("connect", "", verdict)
        session.end()
        return
    _banner(session, verdict.message)


def _banner(session: Session, message: str) -> None:
    text = message and session.with_right_code(220, message)
    if not text:
        try:
            text = session.option("smtp_banner")
        except ExpansionError as problem:
            banner = session.ctx.options.get("smtp_banner")
            words = f'Expansion of "{banner}" (smtp_banner) failed: {problem.message}'
            raise Fatal(words) from problem
    is_remote = bool(session.ctx.facts.get("sender_host_address"))
    session.can_pipe_connect = is_remote and client_in(session.ctx, "pipelining_connect_advertise_hosts")
    session.has_greeted = True
    own = OWN_CODE.match(text)
    start = own.end() if own is not None else 0  # the blank behind a code stays
    session.say(reply("220", text[:start] + text[start:].rstrip(SPACE)))
