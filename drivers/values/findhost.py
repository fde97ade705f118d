"""From the names of hosts to their addresses and back, by the system and by the DNS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import lower
from drivers.values import interfaces, ip, listtext
from drivers.values.dnsdata import AGAIN, FAIL, FOUND, Asking, DnsAnswer, reversed_name
from drivers.values.dnslookup import ask, is_known_broken, is_secure, only_ipv4
from drivers.values.peer import connection_of
from drivers.values.telling import STEPS_SINCE, tell_flat
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from drivers.api.protocols import Context

FAILED = "failed"
"""A search that ended without a host, beside `FOUND` and `AGAIN`."""

LATER = 500
"""By so much addresses of IPv4 come behind those of IPv6; the random part of a rank is below."""

HOST_NOT_FOUND = 1
"""The number that the system's resolver has for a name or an address that it does not know."""

DEFERRED = "addresses without a name for now"
"""Under this name the state has addresses whose search ends undecided, in Exim's own test suite."""

BY_MX, BY_ADDRESS = "mx", "a"
"""What `find_by_dns` looks for: mail exchangers, address records."""


class Host(Record):
    """A host with one of its addresses. ``preference`` is that of its MX record, None without one.

    ``secure`` is true where all records that led here are authenticated.
    """

    name: str
    address: str
    preference: int | None = None
    secure: bool = False


class Search(Record):
    """How a search ended: ``FOUND`` with hosts in the order to try them, ``AGAIN`` or ``FAILED``.

    ``full_name`` is what the name came to when it was qualified, or behind its aliases. ``no_mail`` tells
    that the domain says by its MX record that it takes none (RFC 7505).
    """

    status: str
    hosts: tuple[Host, ...] = ()
    full_name: str = ""
    no_mail: bool = False


class Names(Record):
    """The names that an address has, the first one counting; ``again`` tells of a problem that may pass."""

    names: tuple[str, ...] = ()
    secure: bool = False
    again: bool = False


class Leads(Record):
    """Whether a name has an address, vouched for or not; ``again`` tells of a problem that may pass."""

    matches: bool = False
    secure: bool = False
    again: bool = False


def find_by_name(ctx: Context, name: str, *, tells_local: bool = False) -> Search:
    """The addresses of a host by the system's own tables and ways (``/etc/hosts``, then the DNS).

    Addresses by IPv6 come first; ``disable_ipv6`` and ``dns_ipv4_lookup`` leave them out. A name that is an
    address stands for itself. With ``tells_local`` it is told if this host is among them.
    Raises ``Refused`` where the system may not be asked.
    """
    literal = ip.parse(name)
    if literal is not None:
        return Search(FOUND, (Host(name, name),), name)
    search = _found(name, [ctx.world.dns.system_addresses(name, kind) for kind in _kinds(ctx, name)])
    tell = _teller(ctx)
    if search.status == FOUND:
        if tells_local and any(ip.parse(host.address) in interfaces.addresses(ctx) for host in search.hosts):
            tell("local host found for non-MX address")
        tell("gethostbyname2 looked up these IP addresses:")
        for host in search.hosts:
            tell(f"  name={host.name} address={host.address}")
        return search
    client = "" if ctx.facts.get("message_exim_id") else connection_of(ctx)
    during = f" (during SMTP connection from {client})" if client else ""
    missing = f"no IP address found for host {name}{during}"
    tell(missing)
    if search.status == AGAIN and not is_known_broken(ctx, name):
        return search
    ctx.log_selected(missing, "host_lookup_failed")
    return Search(FAILED, (), search.full_name)


def find_by_dns(
    ctx: Context,
    name: str,
    ways: Sequence[str] = (BY_MX, BY_ADDRESS),
    *,
    qualify_single: bool = True,
    search_parents: bool = False,
) -> Search:
    """The hosts that the DNS has for a domain, by the first of the ``ways`` for which there are records.

    Hosts by MX records come in the order of their preferences; those of the same preference in a random
    order, each with its addresses together. A problem with one exchanger counts only if no other has an
    address. ``qualify_single`` and ``search_parents`` say whether the resolver may add its own domains
    to a name.
    """
    searching = Asking(qualify_single=qualify_single, search_parents=search_parents)
    if BY_MX in ways:
        answer = ask(ctx, name, "MX", asking=searching)
        if answer.status in {AGAIN, FAIL}:
            return Search(AGAIN if answer.status == AGAIN else FAILED)
        if answer.of("MX"):
            return _by_mx(ctx, name, answer)
        if BY_ADDRESS not in ways:
            return Search(FAILED)
    return _by_address(ctx, name, searching)


def names_of(ctx: Context, address: ip.Address) -> Names:
    """The names of an address in lower case, by the ways that ``host_lookup_order`` lists."""
    tell = _teller(ctx)
    if ctx.facts.get("sender_host_address", "") in ctx.state.get(DEFERRED, ()):
        tell("Test harness: host name lookup returns DEFER")
        return Names(again=True)
    for way in listtext.elements(str(ctx.options.get("host_lookup_order") or "")):
        found: tuple[str, ...] = ()
        secure = False
        if way == "bydns":
            answer = ask(ctx, reversed_name(address), "PTR")
            if answer.status == AGAIN:
                tell("IP address PTR lookup gave temporary error")
                return Names(again=True)
            if answer.status != FOUND:
                continue
            found = tuple(lower(record.data[0]) for record in answer.of("PTR"))
            secure = answer.authenticated
        elif way == "byaddr":
            tell("IP address lookup using gethostbyaddr()")
            shown = address.dotted() if address.version == ip.IPV4 else address.normal()
            found = tuple(ctx.world.dns.system_names(shown))
            if not found:
                tell(f"IP address lookup failed: h_errno={HOST_NOT_FOUND}")
        if found and not found[0]:
            tell("IP address lookup yielded an empty name: treated as non-existent host name")
        elif found:
            tell(f'IP address lookup yielded "{found[0]}"')
            for alias in found[1:]:
                tell(f'  alias "{alias}"')
            return Names(tuple(filter(None, found)), secure)
    return Names()


def leads_to(ctx: Context, name: str, address: ip.Address, *, wants_secure: bool = False) -> Leads:
    """Whether the DNS has the address for a name; ``wants_secure`` tells that data is to be vouched for."""
    tell = _teller(ctx)
    tell_of_security(ctx, name, None, "*" if wants_secure else None)
    answers = [(kind, ask(ctx, name, kind)) for kind in _kinds(ctx, name)]
    found = _mixed(ctx, [(record.data[0], answer) for kind, answer in answers for record in answer.of(kind)])
    if not found:
        if any(answer.status == AGAIN for _, answer in answers):
            tell("temporary error for host name lookup")
            return Leads(again=True)
        tell(f"no IP addresses found for {name}")
        return Leads()
    if not interfaces.addresses(ctx).isdisjoint(ip.parse(text) for text, _ in found):
        tell("local host found for non-MX address")
    tell(f"checking addresses for {name}")
    for text, answer in found:
        if ip.parse(text) == address:
            tell(f"  {text} OK")
            return Leads(matches=True, secure=answer.authenticated)
        tell(f"  {text}")
    tell(f"no IP address for {name} matched {ctx.facts.get('sender_host_address', '')}")
    return Leads(secure=any(answer.authenticated for _, answer in found))


def _mixed(ctx: Context, found: list[tuple[str, DnsAnswer]]) -> list[tuple[str, DnsAnswer]]:
    """The addresses of a host in the order in which they are looked at: a random one, IPv6 first."""
    ranked = []
    for at, (address, answer) in enumerate(found):
        later = 0 if ":" in address else LATER
        ranked.append((ctx.world.random.below(LATER) + later, at, address, answer))
    ranked.sort(key=lambda each: each[:2])
    return [(address, answer) for _, _, address, answer in ranked]


def tell_of_security(ctx: Context, name: str, required: str | None, requested: str | None) -> None:
    """Tell whether data for a host must, and whether it should, be vouched for; None for no list at all."""
    tell, before = ctx.tell_checks, (ctx.captures, ctx.list_value)
    if tell is None:
        return
    steps = ctx.profile.at_least(STEPS_SINCE)
    for what, listed in (("require", required), ("request", requested)):
        if steps:
            tell(f"check dnssec {what} list")
            ctx.depth += 1
        if listed is not None:
            ctx.match_list("domain", name, listed)
        elif steps:
            tell(f"{name} not in empty list (option unset? cannot trace name)")
        ctx.depth -= steps
    ctx.captures, ctx.list_value = before


def _nobody(_text: str) -> None:
    """Nobody wants to be told."""


def _teller(ctx: Context) -> Callable[[str], None]:
    """What is given lines about the search, somebody who is told or nobody."""
    tell = ctx.tell_checks
    return _nobody if tell is None else lambda text: tell_flat(ctx, tell, text)


def _kinds(ctx: Context, name: str) -> tuple[str, ...]:
    """The types of records that hold addresses of a host, in the order in which they are tried."""
    return ("A",) if ctx.options.get("disable_ipv6") or only_ipv4(ctx, name) else ("AAAA", "A")


def _found(
    name: str, answers: Sequence[DnsAnswer], secure: Callable[[DnsAnswer], bool] | None = None
) -> Search:
    """The host with the addresses of all answers."""
    hosts: list[Host] = []
    full_name = name
    for answer in answers:
        for record in (*answer.of("AAAA"), *answer.of("A")):
            full_name = record.owner
            hosts.append(Host(full_name, record.data[0], secure=secure is not None and secure(answer)))
    if hosts:
        return Search(FOUND, tuple(hosts), full_name)
    return Search(AGAIN if any(answer.status == AGAIN for answer in answers) else FAILED, (), full_name)


def _by_address(ctx: Context, name: str, searching: Asking) -> Search:
    answers = [ask(ctx, name, kind, asking=searching) for kind in _kinds(ctx, name)]
    return _found(name, answers, lambda answer: is_secure(ctx, answer))


def _by_mx(ctx: Context, name: str, answer: DnsAnswer) -> Search:
    records = answer.of("MX")
    full_name = records[0].owner
    if len(records) == 1 and not records[0].data[1]:
        return Search(FAILED, (), full_name, no_mail=True)
    secure = is_secure(ctx, answer)
    shuffled = sorted((int(each.data[0]), ctx.world.random.below(1 << 16), each.data[1]) for each in records)
    hosts: list[Host] = []
    seen: set[str] = set()
    again = False
    for preference, _, exchanger in shuffled:
        if lower(exchanger) in seen:
            continue
        seen.add(lower(exchanger))
        search = _by_address(ctx, exchanger, Asking())
        again = again or search.status == AGAIN
        hosts += [
            Host(exchanger, each.address, preference, secure=secure and each.secure) for each in search.hosts
        ]
    if hosts:
        return Search(FOUND, tuple(hosts), full_name)
    return Search(AGAIN if again else FAILED, (), full_name)
