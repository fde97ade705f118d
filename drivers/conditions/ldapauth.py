"""The condition ldapauth: a password is tried against an LDAP server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Deferred, Failed
from drivers.api.unit import condition
from drivers.values import ldap_query, ldap_session
from grammar.shapes import ConditionShape

if TYPE_CHECKING:
    from drivers.api.protocols import Context


@condition(
    "ldapauth",
    syntax="ldapauth {<ldap query>}",
    feature="lookup_ldap",
    section="Expansion conditions",
    shape=ConditionShape(form="strings"),
    examples={r'${if ldapauth{user="cn=joe" pass="" ldap://localhost/}{y}{n}}': "n"},
)
def ldapauth(ctx: Context, text: str) -> bool:
    """True if an LDAP server accepts the user and password of a query.

    The query has ``user=`` and ``pass=`` before the URL. An empty password is never accepted. Servers
    that cannot be asked are passed over; raises `Failed` if the last one is of those, and for a
    query that is badly written. Needs the Python package ``ldap3``: raises `Unsupported` without it.
    See "Format of LDAP queries" for the settings before the URL.
    """
    try:
        return ldap_session.accepts(ctx, ldap_query.parse(text))
    except Deferred as error:
        raise Failed(error.message) from None
