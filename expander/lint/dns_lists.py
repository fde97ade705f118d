"""The items of ``dnslists``: how each is taken apart, and lists that no longer answer as they did."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from drivers.api.acl import GAP
from drivers.values import ip

if TYPE_CHECKING:
    from collections.abc import Iterator

OPTIONS = ("+include_unknown", "+exclude_unknown", "+defer_unknown")
_STRANGE = re.compile(r"[^A-Za-z0-9.\-_/]", re.ASCII)
_FILTER = re.compile(r"(!?)(==?&?|&)")
_IPV4 = 4


class Item(NamedTuple):
    """``domain,shown!=values/key``; parts that are absent are empty."""

    domain: str
    values: str
    key: str


def item(text: str) -> Item:
    """An item taken apart as Exim does: first the key, then the values, then the second domain."""
    rest, _, key = text.partition("/")
    found = _FILTER.search(rest)
    values = rest[found.end() :] if found else ""
    return Item(rest[: found.start()] if found else rest, values, key)


def oddities(text: str) -> Iterator[str]:
    """What is wrong with an item, in Exim's words where it has some."""
    if text.startswith(("+", GAP)):
        if text.startswith("+") and GAP not in text and text not in OPTIONS:
            yield f"unknown item in dnslist (ignored): {text}"
        return
    found = item(text)
    for domain in found.domain.split(",", 1):
        if GAP not in domain and _STRANGE.search(domain):
            yield f'dnslists domain "{domain}" contains strange characters - is this right?'
    for value in found.values.split(",") if found.values else ():
        address = value.strip()
        if GAP in address:
            continue
        if ip.version(address) != _IPV4:
            yield f'"{address}" is no IP address, so that no record of the list can match it'
        elif "&" not in text and not address.startswith("127."):
            yield f'records outside of 127.0.0.0/8 are ignored, so that "{address}" never matches'
    if found.values and re.fullmatch(r"[0-9]{1,2}", found.key):
        yield f'"{found.key}" is looked up in the list: addresses are compared one by one, not as networks'
    if re.search(r"[=&](127\.|0\.)", found.key):
        yield "addresses to compare with belong before the slash: here they are part of the key"


CLOSED = {
    "ahbl.org": "was closed in 2015 and lists every address since",
    "bl.csma.biz": "no longer exists",
    "bl.spamcannibal.org": "was closed in 2018",
    "blackholes.easynet.nl": "was closed in 2003",
    "blackholes.mail-abuse.org": "no longer answers the public",
    "cbl.abuseat.org": "is part of zen.spamhaus.org and is closed as a zone of its own",
    "dnsbl.inps.de": "was closed",
    "dnsbl.njabl.org": "was closed in 2013",
    "dnsbl.sorbs.net": "was closed in June 2024",
    "dnsbl.void.gr": "no longer exists",
    "dsbl.org": "was closed in 2009",
    "dul.dnsbl.sorbs.net": "was closed in June 2024",
    "ix.dnsbl.manitu.net": "was closed in 2025",
    "list.dsbl.org": "was closed in 2009",
    "njabl.org": "was closed in 2013",
    "opm.blitzed.org": "was closed in 2006",
    "ordb.org": "was closed in 2006 and listed every address in 2008",
    "osirusoft.com": "was closed in 2003 and listed every address",
    "rfc-ignorant.org": "was closed in 2012",
    "sorbs.net": "was closed in June 2024",
    "spamcannibal.org": "was closed in 2018",
}
"""Public lists that are closed, as domains: what is below them is closed as well."""


def closed(text: str) -> str:
    """What became of the list that an item asks, "" for one that is not known to be closed."""
    domain = item(text).domain.split(",")[0].strip().lower().rstrip(".")
    parts = domain.split(".")
    names = (".".join(parts[at:]) for at in range(len(parts)))
    return next((CLOSED[name] for name in names if name in CLOSED), "")
