"""The item sort."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, Failed
from drivers.api.text import SPACE, caseless_keys, is_plain, tainted_like
from drivers.api.unit import item
from drivers.values import integer, listtext
from grammar.shapes import ItemShape

if TYPE_CHECKING:
    from drivers.api.protocols import Context

_NAME = re.compile(r"[A-Za-z0-9_]+|[<>]=?|==?", re.ASCII)

Before = Callable[[str, str], bool]


def _numeric(before: Callable[[int, int], bool]) -> Before:
    def compare(first: str, second: str) -> bool:
        try:
            return before(integer.parse(first), integer.parse(second))
        except Failed:
            return False

    return compare


def _caseless(before: Before) -> Before:
    return lambda first, second: before(*caseless_keys(first, second))


COMPARATORS: dict[str, Before] = {
    "<": _numeric(lambda a, b: a < b),
    "<=": _numeric(lambda a, b: a <= b),
    ">": _numeric(lambda a, b: a > b),
    ">=": _numeric(lambda a, b: a >= b),
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "lti": _caseless(lambda a, b: a < b),
    "lei": _caseless(lambda a, b: a <= b),
    "gti": _caseless(lambda a, b: a > b),
    "gei": _caseless(lambda a, b: a >= b),
}
UNORDERED = frozenset(
    "= == acl and bool bool_lax crypteq def eq eqi exists first_delivery forall forall_json forall_jsons "
    "forany forany_json forany_jsons inbound_srs inlist inlisti isip isip4 isip6 ldapauth match "
    "match_address match_domain match_ip match_local_part or pam pwcheck queue_running radius "
    "saslauthd".split()
)


def comparator(text: str) -> Before:
    """The comparison that a condition's name stands for. Raises `Failed` if it puts nothing in order."""
    found = _NAME.match(text)
    if found is None:
        # Exim takes the text as it is written, up to the first closing brace.
        raise Failed(f'condition name expected, but found "{text[:16].partition("}")[0]}"')
    compare = COMPARATORS.get(found[0])
    if compare is None:
        raise Failed("comparator not handled for sort" if found[0] in UNORDERED else "")
    return compare


def _as_list(texts: Sequence[str], mark: str) -> str:
    """The texts as one list: nothing marks those that are empty or begin with the separator."""
    out = ""
    for text in texts:
        out += mark * bool(out) + listtext.quote(text, mark)
    return out


def _read_again(texts: list[str], mark: str) -> list[str]:
    return list(listtext.pieces(_as_list(texts, mark), mark))


def _comes_back(text: str, mark: str) -> bool:
    """True if a text is in a list as it stands."""
    return bool(text) and mark not in text and text.strip(SPACE) == text


def _place(keys: Sequence[str], count: int, key: str, before: Before) -> int:
    """Where an element with this key goes among so many. Raises `Failed` if keys have been lost."""
    place = next((at for at, other in enumerate(keys[:count]) if before(key, other)), count)
    if len(keys) < count:
        raise Failed("Internal error in sort (list mismatch)")
    return place


def _key(ctx: Context, extractor: str) -> str:
    try:
        if ctx.narrator is not None and is_plain(extractor):
            ctx.narrator.plain_group(extractor)
        key = ctx.expand(extractor)
    except ExpansionError:
        key = ""
    if not key:
        raise Failed(f'field-extract in sort: "{extractor}"')
    return key


@item(
    "sort",
    syntax="${sort{<string>}{<comparator>}{<extractor>}}",
    since="4.85",
    section="Expansion items",
    shape=ItemShape(
        least=3,
        most=3,
        groups=("text", "raw", "text"),
        complaints={
            "few0": "missing '{' for list arg of sort",
            "few1": "missing '{' for comparator arg of sort",
            "few2": "missing '{' for extractor arg of sort",
            "close": 'missing } at end of "sort"',
            "many": 'missing } at end of "sort"',
            "tight": 'missing } at end of "sort"',
        },
    ),
    sources=(2,),
    checks={1: comparator},
    when_skipped=lambda *texts: [comparator(text) for text in texts[1:2]],
    judges=(1,),
    examples={"${sort{3:2:1:4}{<}{$item}}": "1:2:3:4", "${sort{ccc:a:bb}{>}{${strlen:$item}}}": "ccc:bb:a"},
)
def sort(ctx: Context, list_: str, comparison: str, extractor: str) -> str:
    """Put the elements of a list in order.

    The comparator is the name of a condition that puts strings or numbers in order. The extractor is
    expanded for each element, in ``$item``, to the key that is compared; keys that are no numbers
    are not less or greater than any. Raises `Failed` for a comparator that is no such name and for
    an empty key.
    """
    before = comparator(comparison)
    mark, body = listtext.separator(list_)
    kept = ctx.item
    items: list[str] = []
    keys: list[str] = []
    plain = True
    for element in listtext.pieces(body, mark):
        ctx.item = tainted_like(element, list_)
        tell = ctx.narrator.say if ctx.narrator is not None else None
        if tell:
            tell(f'sort: $item = "{element}"')
        key = _key(ctx, extractor)
        if not plain:
            # Exim keeps both as lists, in which some elements and keys do not come back as they were.
            items, keys = _read_again(items, mark), _read_again(keys, mark)
        plain = plain and _comes_back(element, mark) and _comes_back(key, mark)
        place = _place(keys, len(items), key, before)
        items.insert(place, element)
        keys[len(items) - 1 :] = []
        keys.insert(place, key)
        if tell:
            tell(f'sort: dstlist = "{_as_list(items, mark)}"')
            tell(f'sort: dstkeylist = "{_as_list(keys, mark)}"')
    ctx.item = kept  # after a failure it stays, as in Exim
    return _as_list(items, mark)
