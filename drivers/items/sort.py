"""The item sort."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, Failed
from drivers.api.text import SPACE, lower, tainted_like
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
    return lambda first, second: before(lower(first), lower(second))


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


def _add(texts: list[str], text: str) -> None:
    """Append to a list as its text form allows: nothing marks a lone empty element at the front."""
    if texts == [""]:
        texts.clear()
    texts.append(text)


def _insert(
    items: Sequence[str], keys: Sequence[str], pair: tuple[str, str], before: Before
) -> tuple[list[str], list[str]]:
    new_items: list[str] = []
    new_keys: list[str] = []
    element, key = pair
    for at, (other, its_key) in enumerate(zip(items, keys, strict=False)):
        if before(key, its_key):
            _add(new_items, element)
            _add(new_keys, key)
            for rest_item, rest_key in zip(items[at:], keys[at:], strict=False):
                _add(new_items, rest_item)
                _add(new_keys, rest_key)
            return new_items, new_keys
        _add(new_items, other)
        _add(new_keys, its_key)
    _add(new_items, element)
    _add(new_keys, key)
    return new_items, new_keys


def _key(ctx: Context, extractor: str) -> str:
    try:
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
    for element in listtext.pieces(body, mark):
        ctx.item = tainted_like(element, list_)
        key = _key(ctx, extractor)
        items, keys = _insert(items, keys, (element, key.strip(SPACE)), before)
    ctx.item = kept  # after a failure it stays, as in Exim
    return listtext.join(items, mark)
