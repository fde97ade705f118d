"""Operators that take mail addresses apart."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.text import SPACE
from drivers.api.unit import operator
from drivers.values import listtext, mailbox

if TYPE_CHECKING:
    from drivers.api.protocols import Context

SECTION = "Expansion operators"
RULES = "mailbox rules"
"""Under this name the state has the options and what they permit."""

LONGEST_KEPT = 1024


@cache
def _rules(literals: object, final_dot: object, utf8: object, excess: object) -> mailbox.Rules:
    return mailbox.Rules(
        literals=bool(literals), final_dot=bool(final_dot), utf8=bool(utf8), excess=bool(excess)
    )


def _rules_in(ctx: Context) -> mailbox.Rules:
    """The rules of the configuration, which stay as long as its options are the same ones."""
    given = ctx.options
    kept = ctx.state.get(RULES)
    if kept is None or kept[0] is not given:
        kept = ctx.state[RULES] = (
            given,
            _rules(
                given.get("allow_domain_literals"),
                given.get("strip_trailing_dot"),
                given.get("allow_utf8_domains"),
                given.get("strip_excess_angle_brackets"),
            ),
        )
    rules: mailbox.Rules = kept[1]
    return rules


@lru_cache(maxsize=4096)
def _taken_apart(text: str, rules: mailbox.Rules) -> mailbox.Mailbox:
    try:
        return mailbox.parse(text, rules)
    except Failed:
        return mailbox.Mailbox("", "")


@lru_cache(maxsize=1024)
def _all_of(text: str, rules: mailbox.Rules) -> tuple[str, ...]:
    found = mailbox.parse_each(text, rules)
    return tuple(each.address for each in found if isinstance(each, mailbox.Mailbox))


def _parsed(ctx: Context, text: str) -> mailbox.Mailbox:
    return _taken_apart(text, _rules_in(ctx))


@operator(
    "address",
    syntax="${address:<string>}",
    section=SECTION,
    examples={"${address:Joe Bloggs <joe@example.test> (home)}": "joe@example.test", "${address:@@}": ""},
)
def address(ctx: Context, text: str) -> str:
    """Give the bare address of a mailbox as it stands in a header line; nothing if it is malformed."""
    return _parsed(ctx, text).address


@operator(
    "domain",
    syntax="${domain:<string>}",
    section=SECTION,
    examples={"${domain:Joe <joe@example.test>}": "example.test", "${domain:joe}": ""},
)
def domain(ctx: Context, text: str) -> str:
    """Give the domain of an address; nothing if there is none or the address is malformed."""
    return _parsed(ctx, text).domain


@operator(
    "local_part",
    syntax="${local_part:<string>}",
    section=SECTION,
    examples={"${local_part:Joe <joe@example.test>}": "joe"},
)
def local_part(ctx: Context, text: str) -> str:
    """Give the local part of an address; nothing if the address is malformed."""
    return _parsed(ctx, text).local_part


@operator(
    "addresses",
    syntax="${addresses:<string>} or ${addresses:><separator><string>}",
    since="4.67",
    section=SECTION,
    examples={
        "${addresses:>& Chief <ceo@up.test>, sec@base.test (dogsbody)}": "ceo@up.test&sec@base.test",
        "${addresses:Group: a@b.test, c@d.test;}": "a@b.test:c@d.test",
    },
)
def addresses(ctx: Context, text: str) -> str:
    """Give the bare addresses of a header line as a list; malformed ones are left out.

    The separator is a colon unless ``>`` and another character stand at the beginning.
    """
    body = text.lstrip(SPACE)
    mark = listtext.COLON
    if body.startswith(">"):
        if len(body) == 1:
            message = f"output separator missing in expanding ${{addresses:{body}}}"
            raise Failed(message)
        mark, body = body[1], body[2:]
    found = _all_of if len(body) <= LONGEST_KEPT else _all_of.__wrapped__
    return listtext.join(found(body, _rules_in(ctx)), mark)
