"""The hosts that a callout asks where the transport names them, and how it gets there."""

from __future__ import annotations

import os
from contextlib import contextmanager
from errno import EIO, ETIMEDOUT
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, ForcedFail, Refused
from drivers.api.routing import Host
from drivers.api.text import SPACE, Tainted
from drivers.values import findhost, interfaces, ip, listtext, services
from drivers.values.dnsdata import FOUND
from drivers.values.telling import STEPS_SINCE, tell_flat

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from drivers.api.routing import Address, Transport
    from expander.acl.run import Run
    from expander.expand.context import Context

USUAL_PORT = 25


def hosts_of(run: Run, address: Address, transport: Transport) -> Sequence[Host]:
    """The hosts of an address, or those of its transport where the router has none or they come first."""
    own = str(transport["hosts"] or "")
    if not own or (address.hosts and transport["hosts_override"] is not True):
        return address.hosts
    try:
        with showing(run.ctx, address):
            text = run.ctx.expand(own)
    except ExpansionError as problem:
        words = f'failed to expand list of hosts "{own}" in {transport.name} transport for callout'
        run.ctx.log(f"{words}: {problem.message}", panic=True)
        return ()
    names = [each for each in listtext.elements(text) if each != "+"]
    if transport["hosts_randomize"] is True:
        names.sort(key=lambda _: run.ctx.world.random.below(1000))
    return [host for name in names for host in _found(run.ctx, transport, name)]


@contextmanager
def showing(ctx: Context, address: Address, host: Host | None = None) -> Iterator[None]:
    """Meanwhile variables tell of the address that is verified, and of the host that is asked."""
    told = {"domain": Tainted(address.domain), "local_part": Tainted(address.local_part)}
    if host is not None:
        told |= {"host": Tainted(host.name), "host_address": Tainted(host.address)}
    before = {name: ctx.facts.get(name) for name in told}
    ctx.facts.update(told)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                ctx.facts.pop(name, None)
            else:
                ctx.facts[name] = value


def _found(ctx: Context, transport: Transport, name: str) -> Sequence[Host]:
    """A host with each of its addresses; one that is not found has none, and counts all the same."""
    if ip.version(name):
        _tell_literal(ctx, name)
        return [Host(name, name)]
    if transport["gethostbyname"]:
        search = findhost.find_by_name(ctx, name, tells_local=True)
    else:
        _tell_security(ctx, transport, name)
        search = findhost.find_by_dns(
            ctx,
            name,
            (findhost.BY_ADDRESS,),
            qualify_single=bool(transport["dns_qualify_single"]),
            search_parents=bool(transport["dns_search_parents"]),
        )
    if search.status != FOUND:
        return [Host(name, "")]
    return [Host(each.name, each.address, secure=each.secure) for each in search.hosts]


def _tell_literal(ctx: Context, name: str) -> None:
    tell = ctx.tell_checks
    if tell is None:
        return
    if ip.parse(name) in interfaces.addresses(ctx):
        tell_flat(ctx, tell, "local host found for non-MX address")
    tell_flat(ctx, tell, "gethostbyname2 looked up these IP addresses:")
    tell_flat(ctx, tell, f"  name={name} address={name}")


def _tell_security(ctx: Context, transport: Transport, name: str) -> None:
    """Tell, as a search begins, whether data of a host must be vouched for, and whether that is asked for."""
    tell, steps = ctx.tell_checks, ctx.profile.at_least(STEPS_SINCE)
    if tell is None:
        return
    before = ctx.captures, ctx.list_value
    for what in ("require", "request"):
        option = f"dnssec_{what}_domains"
        listed = transport[option]
        if steps:
            tell(f"check dnssec {what} list")
        if listed:
            ctx.match_list("domain", name, str(listed), option=option)
        else:
            tell(f"{name} in {option}? no (option unset)")
    ctx.captures, ctx.list_value = before


def way_to(run: Run, transport: Transport, address: str, host: Host) -> tuple[str, int]:
    """The address of this side, "" for any, and the port of the other: what is wrong with them is logged."""
    usual = host.port or USUAL_PORT
    try:
        interface = _interface(run.ctx, transport, host)
        port = _port(run.ctx, transport)
    except ExpansionError as problem:
        run.ctx.log(f"<{address}>: {problem.message}", panic=True)
        return "", usual
    return interface, host.port or port


def _interface(ctx: Context, transport: Transport, host: Host) -> str:
    text = str(transport["interface"] or "")
    try:
        value = ctx.expand(text)
    except ForcedFail:
        return ""
    except ExpansionError as problem:
        message = f'failed to expand "interface" option for callout: {problem.message}'
        raise ExpansionError(message) from problem
    for each in listtext.elements(value):
        if not ip.version(each):
            message = f'"{each}" is not a valid IP address for the "interface" option for callout'
            raise ExpansionError(message)
        if ip.version(each) == ip.version(host.address):
            return each
    return ""


def _port(ctx: Context, transport: Transport) -> int:
    text = str(transport["port"] or "smtp")
    try:
        value = ctx.expand(text).strip(SPACE)
    except ExpansionError as problem:
        message = f'failed to expand "port" option for callout: {problem.message}'
        raise ExpansionError(message) from problem
    if value.isascii() and value.isdigit():
        return int(value)
    if value in services.PORTS:
        return services.PORTS[value]
    message = f'TCP port "{value}" is not defined for callout'
    raise ExpansionError(message)


def words_of(error: OSError | Refused) -> str:
    """Why there is no connection."""
    if isinstance(error, TimeoutError):
        return os.strerror(ETIMEDOUT)
    if isinstance(error, OSError):
        return os.strerror(error.errno or EIO)
    return error.message
