"""Operators that take mail addresses apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.text import SPACE
from drivers.api.unit import operator
from drivers.values import listtext, mailbox

if TYPE_CHECKING:
    from drivers.api.protocols import Context

SECTION = "Expansion operators"


def _rules(ctx: Context) -> mailbox.Rules:
    options = ctx.options
    return mailbox.Rules(
        literals=bool(options.get("allow_domain_literals")),
        final_dot=bool(options.get("strip_trailing_dot")),
        utf8=bool(options.get("allow_utf8_domains")),
    )


def _parsed(ctx: Context, text: str) -> mailbox.Mailbox:
    try:
        return mailbox.parse(text, _rules(ctx))
    except Failed:
        return mailbox.Mailbox("", "")


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
    found = mailbox.parse_each(body, _rules(ctx))
    return listtext.join([each.address for each in found if isinstance(each, mailbox.Mailbox)], mark)
