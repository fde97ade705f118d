"""The addresses of hosts that mail is to go to, as routers look for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Deferred
from drivers.api.routing import NOT_LOGGED, Host
from drivers.api.text import is_tainted, lower
from drivers.values import ip
from drivers.values.dnsdata import AGAIN, FAIL, FOUND, Asking
from drivers.values.dnslookup import ask, is_malformed, is_secure, only_ipv4
from drivers.values.memberships import in_list
from drivers.values.networks import networks
from drivers.values.peer import connection_of
from drivers.values.telling import STEPS_SINCE, tell_flat, tell_removed
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.api.routing import Work

NOT_FOUND, LATER, IGNORED, INSECURE, LOCAL = "not found", "later", "ignored", "insecure", "local"
"""How a search ends, beside `FOUND`."""

FAMILY_LATER = 500
"""What is added to the rank of addresses of the family that comes second."""

SPREAD = 1000
"""Ranks of hosts of one preference are below this."""

NOWHERE = "0.0.0.0"  # noqa: S104 - it counts as an address of this host


class Wanted(Record):
    """What to look for: which families of addresses, and how names may be completed."""

    families: tuple[int, ...] = (ip.IPV6, ip.IPV4)
    ipv4_first: bool = False
    qualify_single: bool = True
    search_parents: bool = False


USUAL = Wanted()


class Found(Record):
    """How a search ended, and with which hosts.

    ``full_name`` is what the name came to, ``name`` the exchanger that is to blame where none was found.
    ``local_removed`` tells that this host was among them, ``no_service`` that the domain takes no mail.
    With ``malformed`` some name that was looked for cannot be one.
    """

    status: str
    hosts: tuple[Host, ...] = ()
    full_name: str = ""
    local_removed: bool = False
    no_service: bool = False
    name: str = ""
    malformed: bool = False


def with_local(work: Work, hosts: list[Host], problem: str = NOT_FOUND) -> tuple[str, list[Host], bool]:
    """Look for this host among hosts that are in order.

    Gives `LOCAL` if it is among the first, else `FOUND` (or the problem, where no host has an address) with
    the hosts before the preference that this host has, and whether it was there.
    """
    own = work.own_addresses()
    keep = 0
    found = False
    for at, host in enumerate(hosts):
        if host.address == NOWHERE or _is_treated_as_local(work, host) or ip.parse(host.address) in own:
            if not keep:
                _tell_local(work, host)
                return LOCAL, hosts, False
            tell_removed(work.ctx, ((each.name, each.address, each.preference or 0) for each in hosts[keep:]))
            return (FOUND if found else problem), hosts[:keep], True
        found = found or bool(host.address)
        if at + 1 == len(hosts) or hosts[at + 1].preference != host.preference:
            keep = at + 1
    return (FOUND if found else problem), hosts, False


def _tell_local(work: Work, host: Host) -> None:
    tell = work.ctx.tell_checks
    if tell is not None:
        has_mx = host.preference is not None
        words = "local host has lowest MX" if has_mx else "local host found for non-MX address"
        tell_flat(work.ctx, tell, words)


def _is_treated_as_local(work: Work, host: Host) -> bool:
    names = work.ctx.options.get("hosts_treat_as_local")
    if not names:
        return False
    before = work.ctx.facts.get("domain")
    work.ctx.facts["domain"] = host.name
    try:
        return in_list(work.ctx, "domain", lower(host.name), str(names)) is not None
    except Deferred:
        return False
    finally:
        if before is None:
            del work.ctx.facts["domain"]
        else:
            work.ctx.facts["domain"] = before


def is_ignored(work: Work, address: str) -> bool:
    """True if ``ignore_target_hosts`` has an address."""
    ignored = work.router["ignore_target_hosts"]
    if not ignored:
        return False
    if work.ctx.tell_checks is None and not is_tainted(ignored):
        listed = networks(ignored)
        if listed is not None:
            return listed.has(address)
    facts = work.ctx.facts
    before = facts.get("host_address")
    facts["host_address"] = address
    try:
        return in_list(work.ctx, "host", address, ignored) is not None
    except Deferred:
        return False
    finally:
        if before is None:
            del facts["host_address"]
        else:
            facts["host_address"] = before


def tell_search(work: Work, name: str) -> None:
    """Tell, as a search begins, whether data of a host must be vouched for, and whether that is asked for."""
    ctx, options = work.ctx, work.router.options
    tell = ctx.tell_checks
    if tell is None:
        return
    steps = ctx.profile.at_least(STEPS_SINCE)
    before = ctx.captures, ctx.list_value
    for what in ("require", "request"):
        option = f"dnssec_{what}_domains"
        listed = work.router[option] if option in options else ""
        ctx.depth += steps
        if steps:
            tell(f"check dnssec {what} list")
            ctx.depth += 1
        if listed:
            ctx.match_list("domain", name, listed, option=option if steps else "")
        elif steps:
            tell(f"{name} in {option}? no (option unset)")
        ctx.depth -= 2 * steps
    ctx.captures, ctx.list_value = before


def by_name(work: Work, host: Host) -> Found:
    """The addresses of a host by the system's tables; a name that is an address stands for itself."""
    steps = work.ctx.profile.at_least(STEPS_SINCE)
    work.ctx.depth += steps
    try:
        return _by_name(work, host)
    finally:
        work.ctx.depth -= steps


def _by_name(work: Work, host: Host) -> Found:
    ctx = work.ctx
    if ip.parse(host.name) is not None:
        answers = [host.name]
        full_name = host.name
        again = False
    else:
        kinds = ("A",) if ctx.options.get("disable_ipv6") or only_ipv4(ctx, host.name) else ("AAAA", "A")
        told = [(kind, ctx.world.dns.system_addresses(host.name, kind)) for kind in kinds]
        records = [record for kind, answer in told for record in answer.of(kind)]
        answers = [record.data[0] for record in records]
        full_name = records[-1].owner if records else host.name
        again = any(answer.status == AGAIN for _, answer in told)
    hosts = [_with(host, full_name, address) for address in answers if not is_ignored(work, address)]
    if not hosts:
        if not answers:
            _tell_missing(work, host.name, again=again)
        return Found(IGNORED if answers else LATER if again else NOT_FOUND, (), full_name)
    status, left, removed = with_local(work, hosts)
    if ctx.tell_checks is not None:
        tell_flat(ctx, ctx.tell_checks, f"fully qualified name = {full_name}")
        tell_flat(ctx, ctx.tell_checks, "gethostbyname2 looked up these IP addresses:")
        for each in hosts:
            tell_flat(ctx, ctx.tell_checks, f"  name={each.name} address={each.address}")
    return Found(status, tuple(left), full_name, removed)


def _tell_missing(work: Work, name: str, *, again: bool) -> None:
    ctx = work.ctx
    client = connection_of(ctx)
    during = f" (during SMTP connection from {client})" if client else ""
    missing = f"no IP address found for host {name}{during}"
    if ctx.tell_checks is not None:
        tell_flat(ctx, ctx.tell_checks, missing)
    if not again and not ctx.state.get(NOT_LOGGED):
        ctx.log_selected(missing, "host_lookup_failed")


def _with(host: Host, name: str, address: str, *, rank: int = 0, secure: bool = False) -> Host:
    return Host(name, address, host.preference, host.port, host.group, rank, secure)


def by_address(work: Work, host: Host, wanted: Wanted = USUAL) -> Found:
    """A host by its address records, which come in a random order, those of one family together."""
    required = requires_dnssec(work, host.name)
    status, hosts, full_name = addresses(work, host, wanted, required=required)
    if status != FOUND:
        ended = NOT_FOUND if status == IGNORED else status
        return Found(ended, (), full_name, malformed=is_malformed(work.ctx, host.name))
    steps = work.ctx.profile.at_least(STEPS_SINCE)
    work.ctx.depth += steps
    status, hosts, removed = with_local(work, hosts)
    work.ctx.depth -= steps
    return Found(status, tuple(hosts), full_name, removed)


def addresses(work: Work, host: Host, wanted: Wanted, *, required: bool) -> tuple[str, list[Host], str]:
    """The addresses of a host in the order of their ranks, how the search ended, and the full name.

    With ``required`` only addresses that DNSSEC vouches for count.
    """
    ctx = work.ctx
    asking = Asking(qualify_single=wanted.qualify_single, search_parents=wanted.search_parents)
    hosts: list[Host] = []
    full_name, again, insecure, any_found = host.name, False, False, False
    base = SPREAD * (host.group if host.preference is None else host.preference)
    for family in _families(work, host.name, wanted):
        kind = "A" if family == ip.IPV4 else "AAAA"
        answer = ask(ctx, host.name, kind, asking=asking)
        if answer.status != FOUND:
            again = again or answer.status in {AGAIN, FAIL}
            continue
        secure = is_secure(ctx, answer)
        if not secure and required:
            insecure = kind == "A"  # of the other family Exim does not say so
            continue
        later = FAMILY_LATER if (family == ip.IPV4) != wanted.ipv4_first else 0
        for record in answer.of(kind):
            address = record.data[0]
            full_name = full_name if any_found else answer.full_name or record.owner
            any_found = True
            if is_ignored(work, address) or any(known.address == address for known in hosts):
                continue
            rank = base + ctx.world.random.below(FAMILY_LATER) + later
            name = record.owner if lower(record.owner) != lower(host.name) else host.name
            _insert(hosts, _with(host, name, address, rank=rank, secure=secure))
    if hosts:
        return FOUND, hosts, full_name
    if insecure:
        return INSECURE, [], full_name
    return (IGNORED if any_found else LATER if again else NOT_FOUND), [], full_name


def _insert(hosts: list[Host], host: Host) -> None:
    at = next((at for at, known in enumerate(hosts) if host.rank < known.rank), len(hosts))
    hosts.insert(at, host)


def _families(work: Work, name: str, wanted: Wanted) -> Sequence[int]:
    if work.ctx.options.get("disable_ipv6") or only_ipv4(work.ctx, name):
        return (ip.IPV4,)
    return wanted.families


def requires_dnssec(work: Work, name: str) -> bool:
    """True if ``dnssec_require_domains`` has a domain."""
    names = work.router["dnssec_require_domains"] if "dnssec_require_domains" in work.router.options else ""
    if not names:
        return False
    try:
        return in_list(work.ctx, "domain", name, names) is not None
    except Deferred:
        return False
