"""Lists of hosts as manualroute and queryprogram have them, and what becomes of this host in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.routing import DECLINE, DEFER, FAIL, OK, PASS, REROUTED, Host, Refusal
from drivers.api.text import lower
from drivers.routers.domains import change_domain
from drivers.routers.exchangers import find
from drivers.routers.finding import (
    IGNORED,
    INSECURE,
    LATER,
    LOCAL,
    NOT_FOUND,
    Found,
    Wanted,
    by_address,
    by_name,
    tell_search,
)
from drivers.values import ip, listtext

if TYPE_CHECKING:
    from drivers.api.routing import Work

BY_DEFAULT, BY_NAME, BY_DNS = "", "byname", "bydns"
BY_MX = "/mx"
_PORT = re.compile(r"\[(.+)\]:([0-9]+)|([^:]+):([0-9]+)", re.ASCII)
_RANK = 1000

UNKNOWN_HOST, DNS_DEFERRED = -32, -36
"""The number of Exim's own for a question to the DNS that has no answer for now."""


def built(work: Work, text: str, *, at_random: bool) -> list[Host]:
    """The hosts of a list; in a random order if that is wanted, which holds between elements ``+``."""
    hosts: list[Host] = []
    group = -2 if at_random else -1
    for name in listtext.elements(text):
        if name == "+":
            group -= at_random
            continue
        rank = -group * _RANK + work.ctx.world.random.below(_RANK) if at_random else 0
        host = Host(name, group=group, rank=rank)
        at = next((at for at, known in enumerate(hosts) if rank < known.rank), len(hosts))
        hosts.insert(at, host)
    return hosts


def split_port(host: Host) -> None:
    """Take a port off the name of a host."""
    found = _PORT.fullmatch(host.name)
    if found is not None:
        host.name, port = (found[1], found[2]) if found[1] else (found[3], found[4])
        host.port = int(port)


def look_up(work: Work, hosts: list[Host], way: str, wanted: Wanted, on_failure: str) -> list[Host]:
    """The hosts with their addresses; those after this host are left out.

    ``on_failure`` says what happens where a host is not found: "ignore", "decline", "defer", "fail",
    "freeze" or "pass". Raises `Refusal`.
    """
    kept: list[Host] = []
    sends_to_self = False
    for at, host in enumerate(hosts):
        split_port(host)
        found = _one(work, host, way, wanted)
        if found.status in {INSECURE, LATER}:
            host.name = found.name or host.name
            _not_now(work, host, found.status)
        if found.status in {NOT_FOUND, IGNORED}:
            if on_failure == "ignore":
                continue
            host.name = "" if found.no_service else found.name or host.name
            host.port = None  # a port counts once the host is found
            work.address.hosts = kept + hosts[at:]  # which stay with it if other routers are to try it
            _not_found(work, host, on_failure, malformed=found.malformed)
        if found.status == LOCAL and not sends_to_self:
            if kept:
                work.address.local_host_removed = True
                break
            outcome = self_action(work, found.hosts[0])
            if outcome != OK:
                raise Refusal(outcome)
            sends_to_self = True
        if found.local_removed:
            work.address.local_host_removed = True
        kept += found.hosts
    return kept


def _one(work: Work, host: Host, way: str, wanted: Wanted) -> Found:
    if lower(host.name).endswith(BY_MX) and len(host.name) > len(BY_MX):
        host.name = host.name[: -len(BY_MX)]
        found = find(work, host.name, wanted, addresses_too=False)
        for each in found.hosts:
            each.port = host.port if each.port is None else each.port
        return found
    if way == BY_NAME or ip.parse(host.name) is not None:
        return by_name(work, host)
    tell_search(work, host.name)
    found = by_address(work, host, wanted)
    if found.status == NOT_FOUND and way == BY_DEFAULT:
        return by_name(work, host)
    return found


def _not_now(work: Work, host: Host, status: str) -> None:
    if status == LATER and work.router["pass_on_timeout"]:
        raise Refusal(PASS)
    work.address.number = DNS_DEFERRED
    work.address.message = (
        f"host lookup for {host.name} done insecurely"
        if status == INSECURE
        else f"host lookup for {host.name} did not complete (DNS timeout?)"
    )
    raise Refusal(DEFER)


def _not_found(work: Work, host: Host, on_failure: str, *, malformed: bool) -> None:
    if on_failure in {"pass", "decline"}:
        raise Refusal(PASS if on_failure == "pass" else DECLINE)
    address = work.address
    address.number = UNKNOWN_HOST
    address.message = f'lookup of host "{host.name}" failed in {work.router.name} router'
    if malformed:
        address.message += ": syntax error in name"
    address.freezes = on_failure == "freeze"
    raise Refusal(FAIL if on_failure == "fail" else DEFER)


def self_action(work: Work, host: Host) -> str:
    """What the option ``self`` wants where mail would come back to this host."""
    address, ctx = work.address, work.ctx
    message = "remote host address is the local host"
    if host.preference is not None:
        message = "lowest numbered MX record points to local host"
    action = work.router["self"]
    if action == "send":
        return OK
    if action.startswith("reroute:"):
        domain = action.removeprefix("reroute:").strip(" \t")
        rewrites = domain.startswith("rewrite:")
        if rewrites:
            domain = domain.removeprefix("rewrite:").strip(" \t")
        change_domain(work, domain, rewrites=rewrites)
        return REROUTED
    address.message = message
    if action == "pass":
        address.self_hostname = host.name
        return PASS
    if action == "fail":
        address.passes_message = True
        return FAIL
    if action == "freeze":
        client = ctx.facts.get("sender_fullhost", "")
        doing = f"verifying <{address.text}> from host {client}" if client else f"routing <{address.text}>"
        about = "" if ctx.facts.get("message_exim_id") else f" (while {doing})"
        ctx.log(f"{message}: {address.domain}{about}")
        address.freezes = True
    return DEFER
