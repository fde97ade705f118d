"""``verify`` for what is known of the client and the connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.acl import DEFER, FAIL, OK
from drivers.variables.host_name import DONE, WHY, look_up
from expander.session.verified_name import is_verified

if TYPE_CHECKING:
    from expander.acl.run import Run

SHORT_SINCE = "4.99"
"""The release from which the log does not say what a name that was not found was wanted for."""


def certificate(run: Run, _text: str) -> str:
    """True if the client has shown a certificate that verifies."""
    if run.ctx.facts.get("tls_in_certificate_verified") == "1":
        return OK
    run.message = "no verified certificate"
    return FAIL


def helo(run: Run, _text: str) -> str:
    """True if the name in HELO or EHLO leads to the client's address, or the address to the name."""
    return OK if is_verified(run.ctx) else FAIL


def reverse_host_lookup(run: Run, _text: str) -> str:
    """True if the client's address has a name that leads back to it."""
    ctx = run.ctx
    if not ctx.facts.get("sender_host_address") or ctx.facts.get("sender_host_name"):
        return OK
    address = ctx.facts["sender_host_address"]
    if ctx.state.get(DONE) != address:
        run.debug("looking up host name to force name/address consistency check")
        look_up(ctx, address)
    if ctx.facts.get("sender_host_name"):
        return OK
    deferred = ctx.facts.get("host_lookup_deferred") == "1"
    why = f" ({ctx.state[WHY]})" if WHY in ctx.state and not deferred else ""
    what = "" if ctx.profile.at_least(SHORT_SINCE) and not deferred else " for reverse lookup check"
    run.log_message = f"host lookup {'deferred' if deferred else 'failed'}{what}{why}"
    return DEFER if deferred else FAIL
