"""Sessions under TLS that are resumed: what they are kept under, and what the variables tell of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError
from drivers.values.peer import ASKED, ISSUED, OFFERED, RESUMED, SUPPORTED

if TYPE_CHECKING:
    from drivers.api.links import Secured
    from drivers.transports.smtp_line import Line

OPTION = "host_name_extract"


def extract_name(attempt: Line, hello: str) -> None:
    """Settle the name that the host has in its reply to EHLO, which tells one of several behind an address.

    A text that cannot be expanded gives none, and nobody hears of it.
    """
    transport, ctx = attempt.job.transport, attempt.job.ctx
    options = transport.options
    is_wanted = OPTION in options and (options.is_set(OPTION) or options.is_set("tls_resumption_hosts"))
    if not is_wanted or attempt.sent.facts is not None:
        return
    before, ctx.item = ctx.item, hello
    try:
        attempt.own_name = ctx.expand(str(transport[OPTION] or ""))
    except ExpansionError:
        attempt.own_name = ""
    finally:
        ctx.item = before


def named(attempt: Line, server: str) -> str:
    """What sessions with the host are kept under, "" where none is to be resumed.

    ``server`` is the name that is asked for. As in Exim's hints, sessions belong to a spool directory.
    """
    if attempt.at_once or not attempt.lists("tls_resumption_hosts"):
        return ""
    ctx, host = attempt.job.ctx, attempt.host
    place = ctx.world.files.local(str(ctx.options["spool_directory"]))
    return "\0".join([place, host.name, host.address, str(attempt.port), server, attempt.own_name])


def begun(made: Secured, *, is_wanted: bool) -> int:
    """The sum of bits of ``$tls_out_resumption`` within the handshake; see `drivers.variables.tls`."""
    if not is_wanted:
        return SUPPORTED
    return SUPPORTED + ASKED + (OFFERED if made.offers_session else 0)


def told(made: Secured, *, is_wanted: bool, gnutls: bool) -> int:
    """The same once the handshake is over."""
    if not is_wanted:
        return SUPPORTED + ISSUED if gnutls else 0
    return begun(made, is_wanted=True) + (RESUMED if made.is_resumed else 0)


def look(attempt: Line) -> None:
    """See whether the server has given a ticket by now."""
    facts = attempt.sent.facts
    if facts is None or not attempt.wire.link.has_ticket():
        return
    bits = int(facts["resumption"])
    if not bits & ISSUED:
        shown = str(bits | ISSUED)
        attempt.sent.facts = {**facts, "resumption": shown}
        attempt.job.ctx.facts["tls_out_resumption"] = shown
