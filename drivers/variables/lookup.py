"""Variables that expansion items, conditions and lookups set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.unit import variable
from drivers.variables.plain import CARRIED, SECTION, plain

if TYPE_CHECKING:
    from drivers.api.protocols import Context


@variable(
    "value",
    syntax="$value",
    section=SECTION,
    kind="string",
    taint=CARRIED,
    examples={
        "${extract{quota}{uid=1000 quota=5M}{at most $value}{no limit}}": "at most 5M",
        "${reduce{3:4:5}{0}{${eval:$value+$item}}}": "12",
    },
)
def value(ctx: Context) -> str:
    """What the item around it has found.

    Set while the yes string of ``lookup``, ``extract``, ``env``, ``run`` and others is expanded,
    and in ``reduce``, where it holds the result so far.
    """
    return ctx.value or ""


@variable(
    "item",
    syntax="$item",
    since="4.67",
    section=SECTION,
    kind="string",
    taint=CARRIED,
    examples={
        "${map{alice:bob}{$item@example.org}}": "alice@example.org:bob@example.org",
        r"${filter{a.example:b.test}{match{$item}{\N\.test$\N}}}": "b.test",
    },
)
def item(ctx: Context) -> str:
    """The item of a list that is being looked at.

    Set by ``forall``, ``forany``, ``filter``, ``map``, ``reduce`` and ``sort``; empty elsewhere.
    """
    return ctx.item or ""


@variable(
    "runrc",
    syntax="$runrc",
    section=SECTION,
    kind="int",
    taint="none",
    examples={"${run{/bin/false}{done}{failed with $runrc}}": "failed with 1"},
)
def runrc(ctx: Context) -> str:
    """The exit status of the command that the last ``run`` item has run; 0 before any."""
    return str(ctx.runrc)


@variable(
    "0..9",
    syntax="$0, $1, ... ${10}",
    section=SECTION,
    kind="capture",
    taint=CARRIED,
    examples={
        r"${if match{alice@example.org}{\N^(.+)@(.+)$\N}{$1 at $2}}": "alice at example.org",
        "${sg{a-b-c}{-}{<\\$0>}}": "a<->b<->c",
    },
)
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
    example=("uid=alice,dc=example,dc=org", "${extract{uid}{${tr{$ldap_dn}{,}{ }}}}", "alice"),
    feature="lookup_ldap",
    taint=CARRIED,
)
plain(
    "lookup_dnssec_authenticated",
    "`yes` or `no`: whether the data of the last DNS lookup was authenticated.\n"
    "Empty where DNSSEC was not asked for.",
    example=("yes", "${if eq{$lookup_dnssec_authenticated}{yes}{signed}{not signed}}", "signed"),
    since="4.83",
)
plain(
    "prvscheck_address",
    "The address without its tag, as the `prvscheck` item has found it.",
    examples={
        "${prvscheck{prvs=0000000000=alice@example.org}{secret}{$prvscheck_address}}": "alice@example.org"
    },
    since="4.52",
    taint=CARRIED,
)
plain(
    "prvscheck_keynum",
    "The number of the key in the tag that the `prvscheck` item has checked.",
    examples={"${prvscheck{prvs=3000000000=alice@example.org}{secret}{key $prvscheck_keynum}}": "key 3"},
    since="4.52",
    taint=CARRIED,
)
plain(
    "prvscheck_result",
    "`1` if the tag that the `prvscheck` item has checked is good, otherwise empty.",
    examples={
        "${prvscheck{prvs=0000000000=a@b.cd}{secret}{${if def:prvscheck_result{good}{forged}}}}": "forged"
    },
    since="4.52",
)
