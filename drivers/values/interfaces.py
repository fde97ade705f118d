"""The addresses of this host, as its options say: what lists know by ``@[]``, and what hosts are local."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from drivers.api.errors import Fatal
from drivers.values import hostport, ip, listtext

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from drivers.api.protocols import Context

ANY = (ip.Address(ip.IPV4, 0), ip.Address(ip.IPV6, 0))
"""What stands in ``local_interfaces`` for all addresses of a version."""


def addresses(ctx: Context) -> set[ip.Address]:
    """The addresses that the options ``local_interfaces`` and ``extra_local_interfaces`` name.

    Raises `Fatal` for an element of theirs that is no address.
    """
    return set(as_written(ctx).values())


def as_written(ctx: Context) -> Mapping[str, ip.Address]:
    """The same by their texts: as an option has it, or as the machine writes it. Raises `Fatal`."""
    has = ctx.options.get
    local, extra = str(has("local_interfaces") or ""), str(has("extra_local_interfaces") or "")
    return _as_written(local, extra, tuple(ctx.world.host.addresses()), bool(has("disable_ipv6")))


@lru_cache(maxsize=16)
def _as_written(
    local: str,
    extra: str,
    own: tuple[str, ...],
    disable_ipv6: bool,  # noqa: FBT001 - a cache key
) -> Mapping[str, ip.Address]:
    known = dict(_named(local, "local_interfaces"))
    machine = {found for text in own if (found := ip.parse(text)) is not None}
    for text, wildcard in list(known.items()):
        if wildcard in ANY:
            del known[text]
            known |= {_text(address): address for address in machine if address.version == wildcard.version}
    known |= _named(extra, "extra_local_interfaces")
    if disable_ipv6:
        known = {text: address for text, address in known.items() if address.version == ip.IPV4}
    return known


def _text(address: ip.Address) -> str:
    return address.dotted() if address.version == ip.IPV4 else address.normal()


def _named(texts: str, option: str) -> Iterator[tuple[str, ip.Address]]:
    for element in listtext.elements(texts):
        found = hostport.parse(element)
        address = None if found is None else ip.parse(found[0])
        if found is None or address is None:
            raise Fatal(f'Malformed IP address "{element}" in {option}')
        yield found[0], address
