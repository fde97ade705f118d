"""The hosts that a callout asks where the transport names them, and how it gets there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError
from drivers.api.routing import Host
from drivers.api.text import Tainted
from drivers.values import findhost, ip, listtext
from drivers.values.dnsdata import FOUND

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from drivers.api.routing import Address, Transport
    from expander.acl.run import Run


def hosts_of(run: Run, address: Address, transport: Transport) -> Sequence[Host]:
    """The hosts of an address, or those of its transport where the router has none or they come first."""
    own = str(transport["hosts"] or "")
    if not own or (address.hosts and transport["hosts_override"] is not True):
        return address.hosts
    facts = run.ctx.facts
    before = {name: facts.get(name) for name in ("domain", "local_part")}
    facts["domain"], facts["local_part"] = Tainted(address.domain), Tainted(address.local_part)
    try:
        text = run.ctx.expand(own)
    except ExpansionError as problem:
        words = f'failed to expand list of hosts "{own}" in {transport.name} transport for callout'
        run.ctx.log(f"{words}: {problem.message}", panic=True)
        return ()
    finally:
        for name, value in before.items():
            if value is None:
                facts.pop(name, None)
            else:
                facts[name] = value
    names = [each for each in listtext.elements(text) if each != "+"]
    if transport["hosts_randomize"] is True:
        names.sort(key=lambda _: run.ctx.world.random.below(1000))
    return [host for name in names for host in _found(run, transport, name)]


def _found(run: Run, transport: Transport, name: str) -> Iterator[Host]:
    """A host with each of its addresses; one that is not found does not count."""
    if transport["gethostbyname"] or ip.version(name):
        search = findhost.find_by_name(run.ctx, name)
    else:
        search = findhost.find_by_dns(
            run.ctx,
            name,
            (findhost.BY_ADDRESS,),
            qualify_single=bool(transport["dns_qualify_single"]),
            search_parents=bool(transport["dns_search_parents"]),
        )
    if search.status == FOUND:
        yield from (Host(each.name, each.address, secure=each.secure) for each in search.hosts)
