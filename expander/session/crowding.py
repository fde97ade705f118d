"""How many clients a server has, and what comes of there being too many of them, or too much load."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, ForcedFail, Unsupported
from drivers.values.log_selector import selects
from expander.session import logline
from expander.session.hostcheck import client_in
from grammar.record import State

if TYPE_CHECKING:
    from expander.expand.context import Context
    from expander.session.machine import Session

CROWD = "clients of the server"
"""Under this name the state of a session of a server has its `Crowd`."""

UNIT = 1000
"""Options have loads in thousandths."""


class Crowd(State):
    """How many clients are connected, this one among them, and how many of them have its address."""

    total: int
    of_host: int


def refusal(ctx: Context, crowd: Crowd) -> str:
    """What a client is told that does not even get a session, "" if it gets one; the log is told why."""
    options = ctx.options
    most = int(options.get("smtp_accept_max") or 0)
    if 0 < most < crowd.total:
        return _refused(ctx, "too many connections", "Too many concurrent SMTP connections")
    limit, load = _load_limit(ctx), ctx.world.host.load()
    if limit is not None and not options.get("smtp_reserve_hosts") and load > limit:
        return _refused(ctx, f"load average = {load:.2f}", "Too much load")
    of_host = _most_of_host(ctx)
    if 0 < of_host < crowd.of_host:
        why = "too many connections from that IP address"
        return _refused(ctx, why, "Too many concurrent SMTP connections from this IP address")
    return ""


def _refused(ctx: Context, why: str, told: str) -> str:
    if selects(ctx, "connection_reject"):
        ctx.log(f"Connection from {_client(ctx)} refused: {why}")
    return f"421 {told}; please try again later.\r\n"


def _client(ctx: Context) -> str:
    facts = ctx.facts
    text = f"[{facts.get('sender_host_address', '')}]"
    if selects(ctx, "incoming_port"):
        text += f":{facts.get('sender_host_port', '')}"
    if selects(ctx, "incoming_interface"):
        text += f" I=[{facts.get('received_ip_address', '')}]:{facts.get('received_port', '')}"
    return text


def _most_of_host(ctx: Context) -> int:
    """How many connections the client's host may have, 0 for any number."""
    text = str(ctx.options.get("smtp_accept_max_per_host") or "")
    name = "expansion of smtp_accept_max_per_host"
    try:
        value = ctx.expand(text)
    except (ForcedFail, Unsupported):
        return 0
    except ExpansionError as problem:
        ctx.log(f"{name} failed for {_client(ctx)}: {problem.message}", panic=True)
        return 0
    if value and not (value.isascii() and value.isdigit()):
        ctx.log(f"{name} for {_client(ctx)} contains non-digit: {value}", panic=True)
        return 0
    return int(value or 0)


def _load_limit(ctx: Context) -> float | None:
    """The load above which hosts without a reservation are not served."""
    return _load(ctx, "smtp_load_reserve")


def _load(ctx: Context, option: str) -> float | None:
    value = ctx.options.get(option)
    return None if value is None or int(value) < 0 else int(value) / UNIT


def connected(session: Session) -> str:
    """What the log has behind the client of a new connection."""
    crowd = session.ctx.state.get(CROWD)
    return f" (TCP/IP connection count = {crowd.total})" if crowd is not None else ""


def is_turned_away(session: Session) -> bool:
    """True if what is left is reserved for other hosts, which the client and the log are told."""
    ctx = session.ctx
    crowd: Crowd | None = ctx.state.get(CROWD)
    if crowd is None:
        return False
    most, reserve = session.number("smtp_accept_max"), session.number("smtp_accept_reserve")
    has_place = False
    if most > 0 and crowd.total + reserve > most:
        has_place = client_in(ctx, "smtp_reserve_hosts")
        if not has_place:
            numbers = f"connected={crowd.total - 1} max={most} reserve={reserve}"
            return _away(session, f": not in reserve list: {numbers}", "Too many concurrent SMTP connections")
    limit, load = _load_limit(ctx), ctx.world.host.load()
    if limit is not None and load > limit and not has_place and not client_in(ctx, "smtp_reserve_hosts"):
        return _away(session, f": not in reserve list and load average = {load:.2f}", "Too much load")
    return False


def _away(session: Session, why: str, told: str) -> bool:
    if selects(session.ctx, "connection_reject"):
        session.ctx.log(f"temporarily refused connection from {logline.client(session)}{why}")
    name = session.ctx.expand("$smtp_active_hostname")
    session.say(f"421 {name}: {told}; please try again later\r\n")
    return True


def why_not_delivered(session: Session) -> str:
    """Why a message of a server's client waits for a queue run, as the log says it; "" if it does not."""
    ctx = session.ctx
    crowd: Crowd | None = ctx.state.get(CROWD)
    if crowd is None:
        return ""
    most = session.number("smtp_accept_queue")
    if 0 < most < crowd.total:
        return f"too many connections ({crowd.total}, max {most})"
    each = session.number("smtp_accept_queue_per_connection")
    if 0 < each < session.mails:
        return f"more than {each} messages received in one connection"
    limit = _load(ctx, "queue_only_load")
    load = ctx.world.host.load() if limit is not None else 0.0
    return f"load average {load:.2f}" if limit is not None and load > limit else ""


def most_messages(session: Session) -> int:
    """How many messages one connection may bring, 0 for any number."""
    value = session.ctx.options.get("smtp_accept_max_per_connection")
    if isinstance(value, int):
        return value
    text = session.ctx.expand(str(value or ""))
    return int(text) if text.isascii() and text.isdigit() else 0
