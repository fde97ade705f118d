"""Whether a message is written to a person by a person: the question that automatic replies ask."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.text import SPACE, lower
from drivers.values import mailbox

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    Headers = Sequence[tuple[str, str]]

FROM_LISTS = frozenset(
    "list-id list-help list-subscribe list-unsubscribe list-post list-owner list-archive".split()
)
"""Header lines that messages of mailing lists have."""

ROBOTS = re.compile(r"(?:server|daemon|root|listserv|majordomo|.*-request|owner-[^@]+)@", re.ASCII)
UNIMPORTANT = re.compile(r"bulk|list|junk", re.ASCII)


def is_personal(
    headers: Headers, sender: str, own: Iterable[str], named_in: Sequence[str] = ("to", "cc", "bcc")
) -> bool:
    """True for a message of a person to one of the addresses ``own``, in header lines ``named_in``.

    It is none if it has no sender or comes from a robot, a mailing list or one of these addresses
    itself, nor if it says that it was made by a program or is sent in bulk.
    """
    mine = {lower(address) for address in own}
    if not sender or any(lower(name.rstrip(SPACE)) in FROM_LISTS for name, _ in headers):
        return False
    if any(lower(text) != "no" for text in _texts(headers, "auto-submitted")):
        return False
    if any(UNIMPORTANT.search(lower(text)) for text in _texts(headers, "precedence")):
        return False
    if any(address in mine or ROBOTS.match(address) for address in _addresses(headers, "from")):
        return False
    return any(address in mine for name in named_in for address in _addresses(headers, name))


def _texts(headers: Headers, wanted: str) -> Iterator[str]:
    for name, line in headers:
        if lower(name.rstrip(SPACE)) == wanted:
            yield line.partition(":")[2].strip(SPACE)


def _addresses(headers: Headers, wanted: str) -> Iterator[str]:
    """The addresses in header lines of a name, in lower case; Exim stops at one that is wrong."""
    for text in _texts(headers, wanted):
        for piece in mailbox.split(text):
            try:
                yield lower(mailbox.parse(piece).address)
            except Failed:
                break
