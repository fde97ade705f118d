"""Operators that quote text for the query of a lookup: one for every type of lookup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.unit import operator
from drivers.values import lookupquote
from grammar.shapes import OperatorShape

if TYPE_CHECKING:
    from collections.abc import Callable

    Quote = Callable[[str], str]
    Impl = Callable[[str, str | None], str]

SECTION = "Expansion operators"
SHAPE = OperatorShape(suffix="optional")


def unchanged(text: str) -> str:
    """Give the text as it is: single-key lookups, and some others, need no quoting."""
    return text


QUOTING: tuple[tuple[str, str | None, str, str | None, Quote], ...] = (
    ("cdb", "lookup_cdb", "4.00", None, unchanged),
    ("dbm", "lookup_dbm", "4.00", None, unchanged),
    ("dbmjz", "lookup_dbm", "4.80", None, unchanged),
    ("dbmnz", "lookup_dbm", "4.00", None, unchanged),
    ("dnsdb", "lookup_dnsdb", "4.00", None, unchanged),
    ("dsearch", "lookup_dsearch", "4.00", None, unchanged),
    ("ibase", "lookup_ibase", "4.00", "4.98", lookupquote.sql),
    ("iplsearch", "lookup_lsearch", "4.00", None, unchanged),
    ("json", "lookup_json", "4.93", None, unchanged),
    ("ldap", "lookup_ldap", "4.00", None, lookupquote.ldap),
    ("ldapauth", "lookup_ldap", "4.99", None, unchanged),
    ("ldapdn", "lookup_ldap", "4.00", None, lookupquote.ldap),
    ("ldapm", "lookup_ldap", "4.00", None, lookupquote.ldap),
    ("lmdb", "lookup_lmdb", "4.88", None, unchanged),
    ("lsearch", "lookup_lsearch", "4.00", None, unchanged),
    ("mysql", "lookup_mysql", "4.00", None, lookupquote.sql),
    ("nis", "lookup_nis", "4.00", None, unchanged),
    ("nis0", "lookup_nis", "4.00", None, unchanged),
    ("nisplus", "lookup_nisplus", "4.00", None, lookupquote.doubled_double),
    ("nmh", "lookup_nmh", "4.99", None, unchanged),
    ("nwildlsearch", "lookup_lsearch", "4.00", None, unchanged),
    ("oracle", "lookup_oracle", "4.00", None, lookupquote.sql),
    ("passwd", "lookup_passwd", "4.00", None, unchanged),
    ("pgsql", "lookup_pgsql", "4.00", None, lookupquote.pgsql),
    ("psl", "lookup_psl", "4.100-dev", None, unchanged),
    ("readsock", None, "4.94", None, unchanged),
    ("redis", "lookup_redis", "4.82", None, lookupquote.redis),
    ("regdom", "lookup_psl", "4.100-dev", None, unchanged),
    ("spf", "spf", "4.52", None, unchanged),
    ("sqlite", "lookup_sqlite", "4.53", None, lookupquote.doubled_single),
    ("testdb", "lookup_testdb", "4.00", None, lookupquote.octal),
    ("testdb2", "lookup_testdb", "4.99", None, lookupquote.octal),
    ("testdb_nq", "lookup_testdb", "4.99", None, unchanged),
    ("whoson", "lookup_whoson", "4.00", None, unchanged),
    ("wildlsearch", "lookup_lsearch", "4.00", None, unchanged),
)
"""Type of lookup, build feature, first release, first release without it, how it quotes."""

SAID = 'it\'s "so" * 2'
QUOTED: dict[Quote, str] = {
    unchanged: SAID,
    lookupquote.sql: r"it\'s \"so\" * 2",
    lookupquote.pgsql: r"""it''s \"so\" * 2""",
    lookupquote.doubled_single: "it''s \"so\" * 2",
    lookupquote.doubled_double: 'it\'s ""so"" * 2',
    lookupquote.redis: r"""it's\ "so"\ *\ 2""",
    lookupquote.octal: r"it\047s\040\042so\042\040\052\0402",
    lookupquote.ldap: "it's%20%22so%22%20%5C2A%202",
}
"""What each way of quoting makes of the text that the examples quote."""


def _examples(kind: str, quote: Quote) -> dict[str, str]:
    shown = {f"${{quote_{kind}:{SAID}}}": QUOTED[quote]}
    return shown | {f"${{quote_{kind}_dn:a,b}}": "a%5C%2Cb"} if quote is lookupquote.ldap else shown


def _quoting(kind: str, quote: Quote) -> Impl:
    def impl(text: str, suffix: str | None) -> str:
        if suffix is None:
            return quote(text)
        if suffix == "dn" and quote is lookupquote.ldap:
            return lookupquote.ldap_dn(text)
        raise lookupquote.unrecognized(kind, suffix)

    return impl


_KINDS: dict[Quote, str | None] = {unchanged: None, lookupquote.ldap: "ldap"}
"""What text is quoted for, where that is not the type itself: the LDAP types share their quoting."""

for _kind, _feature, _since, _until, _quote in QUOTING:
    operator(
        f"quote_{_kind}",
        syntax=f"${{quote_{_kind}:<string>}}",
        since=_since,
        until=_until,
        feature=_feature,
        section=SECTION,
        pure=True,
        grows=True,
        shape=SHAPE,
        quotes_for=_KINDS.get(_quote, _kind),
        absent=f'unknown lookup type "{_kind}"',
        examples=_examples(_kind, _quote),
        doc=f"Quote a string for a query of a {_kind} lookup.\n\n{_quote.__doc__}",
    )(_quoting(_kind, _quote))
