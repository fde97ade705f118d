"""What a DNS list says of one name: asked once while the answer holds, and whether the addresses count."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.acl import DEFER, FAIL, OK
from drivers.api.text import Tainted
from drivers.values import dnslookup, ip, listtext
from drivers.values.dnsdata import FOUND
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.api.acl import Acl
    from drivers.values.dnsdata import DnsAnswer

KNOWN = "dnslists"
"""Under this name the state has what is known of names, and until when."""

LONGEST_KEPT = 3600
"""For how many seconds an answer is kept at most, and one whose zone does not say."""

_MINIMUM = 6
_DOTTED = re.compile(r"(-?[0-9]+)\.(-?[0-9]+)\.(-?[0-9]+)(?:\.(-?[0-9]+))?", re.ASCII)


class ListAnswer(Record):
    """The addresses of a name in a DNS list; ``outcome`` is OK where there are some.

    It is not asked for again before ``until``, in seconds since 1970.
    """

    outcome: str
    addresses: tuple[str, ...]
    until: float


class Wanted(Record):
    """Which addresses count: "=" one of those in the list, "&" those with the bits of one in it.

    With "==" and "=&" all addresses have to. "" takes all that are in 127.0.0.0/8.
    """

    sign: str = ""
    listed: str = ""
    is_negated: bool = False

    @property
    def by_bits(self) -> bool:
        """True if masks are listed."""
        return self.sign.endswith("&")


def look_up(acl: Acl, query: str) -> ListAnswer:
    """What is known of a name, from memory or the DNS."""
    known: dict[str, ListAnswer] = acl.ctx.state.setdefault(KNOWN, {})
    now = acl.ctx.world.clock.now()
    before = known.get(query)
    if before is not None and now < before.until:
        acl.ctx.debug_flat("dnslists: using result of previous lookup")
        return before
    is_old = "cached data found but past valid time; " if before is not None else ""
    acl.ctx.debug_flat(f"{is_old}new DNS lookup for {query}")
    answer = dnslookup.ask(acl.ctx, query, "A")
    addresses = tuple(record.data[0] for record in answer.of("A")) if answer.status == FOUND else ()
    outcome = OK if addresses else DEFER if answer.status in dnslookup.PROBLEMS else FAIL
    seconds = _lasts(answer)
    acl.ctx.debug_flat(f"dnslists: wrote cache entry, ttl={seconds}")
    known[query] = ListAnswer(outcome, addresses, int(now) + seconds)
    return known[query]


def _lasts(answer: DnsAnswer) -> int:
    found = [record.ttl for record in answer.of("A")] if answer.status == FOUND else []
    starts = [
        min(record.ttl, int(record.data[_MINIMUM]))
        for record in answer.authority
        if record.kind == "SOA" and not found and answer.status not in dnslookup.PROBLEMS
    ]
    return min([LONGEST_KEPT, *found, *starts])


def text_of(acl: Acl, query: str) -> str:
    """The first string of the name's first TXT record, "" if there is none."""
    answer = dnslookup.ask(acl.ctx, query, "TXT")
    texts = answer.of("TXT") if answer.status == FOUND else ()
    return Tainted(texts[0].data[0]) if texts and texts[0].data else ""


def counts(acl: Acl, addresses: Sequence[str], wanted: Wanted, what: str) -> bool:
    """True if a name with these addresses is listed; ``what`` says in the log who was found where."""
    if not wanted.sign:
        local = [_is_local(acl, address, what) for address in addresses]  # each is told of
        return any(local)
    by_all = wanted.sign in {"==", "=&"}
    decided = (_matches(acl, address, wanted, what) for address in addresses)
    found = all(decided) if by_all else any(decided)
    if found is not wanted.is_negated:
        return True
    acl.ctx.debug_flat("=> but we are not accepting this block class because")
    if wanted.is_negated:
        why = "were no IP addresses that did not match" if by_all else "was an exclude match"
    else:
        why = "was an IP address that did not match" if by_all else "was no match"
    acl.ctx.debug_flat(f"=> there {why} for {wanted.sign}{wanted.listed}")
    return False


def _is_local(acl: Acl, address: str, what: str) -> bool:
    """True for an address in 127.0.0.0/8: others are no entries but a list that is gone."""
    if address.startswith("127."):
        return True
    acl.ctx.log(f"DNS list lookup for {what} returned {address}; not in 127.0/8 and discarded")
    return False


def _matches(acl: Acl, address: str, wanted: Wanted, what: str) -> bool:
    listed = list(listtext.pieces(wanted.listed, ","))
    if not wanted.by_bits:
        return address in listed
    if not _is_local(acl, address, what):
        return False
    parsed = ip.parse(address)
    masks = [mask for mask in map(_mask, listed) if mask is not None]
    return parsed is not None and any(parsed.number & mask == mask for mask in masks)


def _mask(text: str) -> int | None:
    """A mask in dotted form; what has less than three numbers is none."""
    found = _DOTTED.match(text)
    if found is None:
        return None
    mask = 0
    for number in found.groups():
        mask = mask << 8 | int(number or 0) & 255
    return mask
