"""Searches on LDAP servers: requests, what comes back, and referrals to other servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Deferred
from drivers.api.text import from_bytes, lower, to_bytes
from drivers.values import ber, ldap_client, ldap_filter, ldap_query, ldap_result, ldap_url
from drivers.values.ldap_session import UselessError
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.protocols import Context
    from drivers.values.ldap_client import Link
    from drivers.values.ldap_query import Query
    from drivers.values.ldap_url import LdapUrl

MOST_HOPS = 5
"""So many referrals are followed in a row."""

PARTIAL, OLD_REFERRAL = 9, "Referral:\n"
"""How servers say in version 2 of the protocol where to go on; a URL stands on each line that follows."""

DEREFERENCE = {"searching": 1, "finding": 2, "always": 3}
DOWN = f"-1, {ldap_result.words(ldap_result.SERVER_DOWN)}"


class Outcome(Record):
    """How a search ends: the code, what the server says to it, and the part of the name that it found."""

    code: int = 0
    text: str = ""
    matched: str = ""
    referrals: tuple[str, ...] = ()


class Entry(Record):
    """What a search finds: a name, and the attributes with their values in the order in which they came."""

    name: str
    attributes: tuple[tuple[str, tuple[bytes, ...]], ...]


def search(ctx: Context, link: Link, query: Query) -> Iterator[Entry | Outcome]:
    """The entries that the query's URL finds, and how the search ended.

    Raises `UselessError` where no end comes.
    """
    url = ldap_url.parse(query.url)
    try:
        pattern = ldap_filter.encoded(url.filter or ldap_filter.EVERYTHING)
    except ldap_filter.FilterError:
        raise UselessError("ldap_search failed: -7, Bad search filter") from None
    yield from _searched(ctx, link, query, url, pattern, MOST_HOPS)


def _searched(
    ctx: Context, link: Link, query: Query, url: LdapUrl, pattern: bytes, hops: int
) -> Iterator[Entry | Outcome]:
    try:
        number = link.send(_request(query, url, pattern))
    except OSError:
        raise UselessError(f"ldap_search failed: {DOWN}") from None
    while True:
        ctx.step()
        try:
            kind, content = link.answer(number, ldap_client.patience(query))
            if kind == ldap_client.ENTRY:
                yield _entry(content)
                continue
            done = _outcome(content) if kind == ldap_client.DONE else None
        except TimeoutError:
            raise UselessError("ldap_result timed out") from None
        except (OSError, ValueError):
            raise UselessError(f"ldap_result failed: {DOWN}") from None
        if done is not None:
            yield from _followed(ctx, link, query, url, pattern, done, hops)
        elif kind == ldap_client.REFERENCE:  # Exim takes the first reference for the end
            yield Outcome()
        else:
            raise UselessError(f"ldap_result returned unexpected code {kind}")
        return


def _followed(
    ctx: Context, link: Link, query: Query, url: LdapUrl, pattern: bytes, done: Outcome, hops: int
) -> Iterator[Entry | Outcome]:
    """The end of a search, or what another place has that the server refers to."""
    if query.referrals and done.referrals and hops == 0:
        raise UselessError("ldap_result timed out")  # the library then waits for what nobody sends
    for referral in done.referrals if query.referrals else ():
        try:
            there = ldap_url.parse(referral)
        except ldap_url.UrlError:
            continue
        other = _place_of(ctx, link, query, there)
        if other is None:
            continue
        again = ldap_url.LdapUrl(
            there.scheme,
            there.host,
            there.port,
            there.base or url.base,
            url.attributes,
            url.scope if there.scope is None else there.scope,
        )
        for one in _searched(ctx, other, query, again, pattern, hops - 1):
            # Of what the other server says the library keeps the text alone.
            yield Outcome(one.code, one.text, done.matched) if isinstance(one, Outcome) else one
        return
    yield done


def _place_of(ctx: Context, link: Link, query: Query, url: LdapUrl) -> Link | None:
    """The connection to a place that was referred to: another one has no user. None if there is none."""
    port = url.port or ldap_url.PORTS[url.scheme]
    server = link.server
    if (lower(url.host), port) == (lower(server.host), server.port) and url.scheme == server.scheme:
        return link
    named = f"{url.host}:{port}"
    anonymous = ldap_query.Query(query.url, timeout=query.timeout)
    try:
        other = ldap_client.connect(ctx, ldap_query.Server(url.scheme, url.host, port, named), anonymous)
        return other if ldap_client.bind(ctx, other, anonymous) == 0 else None
    except Deferred:
        return None


def _request(query: Query, url: LdapUrl, pattern: bytes) -> bytes:
    """A request for a search."""
    return ber.element(
        ldap_client.SEARCH,
        ber.element(4, to_bytes(url.base))
        + ber.integer(url.scope or 0, 10)
        + ber.integer(DEREFERENCE.get(lower(query.dereference), 0), 10)
        + ber.integer(query.size)
        + ber.integer(query.time)
        + ber.element(1, b"\0")
        + pattern
        + ber.element(0x30, b"".join(ber.element(4, to_bytes(one)) for one in url.attributes)),
    )


def _entry(content: bytes) -> Entry:
    (_, name), (_, listed), *_ = ber.elements(content)
    attributes = []
    for _, attribute in ber.elements(listed):
        (_, kind), (_, values), *_ = ber.elements(attribute)
        attributes.append((from_bytes(kind), tuple(value for _, value in ber.elements(values))))
    return Entry(from_bytes(name), tuple(attributes))


def _outcome(content: bytes) -> Outcome:
    (_, code), (_, matched), (_, text), *more = ber.elements(content)
    referrals = [
        from_bytes(url)
        for kind, urls in more
        if kind == ldap_client.REFERRALS
        for _, url in ber.elements(urls)
    ]
    said = from_bytes(text)
    if not referrals and ber.number(code) == PARTIAL and said.startswith(OLD_REFERRAL):
        referrals = said.removeprefix(OLD_REFERRAL).splitlines()
    return Outcome(ber.number(code), said, from_bytes(matched), tuple(referrals))
