"""Tests of addresses: in header lines and in the envelope."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.text import lower
from drivers.sieve_actions import comparison
from drivers.sieve_actions.declare import test
from drivers.sieve_actions.tests import NO_FIELD, NO_HEADERS, NO_KEYS, expanded
from drivers.values import mailbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.sieve import Sieve

WITH_ADDRESSES = frozenset("from to cc bcc sender resent-from resent-to".split())
"""The header lines that ``address`` knows."""

RECIPIENT = "$local_part_prefix$local_part$local_part_suffix"


@test("address", syntax="address [:all] [:comparator <name>] [:is] <header names> <keys>", since="4.24")
def address(sieve: Sieve) -> bool:
    """Be true if an address in one of these header lines, or a part of it, is as one of the keys says."""
    how = comparison.read(sieve, parts=True)
    names = sieve.texts(NO_HEADERS)
    keys = sieve.texts(NO_KEYS)
    for name in names:
        if lower(name) not in WITH_ADDRESSES:
            sieve.fail(NO_FIELD)
        if not sieve.executing:
            continue
        for text in _parts(sieve, name, how.part):
            if any(comparison.compare(sieve, how, key, text) for key in keys):
                return True
    return False


def _parts(sieve: Sieve, name: str, part: str) -> Iterator[str]:
    """The part in question of each address in the header lines of a name."""
    rules = mailbox.permitted(sieve.ctx.options, literals=True)
    for found in mailbox.parse_each(expanded(sieve, f"$rheader_{name}"), rules):
        if isinstance(found, Failed):
            continue
        text = {":all": found.address, ":domain": found.domain}.get(part, found.local_part)
        if part != ":detail":
            yield text


@test("envelope", syntax="envelope [:all] [:comparator <name>] [:is] <names> <keys>", since="4.24")
def envelope(sieve: Sieve) -> bool:
    """Be true if the sender (``from``) or the recipient (``to``) is as one of the keys says."""
    sieve.needs("envelope")
    how = comparison.read(sieve, parts=True)
    names = sieve.texts("envelope string list expected")
    keys = sieve.texts(NO_KEYS)
    for name in names:
        if lower(name) not in {"from", "to"}:
            sieve.fail("invalid envelope string")
        if not sieve.executing:
            continue
        text = _sender(sieve, how.part) if lower(name) == "from" else _recipient(sieve, how.part)
        if text is not None and any(comparison.compare(sieve, how, key, text) for key in keys):
            return True
    return False


def _sender(sieve: Sieve, part: str) -> str | None:
    texts = {
        ":all": "$sender_address",
        ":domain": "${domain:$sender_address}",
        ":localpart": "${local_part:$sender_address}",
        ":user": "${local_part:$sender_address}",
    }
    return _expanded(sieve, texts.get(part), "expansion failure for envelope from")


def _recipient(sieve: Sieve, part: str) -> str | None:
    settings = sieve.settings
    if part == ":detail":
        return settings.detail
    if part == ":user" and settings.user is not None:
        return settings.user
    texts = {":all": f"{RECIPIENT}@$domain", ":domain": "$domain"}
    return _expanded(sieve, texts.get(part, RECIPIENT), "expansion failure for envelope to")


def _expanded(sieve: Sieve, text: str | None, words: str) -> str | None:
    return None if text is None else expanded(sieve, text, words)
