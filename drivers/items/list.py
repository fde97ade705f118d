"""Items that go through a list: map, filter, reduce, listextract, listquote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.limits import NOTABLE
from drivers.api.text import SPACE, tainted_like
from drivers.api.unit import item
from drivers.items.counted import counted
from drivers.items.extract import NUMERIC, field_number
from drivers.values import listtext
from grammar.shapes import ItemShape

if TYPE_CHECKING:
    from drivers.api.protocols import Context, Run, Test

SECTION = "Expansion items"
QUOTED_SINCE = "4.97"
"""Since this release the message of what fails while a list is gone through is quoted."""


def _tell_element(ctx: Context, name: str) -> None:
    """What ``-d+expand`` shows of an element before it is worked on."""
    if ctx.narrator is not None:
        value = "NULL" if ctx.value is None else ctx.value
        ctx.narrator.say(f"{name}: $item = '{ctx.item}'  $value = '{value}'")


def _two_groups(name: str, *, groups: tuple[str, ...] = ("text",)) -> ItemShape:
    return ItemShape(
        least=2,
        most=2,
        groups=groups,
        complaints={
            "few0": f"missing '{{' for first arg of {name}",
            "few1": f"missing '{{' for last arg of {name}",
            "close": f'missing }} at end of "{name}"',
            "many": f'missing }} at end of "{name}"',
            "inside": f'missing }} at end of condition or expression inside "{name}"; '
            "could be an unquoted } in the content",
        },
    )


@item(
    "map",
    syntax="${map{<string1>}{<string2>}}",
    since="4.67",
    section=SECTION,
    grows=True,
    shape=_two_groups("map"),
    lazy=(1,),
    inside=' inside "map" item',
    quoted_since=QUOTED_SINCE,
    taint="removes",
    examples={"${map{a:b:c}{[$item]}}": "[a]:[b]:[c]", "${map{<- x-y-z}{($item)}}": "(x)-(y)-(z)"},
)
def map_(ctx: Context, list_: str, text: Run) -> str:
    """Expand the second string for each element of a list, with the element in ``$item``.

    The results become a list with the separator of the first one. Raises what the string raises,
    with the words ``inside "map" item`` after it.
    """
    mark, body = listtext.separator(list_)
    kept = ctx.item
    results: list[str] = []
    gathered = 0
    try:
        for element in listtext.pieces(body, mark):
            ctx.item = tainted_like(element, list_)
            _tell_element(ctx, "map")
            result = text(ctx)
            results.append(result)
            gathered += len(result)
            if gathered > NOTABLE:
                ctx.grown(gathered)
    finally:
        ctx.item = kept
    return tainted_like(listtext.join(results, mark), *results)


@item(
    "filter",
    syntax="${filter{<string>}{<condition>}}",
    since="4.67",
    section=SECTION,
    shape=_two_groups("filter", groups=("text", "condition")),
    lazy=(1,),
    inside=' inside "filter" item',
    inside_running=' inside "filter" condition',
    quoted_since=QUOTED_SINCE,
    examples={"${filter{a:b:c}{!eq{$item}{b}}}": "a:c"},
)
def filter_(ctx: Context, list_: str, test: Test) -> str:
    """Keep the elements of a list for which a condition is true, with the element in ``$item``.

    The separator of the list stays. Raises what the condition raises, with the words
    ``inside "filter" condition`` after it.
    """
    mark, body = listtext.separator(list_)
    kept = ctx.item
    results: list[str] = []
    try:
        for element in listtext.pieces(body, mark):
            ctx.item = tainted_like(element, list_)
            _tell_element(ctx, "filter")
            kept_it = test(ctx)
            if ctx.narrator is not None:
                ctx.narrator.say(f"filter: condition is {'true' if kept_it else 'false'}")
            if kept_it:
                results.append(element)
    finally:
        ctx.item = kept
    return listtext.join(results, mark)


@item(
    "reduce",
    syntax="${reduce{<string1>}{<string2>}{<string3>}}",
    since="4.67",
    section=SECTION,
    shape=ItemShape(
        least=3,
        most=3,
        complaints={
            "few0": "missing '{' for first arg of reduce",
            "few1": "missing '{' for second arg of reduce",
            "few2": "missing '{' for last arg of reduce",
            "close": 'missing } at end of "reduce"',
            "many": 'missing } at end of "reduce"',
        },
    ),
    lazy=(2,),
    inside=' inside "reduce" item',
    quoted_since=QUOTED_SINCE,
    taint="removes",
    examples={"${reduce{1:2:3}{0}{${eval:$value+$item}}}": "6"},
)
def reduce_(ctx: Context, list_: str, start: str, text: Run) -> str:
    """Expand the third string for each element of a list; each result is the next ``$value``.

    ``$value`` begins as the second string and the last one is the result. Raises what the string
    raises, with the words ``inside "reduce" item`` after it.
    """
    mark, body = listtext.separator(list_)
    item, before = ctx.item, ctx.value
    value = start
    try:
        for element in listtext.pieces(body, mark):
            ctx.item, ctx.value = tainted_like(element, list_), value
            _tell_element(ctx, "reduce")
            value = text(ctx)
    finally:
        ctx.item = item
    ctx.value = before  # after a failure it stays, as in Exim
    return value


def checked_number(text: str) -> str:
    """The first argument of listextract without white space. Raises `Failed` if it is no number."""
    number = text.strip(SPACE)
    if not number:
        raise Failed('first argument of "listextract" must not be empty')
    if not NUMERIC.match(number):
        raise Failed('first argument of "listextract" must be numeric')
    return number


def _names_separator(list_: str) -> bool:
    return len(list_.lstrip(SPACE)) > 1 and listtext.separator(list_)[1] != list_


@item(
    "listextract",
    syntax="${listextract{<number>}{<list>}{<yes>}{<no>}}",
    since="4.83",
    section=SECTION,
    shape=ItemShape(
        least=2,
        most=2,
        branches=True,
        complaints={
            "few0": "missing '{' for arg 1 of listextract",
            "few1": "missing '{' for arg 2 of listextract",
        },
    ),
    checks={0: checked_number},
    when_skipped=lambda number="", *_list: number.strip(SPACE) and checked_number(number),
    examples={
        "${listextract{2}{x:42:99}}": "42",
        "${listextract{-3}{<, x,42,99,& Mailer,,/bin/bash}{result: $value}}": "result: 42",
    },
)
def listextract(number: str, list_: str) -> str | None:
    """The element of a list with that number, counted from 1, or from -1 at the end.

    Zero and numbers after the last element find nothing; what lies far before the first finds the
    first. Raises `Failed` if the number is none.
    """
    wanted = field_number(checked_number(number))
    found = listtext.split(list_)
    if wanted < 0:
        wanted += len(found) + 1
        if wanted < 0:
            wanted = 1
    if not found and wanted > 1 and _names_separator(list_):
        # Exim reads a list without elements a second time, with its separator but from the start.
        return tainted_like("<", list_)
    return tainted_like(found[wanted - 1], list_) if 0 < wanted <= len(found) else None


def _quoted(separator: str, text: str) -> str:
    if not text:
        return " "
    return listtext.quote(text, separator[0]) if separator else text


@item(
    "listquote",
    syntax="${listquote{<separator>}{<string>}}",
    since="4.94",
    section=SECTION,
    grows=True,
    shape=counted("listquote", 2, 2),
    taint=(1,),
    literal=_quoted,
    examples={"${listquote{:}{a:b}}": "a::b", "[${listquote{:}{}}]": "[ ]"},
)
def listquote(separator: str, text: str) -> str:
    """Double every separator in a string, so that it can be an element of a list.

    Only the first character of the first argument counts. The empty string becomes a space.
    """
    return _quoted(separator, text)
