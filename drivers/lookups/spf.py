"""The lookup of what SPF says of a client and a sender."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.unit import lookup
from drivers.values import ip
from drivers.values.dnsdata import NO_HOST, DnsAnswer
from drivers.values.lookup_type import SINGLE_KEY
from drivers.values.spf import SpfQuestion
from drivers.values.spflibrary import check_as_library

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from drivers.api.protocols import Context

OF_HOSTS = frozenset({"A", "AAAA", "MX"})
"""Records whose names must have the form of names of hosts."""


@lookup(
    "spf",
    syntax="spf{<ip address>}",
    since="4.52",
    section="SPF (Sender Policy Framework)",
    feature="spf",
    style=SINGLE_KEY,
)
def spf(ctx: Context, address: str, _options: Sequence[str]) -> Callable[[str], str | None]:
    """Give the result of SPF for a client's address, with a sender as the key.

    The key is a mail address or a domain. The result is ``pass``, ``fail``, ``softfail``, ``neutral``,
    ``none``, ``temperror`` or ``permerror``, or ``(invalid)`` where the domain's record cannot be got or
    read. Nothing is found for what is no address. What the client said to be is not known here, so that a
    record that asks for it (``%{h}``) is in error.
    """
    client = ip.parse(address)

    def find(sender: str) -> str | None:
        if client is None:
            return None
        return check_as_library(SpfQuestion(client, sender), lambda name, kind: _ask(ctx, name, kind)).result

    return find


def _ask(ctx: Context, name: str, kind: str) -> DnsAnswer:
    """The answer to one question, if the name may be asked for."""
    pattern = ctx.options.get("dns_check_names_pattern")
    if kind in OF_HOSTS and pattern and ctx.pattern(str(pattern)).search(name) is None:
        return DnsAnswer(NO_HOST)
    return ctx.world.dns.ask(name, kind)
