"""Operators for lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.unit import Example, operator
from drivers.values import listtext
from grammar.shapes import OperatorShape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.protocols import Context

SECTION = "Expansion operators"
KINDS = {"a": "address", "d": "domain", "h": "host", "l": "localpart"}


@operator(
    "listcount",
    syntax="${listcount:<list>}",
    since="4.82",
    section=SECTION,
    taint="removes",
    pure=True,
    examples={"${listcount:a:b:c}": "3", "${listcount:<; ::1 ; fe80::1}": "2"},
)
def listcount(text: str) -> str:
    """Count the elements of a list."""
    return str(len(listtext.split(text)))


@operator(
    "listnamed",
    syntax="${listnamed:<name>} or ${listnamed_<type>:<name>}",
    since="4.82",
    section=SECTION,
    shape=OperatorShape(suffix="optional"),
    taint="removes",
    examples=(
        Example(
            "${listnamed_d:relayed}",
            "example.org : example.net : *.example.com",
            config="domainlist own = example.org : example.net\ndomainlist relayed = +own : *.example.com\n",
        ),
        Example("${listcount:${listnamed:+near}}", "2", config="hostlist near = 192.0.2.0/24 : 127.0.0.1\n"),
    ),
)
def listnamed(ctx: Context, text: str, suffix: str | None) -> str:
    """Give the elements of a named list, those of lists that it refers to among them.

    The type is ``a`` (addresses), ``d`` (domains), ``h`` (hosts) or ``l`` (local parts); without
    one all are searched. The elements are not expanded.
    """
    if suffix is None:
        kinds = tuple(KINDS.values())
    elif suffix and suffix[0] in KINDS:
        kinds = (KINDS[suffix[0]],)
    else:
        message = 'bad suffix on "list" operator'
        raise Failed(message)
    return " : ".join(_elements(ctx, kinds, text.removeprefix("+"), suffix))


def _elements(
    ctx: Context, kinds: tuple[str, ...], name: str, suffix: str | None, above: tuple[str, ...] = ()
) -> Iterator[str]:
    value = next((each for kind in kinds if (each := ctx.named_list(kind, name)) is not None), None)
    if value is None or name in above:
        kind = f"{kinds[0]} " if suffix else ""
        message = f'"{name}" is not a {kind}named list'
        raise Failed(message)
    mark, body = listtext.separator(value)
    for element in listtext.pieces(body, mark):
        ctx.step()
        if element.startswith("+"):
            yield from _elements(ctx, kinds, element[1:], suffix, (*above, name))
        else:
            # Exim does not double colons again in a list that is separated by them.
            yield element if mark == listtext.COLON else listtext.quote(element, listtext.COLON)
