"""Events of deliveries: what the options ``event_action`` are told of. See "Events" in the manual."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import Tainted
from drivers.routers.finishing import is_local
from expander import events

if TYPE_CHECKING:
    from drivers.api.routing import Address
    from expander.delivery.deliver import Delivery

_OF_DELIVERIES = ("transport_name", "router_name", "local_part", "local_part_data", "domain_data")
_OF_HOSTS = ("host", "host_address", "host_port")
_OF_PLACES = ("domain", *_OF_HOSTS)
_TELL_WHY = frozenset({"smtp", "lmtp", "autoreply"})
"""Transports whose failures are told with their reason."""

NO_PORT = "-1"
BYPASSED = "**bypassed**"


def delivered(delivery: Delivery, address: Address, *, bypassed: bool = False) -> None:
    """An address was delivered to."""
    data = address.confirmation if address.sent is not None else ""
    port = None if address.sent is None else str(address.sent.port)
    of_address(delivery, address, "msg:delivery", data, port=port, transport=BYPASSED if bypassed else "")


def failed(delivery: Delivery, address: Address) -> None:
    """An address can never be delivered to."""
    if address.transport is not None:
        sent = address.sent
        data = (address.message or "") if sent is not None or address.transport.driver in _TELL_WHY else ""
        known = sent is not None and any(sent is other.sent for other in delivery.succeeded)
        of_address(
            delivery, address, "msg:fail:delivery", data, port=str(sent.port) if sent and known else None
        )
    else:
        of_address(delivery, address, "msg:fail:internal", address.message or "", of_main=True)


def of_address(
    delivery: Delivery,
    address: Address,
    name: str,
    data: str,
    number: int = 0,
    *,
    port: str | None = None,
    transport: str = "",
    of_main: bool = False,
) -> str:
    """Raise an event about one address: what is answered.

    The transport's action is told, or that ``of_main``. Domain and host stay known after a delivery to
    another host, as long as the message is delivered.
    """
    ctx = delivery.ctx
    options = ctx.options if of_main or address.transport is None else address.transport
    action = str(options["event_action"] or "") if ctx.profile.built_with("event") else ""
    facts, sent = ctx.facts, address.sent
    before = {fact: facts.get(fact) for fact in (*_OF_DELIVERIES, *_OF_PLACES)}
    own = "" if of_main or address.transport is None else address.transport.name
    facts["transport_name"] = transport or own
    facts["router_name"] = address.router.name if address.router is not None else ""
    facts["local_part"] = Tainted(str(address.text) if address.kind else address.local_part)
    facts["domain"] = Tainted(address.domain)
    facts["local_part_data"] = facts["domain_data"] = ""
    if sent is not None:
        facts.update(host=sent.host.name, host_address=sent.host.address, host_port=port or NO_PORT)
    elif address.transport is None or is_local(address.transport):
        for fact in ("host", "host_address", "host_port"):
            facts.pop(fact, None)
    try:
        return events.raised(ctx, action, name, data, number) if action else ""
    finally:
        _forget(delivery, before, stays=sent is not None)


def _forget(delivery: Delivery, before: dict[str, str | None], *, stays: bool) -> None:
    for fact, value in before.items():
        if stays and fact in _OF_HOSTS:
            continue
        kept = delivery.domain_afar if stays and fact == "domain" else value
        delivery.ctx.facts.pop(fact, None)
        if kept is not None:
            delivery.ctx.facts[fact] = kept


def complete(delivery: Delivery) -> None:
    """A message is dealt with."""
    facts = delivery.ctx.facts
    for fact in (*_OF_DELIVERIES, *_OF_PLACES):
        if not delivery.was_afar or fact not in {"local_part", *_OF_PLACES}:
            facts.pop(fact, None)
    events.of_main(delivery.ctx, "msg:complete")
