"""The lookups that ask LDAP servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Deferred
from drivers.api.text import SPACE, from_bytes, lower
from drivers.api.unit import lookup
from drivers.lookups.quoting import remembered
from drivers.values import ldap_query, ldap_result, ldap_search, ldap_session, ldap_url
from drivers.values.lookup_type import QUERY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from drivers.api.protocols import Context
    from drivers.values.ldap_query import Query, Server
    from drivers.values.ldap_search import Entry, Outcome

    Find = Callable[[str], str | None]

SECTION = "More about LDAP"
NAMES = range(32, 37)
"""Result codes that say that there is no such name."""

_QUOTED = str.maketrans({'"': '\\"', "\\": "\\\\", "\n": "\\n", ",": ",,"})


class Gathered:
    """What the entries of a search come to, in the form that Exim gives it.

    ``named`` puts ``name="..."`` around the values of an attribute. ``count`` is the number of entries;
    ``data`` None until there is an attribute with a value.
    """

    def __init__(self, *, named: bool) -> None:
        self.count = 0
        self._named = named
        self._pieces: list[str] = []
        self._filled = self._any = False

    @property
    def data(self) -> str | None:
        """The text so far, None if no entry has had an attribute with a value."""
        return "".join(self._pieces) if self._any else None

    def add(self, entry: Entry) -> None:
        """Add an entry: behind a newline, unless all before it was empty."""
        self.count += 1
        if self._filled:
            self._pieces.append("\n")
        first = True
        for kind, values in _attributes(entry):
            self._any = True
            if self._named:
                text = ",".join(value.translate(_QUOTED) for value in values)
                self._append(f'{"" if first else " "}{kind}="{text}"')
                first = False
                continue
            for value in values:
                # What was empty so far gets no comma: that is how Exim tells where the text begins.
                comma = "" if first or not self._filled else ","
                self._append(comma + value.replace(",", ",,"))
                first = False

    def _append(self, piece: str) -> None:
        self._pieces.append(piece)
        self._filled = self._filled or bool(piece)


def _attributes(entry: Entry) -> Iterator[tuple[str, list[str]]]:
    """The attributes with text for values; a name that comes again has the values of the first."""
    first: dict[str, tuple[bytes, ...]] = {}
    for kind, values in entry.attributes:
        known = first.setdefault(lower(kind), values)
        if kind and known and not any(b"\0" in value[:-1] for value in known):
            yield kind, [from_bytes(value.removesuffix(b"\0")) for value in known]


def _found(ctx: Context, name: str, server: Server, query: Query) -> str | None:
    """What a search on one server finds, None for nothing.

    Raises `UselessError` where the next server may know more, `Deferred` for more entries than wanted.
    """
    link, code = ldap_session.bound(ctx, server, query)
    if code:
        raise ldap_session.UselessError(ldap_session.refused(server, code))
    gathered = Gathered(named=len(ldap_url.parse(query.url).attributes) != 1)
    dn, outcome = "", None
    for one in ldap_search.search(ctx, link, query):
        if isinstance(one, ldap_search.Outcome):
            outcome = one
        else:
            gathered.add(one)
            ctx.facts["ldap_dn"] = dn = one.name
    assert outcome is not None
    if outcome.code in NAMES:
        return None
    if outcome.code not in {0, ldap_result.SIZE_LIMIT}:
        raise ldap_session.UselessError(_failed(outcome))
    if gathered.count > 1 and name != "ldapm":
        raise Deferred(
            f"LDAP search: more than one entry ({gathered.count}) was returned (filter not specific enough?)"
        )
    if name == "ldapdn":
        return dn if gathered.count else None
    return gathered.data


def _failed(outcome: Outcome) -> str:
    said = "".join(f"/{part}" for part in (outcome.text, outcome.matched) if part)
    return f"LDAP search failed - error {outcome.code}: {ldap_result.words(outcome.code)}{said}"


def _declare(name: str, doc: str) -> None:
    """Register a type that searches."""

    def opened(ctx: Context, _place: str, options: Sequence[str]) -> Find:
        def ask(text: str) -> str | None:
            query = ldap_query.parse(text)
            return ldap_session.in_turn(ctx, query, lambda server: _found(ctx, name, server, query))

        find = remembered(ctx, name, options, ask, kind="ldap")
        return lambda text: find(text) if text.strip(SPACE) else None

    lookup(name, syntax=f"{name}{{<query>}}", feature="lookup_ldap", section=SECTION, doc=doc, style=QUERY)(
        opened
    )


_declare(
    "ldap",
    """Ask an LDAP server for the attributes of one entry.

    The query is an LDAP URL, with settings (``user=``, ``pass=``, ``servers=``, ``size=``...) before it.
    One attribute gives its values, separated by commas; several give ``name="values"`` pairs. Commas in
    values are doubled. Servers that fail are passed over; raises `Deferred` in Exim's words if all do, and
    for more than one entry. Needs the Python package ``ldap3``: raises `Unsupported` without it.
    """,
)
_declare("ldapdn", "Ask an LDAP server for the distinguished name of one entry; the query is that of ldap.")
_declare(
    "ldapm", "Ask an LDAP server for the attributes of all entries, separated by newlines; otherwise as ldap."
)


@lookup(
    "ldapauth",
    syntax="ldapauth{<query>}",
    since="4.99",
    feature="lookup_ldap",
    section=SECTION,
    style=QUERY,
)
def ldapauth(ctx: Context, _place: str, _options: Sequence[str]) -> Find:
    """Try a password against an LDAP server, as the condition ``ldapauth`` does.

    Serves that condition; used by itself it finds nothing, whether the password is accepted or not.
    """

    def find(text: str) -> str | None:
        ldap_session.accepts(ctx, ldap_query.parse(text))
        return None

    return find
