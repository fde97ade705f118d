"""``verify`` for what is known of the client and the connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.acl import FAIL, OK
from drivers.api.errors import Unsupported

if TYPE_CHECKING:
    from expander.acl.run import Run


def certificate(run: Run, _text: str) -> str:
    """True if the client has shown a certificate that verifies."""
    if run.ctx.facts.get("tls_in_certificate_verified") == "1":
        return OK
    run.message = "no verified certificate"
    return FAIL


def csa(_run: Run, _text: str) -> str:
    """Client SMTP authorization."""
    raise Unsupported("verify = csa is not supported by eximulate yet")


def helo(_run: Run, _text: str) -> str:
    """True if the name in HELO or EHLO leads to the client's address, or the address to the name."""
    raise Unsupported("verify = helo is not supported by eximulate yet")


def reverse_host_lookup(run: Run, _text: str) -> str:
    """True if the client's address has a name that leads back to it."""
    ctx = run.ctx
    if not ctx.facts.get("sender_host_address") or ctx.facts.get("sender_host_name"):
        return OK
    if ctx.expand("$sender_host_name"):
        return OK
    if ctx.facts.get("host_lookup_deferred") == "1":
        from drivers.api.acl import DEFER

        return DEFER
    return FAIL
