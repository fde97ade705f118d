"""The ipliteral router."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.routing import DECLINE, OK, Host
from drivers.api.text import lower, tainted_like
from drivers.api.unit import router
from drivers.routers.finding import LOCAL, is_ignored, with_local
from drivers.routers.finishing import finish
from drivers.routers.hostlist import self_action
from drivers.values import ip

if TYPE_CHECKING:
    from drivers.api.routing import Work

TAGS = ("ipv4:", "ipv6:")


@router("ipliteral", syntax="driver = ipliteral", section="The ipliteral router", feature="router_ipliteral")
def ipliteral(work: Work) -> str:
    """Send to the IP address that stands in brackets in the place of a domain."""
    domain = work.address.domain
    if not (domain.startswith("[") and domain.endswith("]")):
        return DECLINE
    text = domain[1:-1]
    if lower(text).startswith(TAGS):
        text = text[len(TAGS[0]) :]
    address = ip.parse(text)
    if address is None or (work.ctx.options.get("disable_ipv6") and address.version == ip.IPV6):
        return DECLINE
    if is_ignored(work, text):
        work.address.message = "IP literal host explicitly ignored"
        return DECLINE
    host = Host(domain, tainted_like(text, domain))
    if with_local(work, [host])[0] == LOCAL:
        outcome = self_action(work, host)
        if outcome != OK:
            return outcome
    work.address.hosts = [host]
    return finish(work)
