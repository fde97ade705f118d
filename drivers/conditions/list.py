"""Conditions that go through a list: forall, forany, inlist and their variants."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from drivers.api.text import lower, tainted_like
from drivers.api.unit import condition
from drivers.values import jsontext, listtext
from grammar.shapes import ConditionShape

if TYPE_CHECKING:
    from drivers.api.protocols import Context, Narrator, Test

SECTION = "Expansion conditions"
OVER_LIST = ConditionShape(form="list", least=2, most=2)
PAIR = ConditionShape(form="strings", least=2, most=2)

Elements = Callable[["Context", str], Iterable[str]]


def _plain(_ctx: Context, text: str) -> Iterable[str]:
    return listtext.elements(text)


def _json(ctx: Context, text: str) -> Iterable[str]:
    whole_strings = ctx.profile.at_least(jsontext.WHOLE_STRINGS)
    found = jsontext.elements(jsontext.array(text), whole_strings=whole_strings)
    return found if ctx.narrator is None else _told(ctx.narrator, found)


def _told(narrator: Narrator, elements: Iterable[str]) -> Iterable[str]:
    for element in elements:
        narrator.say(f"  json ele: '{element}'")
        yield element


def _json_strings(ctx: Context, text: str) -> Iterable[str]:
    return map(jsontext.unquoted, _json(ctx, text))


KINDS: dict[str, tuple[Elements, str, str]] = {
    "": (_plain, "list", "${{if {}{{a:b}}{{eq{{$item}}{{a}}}}{{y}}{{n}}}}"),
    "_json": (_json, "JSON array", r'${{if {}{{["a", 2]}}{{eq{{$item}}{{"a"}}}}{{y}}{{n}}}}'),
    "_jsons": (
        _json_strings,
        "array of JSON strings",
        r'${{if {}{{["a","b"]}}{{eq{{$item}}{{a}}}}{{y}}{{n}}}}',
    ),
}


def _over_list(name: str, suffix: str, stop_at: bool) -> None:  # noqa: FBT001 - a table's column
    elements, what, example = KINDS[suffix]

    def check(ctx: Context, list_: str, test: Test) -> bool:
        kept = ctx.item
        result = False
        try:
            for element in elements(ctx, list_):
                ctx.item = tainted_like(element, list_)
                if ctx.narrator is not None:
                    ctx.narrator.say(f'{name + suffix}: $item = "{element}"')
                result = test(ctx)
                if ctx.narrator is not None:
                    word = "true" if result else "false"
                    ctx.narrator.say(f"{name + suffix}: condition evaluated to {word}")
                if result is stop_at:
                    break
        finally:
            ctx.item = kept
        return result

    which = "at least one element" if stop_at else "every element"
    condition(
        name + suffix,
        syntax=f"{name + suffix} {{<{what}>}}{{<condition>}}",
        since="4.93" if suffix else "4.67",
        section=SECTION,
        shape=OVER_LIST,
        doc=(
            f"True if the condition is true for {which} of a {what}, which is in ``$item``.\n\n"
            "The rest is not looked at when the result is certain. An empty list gives false. ``$item`` has\n"
            "its old value again afterwards; what the condition captured stays."
        ),
        examples={example.format(name + suffix): "y" if stop_at else "n"},
    )(check)


for _suffix in KINDS:
    _over_list("forany", _suffix, stop_at=True)
    _over_list("forall", _suffix, stop_at=False)


def _find(ctx: Context, name: str, subject: str, list_: str, same: Callable[[str], str]) -> bool:
    wanted = same(subject)
    tell = None if ctx.narrator is None else ctx.narrator.say
    if tell:
        tell(f"condition: {name}  item: {subject}")
    for element in listtext.elements(list_):
        if tell:
            tell(f" compare {element}")
        if same(element) == wanted:
            ctx.value = tainted_like(element, list_)
            return True
    return False


@condition(
    "inlist",
    syntax="inlist {<string>}{<list>}",
    since="4.77",
    section=SECTION,
    shape=PAIR,
    examples={"${if inlist{b}{a:b}{y}{n}}": "y", "${if inlist{B}{a:b}{y}{n}}": "n"},
)
def inlist(ctx: Context, subject: str, list_: str) -> bool:
    """True if the string is an element of the list, to the letter.

    Elements have no special meaning: no patterns, negations or named lists. The element is in
    ``$value`` while the yes string is expanded.
    """
    return _find(ctx, "inlist", subject, list_, str)


@condition(
    "inlisti",
    syntax="inlisti {<string>}{<list>}",
    since="4.77",
    section=SECTION,
    shape=PAIR,
    examples={"${if inlisti{B}{a:b}{y}{n}}": "y"},
)
def inlisti(ctx: Context, subject: str, list_: str) -> bool:
    """True if the string is an element of the list, whatever the case of ASCII letters.

    See ``inlist``.
    """
    return _find(ctx, "inlisti", subject, list_, lower)
