"""Variables of the envelope sender."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import tainted_like
from drivers.api.unit import Example, variable
from drivers.variables.plain import CARRIED, SECTION, plain

if TYPE_CHECKING:
    from drivers.api.protocols import Context

plain(
    "sender_address",
    "The envelope sender as it came, in its own mix of upper and lower case.\n"
    "Empty for a bounce message. See also `$return_path`.",
    example=("Alice@example.org", "${if eqi{$sender_address}{alice@example.org}{known}{unknown}}", "known"),
    taint=CARRIED,
)


def _parts(ctx: Context) -> tuple[str, str]:
    """The local part and the domain; without a domain all is local part."""
    address = ctx.facts.get("sender_address", "")
    local_part, at, domain = address.rpartition("@")
    if not at:
        return address, ""
    return tainted_like(local_part, address), tainted_like(domain, address)


@variable(
    "sender_address_local_part",
    syntax="$sender_address_local_part",
    section=SECTION,
    kind="address_local_part",
    examples=(Example("$sender_address_local_part", "Alice", {"sender_address": "Alice@Example.ORG"}),),
    taint=CARRIED,
)
def sender_address_local_part(ctx: Context) -> str:
    """The local part of the envelope sender."""
    return _parts(ctx)[0]


@variable(
    "sender_address_domain",
    syntax="$sender_address_domain",
    section=SECTION,
    kind="address_domain",
    examples=(
        Example("${lc:$sender_address_domain}", "example.org", {"sender_address": "Alice@Example.ORG"}),
    ),
    taint=CARRIED,
)
def sender_address_domain(ctx: Context) -> str:
    """The domain of the envelope sender, in its own mix of upper and lower case."""
    return _parts(ctx)[1]
