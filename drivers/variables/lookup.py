"""Variables that expansion items, conditions and lookups set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.unit import variable
from drivers.variables.plain import CARRIED, SECTION, plain

if TYPE_CHECKING:
    from drivers.api.protocols import Context


@variable("value", syntax="$value", section=SECTION, kind="string", taint=CARRIED)
def value(ctx: Context) -> str:
    """What the item around it has found.

    Set while the yes string of ``lookup``, ``extract``, ``env``, ``run`` and others is expanded,
    and in ``reduce``, where it holds the result so far.
    """
    return ctx.value or ""


@variable("item", syntax="$item", since="4.67", section=SECTION, kind="string", taint=CARRIED)
def item(ctx: Context) -> str:
    """The item of a list that is being looked at.

    Set by ``forall``, ``forany``, ``filter``, ``map``, ``reduce`` and ``sort``; empty elsewhere.
    """
    return ctx.item or ""


@variable("runrc", syntax="$runrc", section=SECTION, kind="int", taint="none")
def runrc(ctx: Context) -> str:
    """The exit status of the command that the last ``run`` item has run; 0 before any."""
    return str(ctx.runrc)


@variable("0..9", syntax="$0, $1, ... ${10}", section=SECTION, kind="capture", taint=CARRIED)
def capture(ctx: Context, name: str) -> str:
    """What a pattern has matched: ``$0`` all of it, the others its parts in parentheses.

    Set while the yes string of ``if match`` is expanded, by lists that match by a pattern, by partial
    lookups, rewriting and filters. Parts beyond the ninth need braces.
    """
    number = int(name)
    return ctx.captures[number] if number < len(ctx.captures) else ""


plain(
    "ldap_dn",
    "The distinguished name of the last entry that the last successful LDAP lookup gave.",
    feature="lookup_ldap",
    taint=CARRIED,
)
plain(
    "lookup_dnssec_authenticated",
    "`yes` or `no`: whether the data of the last DNS lookup was authenticated.\n"
    "Empty where DNSSEC was not asked for.",
    since="4.83",
)
plain(
    "prvscheck_address",
    "The address without its tag, as the `prvscheck` item has found it.",
    since="4.52",
    taint=CARRIED,
)
plain(
    "prvscheck_keynum",
    "The number of the key in the tag that the `prvscheck` item has checked.",
    since="4.52",
    taint=CARRIED,
)
plain(
    "prvscheck_result",
    "`1` if the tag that the `prvscheck` item has checked is good, otherwise empty.",
    since="4.52",
)
