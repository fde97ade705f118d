"""What a session knows of its client before it begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.text import Tainted
from drivers.values import hostport, ip

if TYPE_CHECKING:
    from expander.expand.context import Context


SHORTENED_SINCE = "4.99"
"""From this release on the IPv6 address of the client is written as short as can be."""


def set_peer(ctx: Context, peer: str, *, ident: str = "", name: str = "") -> str:
    """Let the context have a client: the address as Exim writes it.

    ``peer`` is an IP address, also with a port (``192.0.2.7.25``, ``[192.0.2.7]:25``), ``ident`` what RFC
    1413 would tell, ``name`` the host name, "" if it is to be looked up where it is needed. Raises
    `Failed` for what is no address.
    """
    found = hostport.parse(peer)
    if found is None:
        raise Failed(f'"{peer}" is not an IP address')
    address, port = found
    parsed = ip.parse(address)
    if parsed is not None and parsed.version == ip.IPV6:
        address = parsed.normal() if ctx.profile.at_least(SHORTENED_SINCE) else parsed.full(":")
    facts = ctx.facts
    for fact in ("sender_address", "authenticated_id", "authenticated_sender"):
        facts[fact] = ""
    facts["sender_ident"] = Tainted(ident) if ident else ""
    facts["sender_host_address"] = address
    facts["sender_host_port"] = str(port)
    if name:
        facts["sender_host_name"] = Tainted(name)
    return address


def set_own_address(ctx: Context, text: str) -> None:
    """Let the context have an address at which the client has come in, also with a port; "" for none."""
    found = hostport.parse(text)
    if found is not None:
        ctx.facts.update(received_ip_address=found[0], received_port=str(found[1]))
