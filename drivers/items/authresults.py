"""The item authresults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Unsupported
from drivers.api.unit import item
from drivers.items.counted import counted

if TYPE_CHECKING:
    from drivers.api.protocols import Context

RESULTS = (
    "sender_host_address",
    "sender_host_authenticated",
    "spf_result",
    "dkim_verify_status",
    "dmarc_status",
    "arc_state",
)


@item(
    "authresults",
    syntax="${authresults{<authserv-id>}}",
    since="4.91",
    section="Expansion items",
    shape=counted("authresults", 1, 1),
    examples={"${authresults{mx.example}}": "Authentication-Results: mx.example"},
)
def authresults(ctx: Context, server: str) -> str:
    """The header line that tells what is known of a message's authenticity (RFC 8601).

    It holds results only for a message from a remote host. Raises `Unsupported` for one.
    """
    known = [name for name in RESULTS if ctx.facts.get(name)]
    if known:
        raise Unsupported(f"authentication results of {known[0]} are not supported by eximulate")
    return f"Authentication-Results: {server}"
