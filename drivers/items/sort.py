"""The item sort."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, Failed, LimitReached
from drivers.api.limits import NOTABLE
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
COMPARISONS_A_STEP = 8

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


class _Sorted:
    """The elements so far with their keys.

    Exim keeps both as lists: nothing marks those that are empty or begin with the separator, so that some
    elements and keys do not come back as they were.
    """

    def __init__(self, ctx: Context, mark: str, comparison: str) -> None:
        self._ctx = ctx
        self._mark = mark
        self._before = comparator(comparison)
        self._numeric = comparison[0] in "<>"
        self._in_order = self._plain = True
        self._gathered = 0
        self._items: list[str] = []
        self._keys: list[str] = []

    def insert(self, element: str, key: str) -> None:
        """Put an element before the first whose key it precedes. Raises `Failed` if keys have been lost."""
        mark = self._mark
        if not self._plain:
            self._items, self._keys = self._read_again(self._items), self._read_again(self._keys)
            self._ctx.step(1 + len(self._items) // COMPARISONS_A_STEP)
        self._plain = self._plain and _comes_back(element, mark) and _comes_back(key, mark)
        self._gathered += len(key)
        if self._gathered > NOTABLE:
            self._ctx.grown(self._gathered)
        # What is no number compares with nothing, so a list with such keys is in no order.
        self._in_order = self._in_order and self._plain and not (self._numeric and _is_no_number(key))
        place = self._place_by_halves(key) if self._in_order else self._place(key)
        self._items.insert(place, element)
        self._keys[len(self._items) - 1 :] = []
        self._keys.insert(place, key)

    def _place(self, key: str) -> int:
        before, count = self._before, len(self._items)
        place = next((at for at, other in enumerate(self._keys[:count]) if before(key, other)), count)
        self._ctx.step(place // COMPARISONS_A_STEP)
        if len(self._keys) < count:
            raise Failed("Internal error in sort (list mismatch)")
        return place

    def _place_by_halves(self, key: str) -> int:
        """The same where all keys from that place on are preceded and none before it."""
        low, high = 0, len(self._keys)
        while low < high:
            middle = (low + high) // 2
            if self._before(key, self._keys[middle]):
                high = middle
            else:
                low = middle + 1
        return low

    def _read_again(self, texts: list[str]) -> list[str]:
        return list(listtext.pieces(self._as_list(texts), self._mark))

    def _as_list(self, texts: Sequence[str]) -> str:
        out = ""
        for text in texts:
            out += self._mark * bool(out) + listtext.quote(text, self._mark)
        return out

    def as_lists(self) -> tuple[str, str]:
        """The elements and their keys as they stand in lists."""
        return self._as_list(self._items), self._as_list(self._keys)


def _comes_back(text: str, mark: str) -> bool:
    """True if a text is in a list as it stands."""
    return bool(text) and mark not in text and text.strip(SPACE) == text


def _is_no_number(key: str) -> bool:
    try:
        integer.parse(key)
    except Failed:
        return True
    return False


def _key(ctx: Context, extractor: str) -> str:
    try:
        if ctx.narrator is not None and is_plain(extractor):
            ctx.narrator.plain_group(extractor)
        key = ctx.expand(extractor)
    except LimitReached:
        raise
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
    mark, body = listtext.separator(list_)
    kept = ctx.item
    made = _Sorted(ctx, mark, comparison)
    tell = ctx.narrator.say if ctx.narrator is not None else None
    for element in listtext.pieces(body, mark):
        ctx.item = tainted_like(element, list_)
        if tell:
            tell(f'sort: $item = "{element}"')
        made.insert(element, _key(ctx, extractor))
        if tell:
            items, keys = made.as_lists()
            tell(f'sort: dstlist = "{items}"')
            tell(f'sort: dstkeylist = "{keys}"')
    ctx.item = kept  # after a failure it stays, as in Exim
    return made.as_lists()[0]
