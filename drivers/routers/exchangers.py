"""The hosts that take the mail of a domain: by SRV, MX and address records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Deferred
from drivers.api.routing import Host
from drivers.api.text import lower
from drivers.routers.finding import (
    INSECURE,
    LATER,
    NOT_FOUND,
    SPREAD,
    Found,
    Wanted,
    addresses,
    by_address,
    requires_dnssec,
    tell_search,
    with_local,
)
from drivers.values import ip
from drivers.values.dnsdata import AGAIN, FAIL, FOUND, Asking, DnsAnswer
from drivers.values.dnslookup import ask, is_malformed, is_secure
from drivers.values.memberships import in_list

if TYPE_CHECKING:
    from drivers.api.routing import Work

MX_SPREAD = 500


def find(
    work: Work,
    domain: str,
    wanted: Wanted,
    *,
    service: str = "",
    addresses_too: bool = True,
) -> Found:
    """The hosts of a domain: by the records of the first type that it has.

    Those of SRV records are looked for if a service is given, those of address records if that is wanted. A
    host of an MX or SRV record without an address stays in the list, as long as another one has one.
    """
    host = Host(domain)
    tell_search(work, domain)
    if service:
        name = f"_{service}._tcp.{domain}"
        answer = ask(work.ctx, name, "SRV", asking=_asking(wanted))
        problem = _problem(work, answer, domain, "srv_fail_domains")
        if problem:
            return Found(problem, full_name=domain)
        if answer.status == FOUND and answer.of("SRV"):
            full_name = answer.full_name.removeprefix(f"_{service}._tcp.")
            return _of_records(work, domain, answer, full_name, wanted, _srv_hosts(work, answer))
    answer = ask(work.ctx, domain, "MX", asking=_asking(wanted))
    problem = _problem(work, answer, domain, "mx_fail_domains")
    if problem:
        return Found(problem, full_name=domain)
    if answer.status == FOUND and answer.of("MX"):
        if requires_dnssec(work, domain) and not is_secure(work.ctx, answer):
            return Found(INSECURE, full_name=domain)
        return _of_records(work, domain, answer, answer.full_name, wanted, _mx_hosts(work, answer))
    if not addresses_too:
        return Found(NOT_FOUND, full_name=domain, malformed=answer.malformed)
    return by_address(work, host, wanted)


def _asking(wanted: Wanted) -> Asking:
    return Asking(qualify_single=wanted.qualify_single, search_parents=wanted.search_parents)


def _problem(work: Work, answer: DnsAnswer, domain: str, option: str) -> str:
    """How the search ends at an answer that is none; "" where it goes on.

    For the domains that the option has, a problem that may pass is as good as no records.
    """
    if answer.status not in {AGAIN, FAIL}:
        return ""
    names = work.router[option] if option in work.router.options else ""
    if names:
        try:
            if in_list(work.ctx, "domain", domain, names) is not None:
                return ""
        except Deferred:
            pass
    return LATER


def _mx_hosts(work: Work, answer: DnsAnswer) -> list[Host]:
    hosts: list[Host] = []
    seen: dict[str, Host] = {}
    for record in answer.of("MX"):
        preference, name = int(record.data[0]), record.data[1]
        rank = preference * SPREAD + work.ctx.world.random.below(MX_SPREAD)
        known = seen.get(lower(name))
        if known is not None and (known.preference or 0) <= preference:
            continue
        if known is not None:
            hosts.remove(known)
        host = Host(name, preference=preference, rank=rank)
        seen[lower(name)] = host
        _insert(hosts, host)
    return hosts


def _insert(hosts: list[Host], host: Host) -> None:
    at = next((at for at, known in enumerate(hosts) if host.rank < known.rank), len(hosts))
    hosts.insert(at, host)


def _srv_hosts(work: Work, answer: DnsAnswer) -> list[Host]:
    """Hosts of SRV records: by preference, and within one at random by their weights."""
    waiting = []
    for record in answer.of("SRV"):
        preference, weight, port, name = (*map(int, record.data[:3]), record.data[3])
        key = preference * SPREAD + work.ctx.world.random.below(MX_SPREAD)
        waiting.append((key, weight, Host(str(name), preference=int(preference), port=int(port))))
    waiting.sort(key=lambda entry: entry[0])
    hosts: list[Host] = []
    while waiting:
        first = waiting[0][2].preference
        group = [entry for entry in waiting if entry[2].preference == first]
        chosen = group[0]
        total = sum(weight for _, weight, _ in group)
        if len(group) > 1 and total:
            number = work.ctx.world.random.below(total)
            for entry in group:
                chosen = entry
                number -= entry[1]
                if number < 0:
                    break
        waiting.remove(chosen)
        hosts.append(chosen[2])
    return hosts


def _of_records(
    work: Work, domain: str, answer: DnsAnswer, full_name: str, wanted: Wanted, hosts: list[Host]
) -> Found:
    """Find the addresses of the hosts of records, and what comes of them all."""
    if len(hosts) == 1 and not hosts[0].name:
        if not work.ctx.options.get("dns_check_names_pattern"):
            return Found(LATER, full_name=full_name)  # the name is asked for, and nobody can say anything
        return Found(NOT_FOUND, tuple(hosts), full_name, no_service=True, malformed=True)
    secure = is_secure(work.ctx, answer)
    problem = NOT_FOUND
    kept: list[Host] = []
    required = requires_dnssec(work, domain)
    plain = Wanted(wanted.families, wanted.ipv4_first, qualify_single=False)
    for host in hosts:
        literal = ip.parse(host.name) is not None
        if literal and work.ctx.options.get("allow_mx_to_ip"):
            host.address = host.name
            kept.append(host)
            continue
        status, found, _ = addresses(work, host, plain, required=required)
        if status == FOUND:
            for each in found:
                each.secure = each.secure and secure
            kept += found
            continue
        if status in {LATER, INSECURE}:
            problem = status
        host.why = {LATER: "deferred", INSECURE: "insecure", NOT_FOUND: "failed"}.get(status, "ignored")
        kept.append(host)
    malformed = any(is_malformed(work.ctx, host.name) for host in kept if not host.address)
    usable = [host for host in kept if host.why != "ignored"] or kept[-1:]
    usable = without_duplicates(usable)
    status, usable, removed = with_local(work, usable, problem)
    return Found(status, tuple(usable), full_name, removed, name=usable[0].name, malformed=malformed)


def without_duplicates(hosts: list[Host]) -> list[Host]:
    """The hosts without those whose address another one has before."""
    known: set[str] = set()
    kept = []
    for host in hosts:
        if not host.address or host.address not in known:
            kept.append(host)
        known.add(host.address)
    return kept
