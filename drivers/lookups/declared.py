"""The lookup types by name and style. Their work is not imitated yet: using one says so by name."""

from __future__ import annotations

from typing import Any, NoReturn

from drivers.api.errors import Unsupported
from drivers.api.unit import lookup
from drivers.values.lookup_type import QUERY, SINGLE_KEY

SECTION = "File and database lookups"


def _declare(
    name: str, style: str, feature: str | None, doc: str, since: str = "4.00", until: str | None = None
) -> None:
    """Register a type whose use raises ``Unsupported``."""

    def refuse(*_given: Any, **_named: Any) -> NoReturn:
        raise Unsupported(f'lookup type "{name}" is not supported by eximulate yet')

    syntax = f"{name}{{<file>}}" if style == SINGLE_KEY else f"{name}{{<query>}}"
    lookup(
        name, syntax=syntax, since=since, until=until, feature=feature, section=SECTION, doc=doc, style=style
    )(refuse)


_declare("json", SINGLE_KEY, "lookup_json", "Follow a list of selectors into a JSON file.", "4.93")
_declare("nmh", SINGLE_KEY, "lookup_nmh", "Ask an NMH daemon whether an address is in a table.", "4.99")
_declare("psl", SINGLE_KEY, "lookup_psl", "Give the public suffix of a domain.", "4.100-dev")
_declare("regdom", SINGLE_KEY, "lookup_psl", "Give the registered domain of a domain.", "4.100-dev")
_declare("spf", SINGLE_KEY, "spf", "Give the SPF result of an IP address and a sender.", "4.52")
_declare("ldap", QUERY, "lookup_ldap", "Ask an LDAP server for one entry.")
_declare("ldapauth", QUERY, "lookup_ldap", "Try a password against an LDAP server.", "4.99")
_declare("ldapdn", QUERY, "lookup_ldap", "Ask an LDAP server for the distinguished name of one entry.")
_declare("ldapm", QUERY, "lookup_ldap", "Ask an LDAP server for several entries.")
_declare("nisplus", QUERY, "lookup_nisplus", "Ask a NIS+ server.")
_declare("readsock", QUERY, None, "Serve the item readsocket; not meant for direct use.", "4.94")
_declare("testdb", QUERY, "lookup_testdb", "Answer with what the query says, for tests.")
_declare("testdb2", QUERY, "lookup_testdb", "Answer as testdb does, sharing its quoting.", "4.99")
_declare("testdb_nq", QUERY, "lookup_testdb", "Answer as testdb does, without quoting.", "4.99")
_declare("whoson", QUERY, "lookup_whoson", "Ask a Whoson server for the user at an address.")
