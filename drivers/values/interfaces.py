"""The addresses of this host, as its options say: what lists know by ``@[]``, and what hosts are local."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Fatal
from drivers.values import hostport, ip, listtext

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.protocols import Context

ANY = (ip.Address(ip.IPV4, 0), ip.Address(ip.IPV6, 0))
"""What stands in ``local_interfaces`` for all addresses of a version."""

INTERFACES = "addresses of the interfaces"
"""Under this name the state has them."""


def addresses(ctx: Context) -> set[ip.Address]:
    """The addresses that the options ``local_interfaces`` and ``extra_local_interfaces`` name.

    Raises `Fatal` for an element of theirs that is no address.
    """
    return set(as_written(ctx).values())


def as_written(ctx: Context) -> dict[str, ip.Address]:
    """The same by their texts: as an option has it, or as the machine writes it. Raises `Fatal`.

    A process of Exim's looks at the machine once, and so does a context.
    """
    found: dict[str, ip.Address] | None = ctx.state.get(INTERFACES)
    if found is None:
        found = ctx.state[INTERFACES] = _as_written(ctx)
    return found


def _as_written(ctx: Context) -> dict[str, ip.Address]:
    known = dict(_named(ctx, "local_interfaces"))
    machine = {found for text in ctx.world.host.addresses() if (found := ip.parse(text)) is not None}
    for text, wildcard in list(known.items()):
        if wildcard in ANY:
            del known[text]
            known |= {_text(address): address for address in machine if address.version == wildcard.version}
    known |= _named(ctx, "extra_local_interfaces")
    if ctx.options.get("disable_ipv6"):
        known = {text: address for text, address in known.items() if address.version == ip.IPV4}
    return known


def _text(address: ip.Address) -> str:
    return address.dotted() if address.version == ip.IPV4 else address.normal()


def _named(ctx: Context, option: str) -> Iterator[tuple[str, ip.Address]]:
    for element in listtext.elements(ctx.options.get(option) or ""):
        found = hostport.parse(element)
        address = None if found is None else ip.parse(found[0])
        if found is None or address is None:
            raise Fatal(f'Malformed IP address "{element}" in {option}')
        yield found[0], address
