"""Addresses of hosts that a router replaces: the option ``translate_ip_address``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Deferred, ExpansionError, ForcedFail
from drivers.routers.finding import IGNORED, LATER, NOT_FOUND, by_name
from drivers.values import ip

if TYPE_CHECKING:
    from drivers.api.routing import Host, Work


def translate(work: Work, text: str) -> None:
    """Replace the address of each host by what the text comes to: an address, or the name of a host.

    Raises `Deferred` with the message for the address.
    """
    hosts: list[Host] = []
    for host in work.address.hosts:
        hosts += _translated(work, host, text) if host.address else [host]
    work.address.hosts = hosts


def _translated(work: Work, host: Host, text: str) -> list[Host]:
    ctx = work.ctx
    ctx.facts["host_address"] = host.address
    try:
        new = ctx.expand(text)
    except ForcedFail:
        return [host]
    except ExpansionError as problem:
        raise Deferred(f"translate_ip_address expansion failed: {problem.message}") from None
    finally:
        ctx.facts["host_address"] = ""
    if ip.parse(new) is not None:
        host.address = new
        return [host]
    before = f"{host.name} [{host.address}]"
    host.name, host.address, host.preference = new, "", None
    found = by_name(work, host)
    if found.status in {NOT_FOUND, LATER, IGNORED}:
        raise Deferred(f"host {new} not found when translating {before}")
    return list(found.hosts)
