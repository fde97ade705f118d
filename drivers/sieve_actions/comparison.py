"""What tests that compare texts share: their tagged arguments, and the comparing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.text import lower
from drivers.sieve_actions.comparators import CASELESS, MATCH_TYPES, NUMERIC, PatternError
from grammar.record import Record

if TYPE_CHECKING:
    from drivers.api.sieve import Sieve
    from drivers.api.unit import Unit

SUBADDRESS = (":user", ":detail")
PARTS = (*SUBADDRESS, ":localpart", ":domain", ":all")


class Comparison(Record):
    """How a test compares: the part of addresses, the match type (both as tags) and the comparator."""

    part: str
    match: str
    comparator: Unit


def read(sieve: Sieve, *, parts: bool = False) -> Comparison:
    """Read the tagged arguments of a test, in any order; ``parts``: of one that takes addresses apart."""
    part = match = ""
    comparator: Unit | None = None
    while True:
        if parts and (tag := sieve.tag(*PARTS)):
            if tag in SUBADDRESS:
                sieve.needs("subaddress")
            if part:
                sieve.fail("address part already specified")
            part = tag
        elif sieve.tag(":comparator"):
            found = _comparator(sieve)
            if comparator is not None:
                sieve.fail("comparator already specified")
            comparator = found
        elif tag := sieve.tag(*MATCH_TYPES):
            if match:
                sieve.fail("match type already specified")
            match = tag
        else:
            break
    if comparator is None:
        comparator = registry.find("sieve-comparator", CASELESS)
        assert comparator is not None
    return Comparison(part or ":all", match or ":is", comparator)


def _comparator(sieve: Sieve) -> Unit:
    name = lower(sieve.text("missing comparator"))
    unit = registry.find("sieve-comparator", name)
    if unit is None:
        sieve.fail("invalid comparator")
    return unit


def compare(sieve: Sieve, how: Comparison, key: str, text: str) -> bool:
    """Compare a key with a text. Raises `SieveError` where the comparator cannot do that."""
    name = how.comparator.name
    sieve.tell(
        f'String comparison (match {how.match}, comparison "{CASELESS if "casemap" in name else name}"):\n'
        f"  Search = {_shown(key)}\n"
        f"  Inside = {_shown(text)}\n"
    )
    if how.match not in how.comparator.facts["types"]:
        sieve.fail("comparator does not offer specified matchtype")
    if name == NUMERIC:
        sieve.needs(f"comparator-{NUMERIC}")
    try:
        result: bool = how.comparator.impl(key, text, how.match)
    except PatternError:
        sieve.fail("syntactically invalid pattern")
    sieve.tell(f"  Result {'true' if result else 'false'}\n")
    return result


def _shown(text: str) -> str:
    return f"{text.partition(chr(0))[0]} ({len(text)} chars)"
