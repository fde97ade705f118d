"""The hosts that the smtp transport tries, with their addresses, ports and interfaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, ForcedFail
from drivers.api.remote import UNKNOWN_HOST
from drivers.api.routing import Host, Retried
from drivers.api.text import SPACE, is_tainted
from drivers.api.transports import DEFER, EXPANSION_FAILED, PANIC, UNKNOWN, Failure
from drivers.values import findhost, interfaces, ip, listtext, services
from drivers.values.dnsdata import AGAIN, FOUND

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from drivers.api.remote import RemoteJob
    from drivers.api.routing import Router

NOT_IMITATED = ("dane_require_tls_ciphers", "hosts_require_ocsp", "tls_require_ciphers")
"""Options of which eximulate cannot do what they say; all of them are about TLS."""

LOCAL_HOST = -50
PORTS = {"lmtp": 24, "smtps": 465}


def unsupported(transport: Router) -> str:
    """What is said of an option that is set and not supported, "" without one."""
    options = transport.options
    for name in NOT_IMITATED:
        if name in options and options.is_set(name) and transport[name]:
            return f"the option {name} of the smtp transport is not supported by eximulate yet"
    return ""


def refuse_unknown(job: RemoteJob) -> None:
    """Raise `Failure` for an option that is set and not supported."""
    words = unsupported(job.transport)
    if words:
        raise Failure(DEFER, UNKNOWN, words)


def listed(job: RemoteJob) -> Sequence[Host]:
    """The hosts in the order to be tried. Raises `Failure`."""
    name, first = job.transport.name, job.addresses[0]
    own = str(job.transport["hosts"] or "")
    if not first.hosts or (job.transport["hosts_override"] is True and own):
        if not own:
            raise Failure(PANIC, UNKNOWN, f"{name} transport called with no hosts set")
        found = _made(job, _expanded(job, own))
        if not found:
            raise Failure(PANIC, UNKNOWN, f"{name} transport given no hosts")
    else:
        found = list(first.hosts)
        if not job.transport["hosts_randomize"] or any(host.preference is not None for host in found):
            return found
    if _is_true(job, "hosts_randomize"):
        ranked = [(job.ctx.world.random.below(1000), at, host) for at, host in enumerate(found)]
        return [host for _, _, host in sorted(ranked, key=lambda each: each[:2])]
    return found


def _is_true(job: RemoteJob, option: str) -> bool:
    value = job.transport[option]
    return value is True or (isinstance(value, str) and job.ctx.expand(value) in {"yes", "true", "1"})


def _expanded(job: RemoteJob, text: str) -> str:
    name = job.transport.name
    try:
        value = job.ctx.expand(text)
    except ForcedFail as problem:
        words = problem.message
    except ExpansionError as problem:
        words = problem.message
    else:
        if is_tainted(value):
            words = f"attempt to use tainted host list '{value}' from '{text}' in transport {name}"
            job.ctx.log(words, panic=True)
            raise Failure(PANIC, UNKNOWN, "internal configuration error")
        return value
    raise Failure(PANIC, UNKNOWN, f'failed to expand list of hosts "{text}" in {name} transport: {words}')


def _made(_job: RemoteJob, text: str) -> list[Host]:
    return [Host(each) for each in listtext.elements(text) if each != "+"]


def found(job: RemoteJob, hosts: Sequence[Host]) -> Iterator[tuple[Host, int]]:
    """The hosts that have an address, each with its port. Raises `Failure`."""
    usual = _usual_port(job)
    for host in hosts:
        if host.address:
            yield host, host.port or usual
            continue
        for each in _looked_up(job, host):
            yield each, each.port or usual


def found_by(host: Host) -> int:
    """What errors note of how a host was found: by an MX record, or by its address."""
    return ord("A" if host.preference is None else "M")


def _usual_port(job: RemoteJob) -> int:
    protocol = str(job.transport["protocol"] or "smtp")
    if not job.transport.options.is_set("port"):
        return PORTS.get(protocol, 25)
    text = job.expand("port").strip(SPACE)
    if text.isascii() and text.isdigit():
        return int(text)
    if text in services.PORTS:
        return services.PORTS[text]
    words = f'TCP port "{text}" is not defined for {job.transport.name} transport'
    raise Failure(PANIC, UNKNOWN, words)


def _looked_up(job: RemoteJob, host: Host) -> Sequence[Host]:
    """The host with its addresses, unless it is this one and that is not permitted."""
    known = _with_addresses(job, host)
    if job.transport["allow_localhost"] or job.transport["protocol"] == "lmtp":
        return known
    own = interfaces.addresses(job.ctx)
    elsewhere = [each for each in known if ip.parse(each.address) not in own]
    if known and not elsewhere:
        for address in job.addresses:
            address.number = LOCAL_HOST
            address.message = f"{job.transport.driver} transport found host {known[0].name} to be local"
            address.sent = None
    return elsewhere


def _with_addresses(job: RemoteJob, host: Host) -> Sequence[Host]:
    name, port = _split(host.name)
    if ip.version(name):
        return [Host(name, name, port=port)]
    if job.transport["gethostbyname"]:
        search = findhost.find_by_name(job.ctx, name)
    else:
        search = findhost.find_by_dns(
            job.ctx,
            name,
            (findhost.BY_ADDRESS,),
            qualify_single=bool(job.transport["dns_qualify_single"]),
            search_parents=bool(job.transport["dns_search_parents"]),
        )
    if search.status == FOUND:
        return [Host(each.name, each.address, port=port, secure=each.secure) for each in search.hosts]
    for address in job.addresses:
        address.number = UNKNOWN_HOST
        address.retried.append(Retried(f"R:{name}", UNKNOWN))
        address.message = f"failed to lookup IP address for {name}"
        if search.status == AGAIN:
            address.message = f"lookup of host {name} deferred"
    return []


def bare_name(host: Host) -> str:
    """The name or address of a host without the port that may stand behind it."""
    return _split(host.name)[0]


def _split(text: str) -> tuple[str, int | None]:
    """A name or address, and the port behind it."""
    if text.startswith("["):
        inner, _, port = text[1:].partition("]")
        return inner, int(port[1:]) if port[1:].isdigit() else None
    head, mark, port = text.rpartition(":")
    if mark and port.isdigit() and ":" not in head:
        return head, int(port)
    return text, None


def interface(job: RemoteJob, host: Host) -> str:
    """The address that this side is to have, "" for any. Raises `Failure`."""
    text = job.transport["interface"]
    if not text:
        return ""
    job.ctx.facts["host"], job.ctx.facts["host_address"] = host.name, host.address
    try:
        value = job.ctx.expand(str(text))
    except ForcedFail:
        return ""
    except ExpansionError as problem:
        words = f'failed to expand "interface" option for {job.transport.name} transport: {problem.message}'
        raise Failure(PANIC, EXPANSION_FAILED, words) from None
    wanted = ip.version(host.address)
    for each in listtext.elements(value):
        kind = ip.version(each)
        if not kind:
            what = f'"{each}" is not a valid IP address for the "interface" option'
            words = f"{what} for {job.transport.name} transport"
            raise Failure(PANIC, UNKNOWN, words)
        if kind == wanted:
            return each
    return ""
