"""The extensions of SMTP that a host offers."""

from __future__ import annotations

import re

OFFERS = frozenset(
    "SIZE 8BITMIME PIPELINING CHUNKING PRDR SMTPUTF8 DSN STARTTLS IGNOREQUOTA AUTH PIPECONNECT".split()
)
_OFFER = re.compile(r"250[ -]([A-Za-z0-9]+)(?:[ \t].*)?", re.ASCII)


def offered(hello: str) -> frozenset[str]:
    """The extensions that a host offers, of those that are known."""
    found = set()
    for line in hello.split("\n")[1:]:
        matched = _OFFER.fullmatch(line)
        if matched and matched[1].upper() in OFFERS:
            found.add(matched[1].upper())
    return frozenset(found)
