"""The item extract: a field of a record, by name, by number or out of JSON."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.text import SPACE, tainted_like
from drivers.api.unit import item
from drivers.values import fields, jsontext
from drivers.values.substring import wrap32
from grammar.shapes import ItemShape

if TYPE_CHECKING:
    from drivers.api.protocols import Context, Narrator, Parts

MISSING = "missing '{{' for arg {} of extract"
DIGITS_THAT_COUNT = 32  # 10**32 is a multiple of 2**32
FORMATS = ("json", "jsons")
NUMERIC = re.compile(r"-?[0-9]*\Z", re.ASCII)


def field_number(text: str) -> int:
    """The number of a field, of which 32 bits count; a lone minus sign is zero."""
    digits = text.removeprefix("-")[-DIGITS_THAT_COUNT:]
    number = int(digits or "0")
    return wrap32(-number if text.startswith("-") else number)


def _part(ctx: Context, parts: Parts, index: int) -> str:
    if index >= len(parts):
        raise Failed(MISSING.format(index + 1))
    return parts[index](ctx)


def _tell_elements(narrator: Narrator, key: str, data: str) -> None:
    """What ``-d+expand`` shows of JSON: every element up to the one that is wanted."""
    wanted = field_number(key) if NUMERIC.match(key) else None
    found = jsontext.inside(data, jsontext.OBJECT if wanted is None else jsontext.ARRAY)
    if found is None or (wanted is not None and wanted <= 0):
        return
    for number, element in enumerate(jsontext.elements(found[0]), start=1):
        narrator.say(f"  json ele: '{element}'")
        named = jsontext.inside(element, jsontext.STRING) if wanted is None else None
        if number == wanted or (named is not None and named[0] == key):
            return


def _from_json(ctx: Context, key: str, data: str, form: str) -> str | None:
    whole_strings = ctx.profile.at_least(jsontext.WHOLE_STRINGS)
    found: str | None
    if NUMERIC.match(key):
        body = jsontext.array(data)
        number = field_number(key)
        if number <= 0:
            raise Failed('first argument of "extract" must be greater than zero')
        listed = list(jsontext.elements(body, whole_strings=whole_strings))
        found = listed[number - 1].rstrip(SPACE) if number <= len(listed) else None
    else:
        found = jsontext.member(data, key, whole_strings=whole_strings)
    return jsontext.unquoted(found) if form == "jsons" and found is not None else found


@item(
    "extract",
    syntax="${extract{<key>}{<string>}{<yes>}{<no>}}, "
    "${extract{<number>}{<separators>}{<string>}{<yes>}{<no>}}, "
    "${extract json{<key or number>}{<json>}{<yes>}{<no>}}, "
    "${extract jsons{<key or number>}{<json>}{<yes>}{<no>}}",
    section="Expansion items",
    formats=FORMATS,
    shape=ItemShape(
        least=1,
        most=5,
        branches=True,
        words="format",
        open_ended=True,
        complaints={"few0": MISSING.format(1)},
    ),
    examples={
        "${extract{gid}{uid=1984 gid=42}}": "42",
        "${extract{2}{:}{x:42:99:& Mailer::/bin/bash}}": "42",
        "${extract{-4}{:}{x:42:99:& Mailer::/bin/bash}}": "99",
        r'${extract jsons{id}{\{"id":"x"\}}}': "x",
    },
)
def extract(ctx: Context, parts: Parts, words: tuple[str, ...] = ()) -> str:
    """Find a field and yield it, or a string chosen by whether it was found.

    A first argument that is a number asks for a column between separator characters, another one for
    the value of a key. With ``json`` the data is an object or an array; ``jsons`` also takes off the
    quotes of a string. The value is in ``$value`` while the yes string is expanded. Raises `Failed`
    for an empty first argument and for text that is not JSON.
    """
    form = words[0] if words else ""
    if words and form not in FORMATS:
        raise Failed(MISSING.format(1))
    key = parts[0](ctx).strip(SPACE)
    if not key:
        raise Failed('first argument of "extract" must not be empty')
    second = _part(ctx, parts, 1)
    data, after = second, 2
    if form:
        if ctx.narrator is not None:
            _tell_elements(ctx.narrator, key, data)
        found = _from_json(ctx, key, data, form)
    elif NUMERIC.match(key):
        data, after = _part(ctx, parts, 2), 3
        found = fields.numbered(data, field_number(key), second)
    else:
        found = fields.keyed(data, key)
    return parts.choose(ctx, None if found is None else tainted_like(found, data), after=after)
