"""Conditions that match a string against a pattern or a list of patterns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.unit import condition
from drivers.values import ip
from grammar.shapes import RAW, TEXT, ConditionShape

if TYPE_CHECKING:
    from drivers.api.protocols import Context

SECTION = "Expansion conditions"
PAIR = ConditionShape(form="strings", least=2, most=2)
UNMATCHED = 'unable to complete match against "{}": NULL'
UNEXPANDED = ConditionShape(form="strings", least=2, most=2, groups=(TEXT, RAW))


@condition(
    "match",
    syntax="match {<string1>}{<string2>}",
    section=SECTION,
    shape=PAIR,
    patterns=(1,),
    examples={r"${if match{abc}{(b)}{$1}{n}}": "b", "${if match{abc}{B}{y}{n}}": "n"},
)
def match(ctx: Context, subject: str, regex: str) -> bool:
    """True if a regular expression matches somewhere in the string.

    What it captured is in ``$0``, ``$1`` and so on. Raises `Failed` for a bad pattern.
    """
    found = ctx.pattern(regex).search(subject)
    if found is None:
        return False
    ctx.captures = found.groups()
    return True


def _in_list(ctx: Context, kind: str, subject: str, list_: str) -> bool:
    """Match; what the list leaves in ``$value`` stays there, whether it matches or not."""
    if ctx.narrator is not None and "$" in list_:
        ctx.narrator.say("WARNING: the second arg is NOT expanded, for security reasons")
    found = ctx.match_list(kind, subject, list_) is not None
    ctx.value = ctx.list_value
    return found


@condition(
    "match_domain",
    syntax="match_domain {<string1>}{<string2>}",
    section=SECTION,
    shape=UNEXPANDED,
    examples={"${if match_domain{a.example}{*.example}{y}{n}}": "y"},
)
def match_domain(ctx: Context, subject: str, list_: str) -> bool:
    """True if a domain is in a domain list; the list is not expanded.

    What a lookup found is in ``$value``. Raises what the list raises.
    """
    return _in_list(ctx, "domain", subject, list_)


@condition(
    "match_local_part",
    syntax="match_local_part {<string1>}{<string2>}",
    section=SECTION,
    shape=UNEXPANDED,
    examples={"${if match_local_part{Root}{root : admin}{y}{n}}": "y"},
)
def match_local_part(ctx: Context, subject: str, list_: str) -> bool:
    """True if a local part is in a local part list; the list is not expanded.

    What a lookup found is in ``$value``. Raises what the list raises.
    """
    return _in_list(ctx, "localpart", subject, list_)


@condition(
    "match_address",
    syntax="match_address {<string1>}{<string2>}",
    section=SECTION,
    shape=UNEXPANDED,
    examples={"${if match_address{a@b.example}{*@b.example}{y}{n}}": "y"},
)
def match_address(ctx: Context, subject: str, list_: str) -> bool:
    """True if an address is in an address list; the list is not expanded.

    What a lookup found is in ``$value``. Raises what the list raises.
    """
    return _in_list(ctx, "address", subject, list_)


@condition(
    "match_ip",
    syntax="match_ip {<string1>}{<string2>}",
    since="4.52",
    section=SECTION,
    shape=UNEXPANDED,
    examples={"${if match_ip{10.1.2.3}{10.0.0.0/8}{y}{n}}": "y"},
)
def match_ip(ctx: Context, subject: str, list_: str) -> bool:
    """True if an IP address is in a host list of addresses, networks and lookups by address.

    The list is read as it stands and expanded when it is matched: one whose expansion is forced to fail
    matches nothing. Raises `Failed` for what is no address and for a list that cannot be expanded, and
    what the list raises.
    """
    if subject and ip.parse(subject) is None:
        raise Failed(f'"{subject}" is not an IP address')
    return _in_list(ctx, "host", subject, list_)
