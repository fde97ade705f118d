"""Who a client's host says that its user is, by RFC 1413."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.text import Tainted, from_bytes, printing, to_bytes
from drivers.values.log_selector import selects
from expander.session.hostcheck import client_in
from grammar.patterns import late_pattern
from grammar.record import Record

if TYPE_CHECKING:
    from drivers.api.links import Link
    from expander.session.machine import Session

ASKS = "the client's host may be asked"
"""Under this name the state of a session says that there is a host which can be asked."""

PORT = 113
LONGEST_ANSWER = 4096
LONGEST = 127
_ANSWER = late_pattern(r"\s*([0-9]+) *,\s*([0-9]+)\s*:\s*USERID\s*:[^:]*:\s*(\S.*)", re.DOTALL)


class Asked(Record):
    """The ports of a connection: the client's, and the one of this host."""

    theirs: int
    own: int


def ask(session: Session) -> None:
    """Set ``$sender_ident`` if ``rfc1413_hosts`` has the client, and its host answers in time.

    Raises ``Refused`` where nobody may be asked. See "rfc1413_query_timeout" in the manual.
    """
    ctx, facts = session.ctx, session.ctx.facts
    patience = session.number("rfc1413_query_timeout")
    if not ctx.state.get(ASKS) or patience <= 0 or not client_in(ctx, "rfc1413_hosts"):
        return
    address = facts.get("sender_host_address", "")
    ports = Asked(int(facts.get("sender_host_port") or 0), int(facts.get("received_port") or 0))
    port = int(ctx.options.get("rfc1413_port") or PORT)
    try:
        link = ctx.world.sockets.connect(
            (address, port),
            timeout=patience,
            patience=patience,
            interface=facts.get("received_ip_address", ""),
        )
    except TimeoutError:
        if selects(ctx, "ident_timeout"):
            ctx.log(f"ident connection to {address} timed out")
        return
    except OSError:
        return
    try:
        answer = _answered(link, ports)
    except OSError:
        return
    finally:
        link.close()
        session.started = ctx.world.clock.now()  # this was no time of the client's
    ident = ident_in(answer, ports)
    if ident:
        facts["sender_ident"] = Tainted(ident)


def _answered(link: Link, ports: Asked) -> str:
    link.send(to_bytes(f"{ports.theirs} , {ports.own}\r\n"))
    data = b""
    while b"\n" not in data and len(data) < LONGEST_ANSWER:
        more = link.receive(LONGEST_ANSWER - len(data))
        if not more:
            break
        data += more
    return from_bytes(data)


def ident_in(answer: str, ports: Asked) -> str:
    """The user that an answer names, "" for an answer that is none or about something else."""
    line, end, _ = answer.partition("\n")
    found = _ANSWER.match(line.rstrip("\r")) if end else None
    if found is None or (int(found[1]), int(found[2])) != (ports.theirs, ports.own):
        return ""
    return printing(found[3][:LONGEST])
