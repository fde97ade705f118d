"""The dnslookup router."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Deferred, ExpansionError, ForcedFail
from drivers.api.routing import DECLINE, DEFER, OK, PASS, REROUTED, SENDER, Host, Refusal
from drivers.api.text import lower
from drivers.api.unit import router
from drivers.routers.domains import change_domain
from drivers.routers.exchangers import find
from drivers.routers.finding import INSECURE, LATER, LOCAL, NOT_FOUND, Found, Wanted
from drivers.routers.finishing import defer, finish
from drivers.routers.hostlist import self_action
from drivers.values import ip, listtext
from drivers.values.memberships import in_list
from drivers.values.truth import holds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.routing import Work

NONEXISTENT = "all relevant MX records point to non-existent hosts"
DEFER_REQUESTED = "missing MX, or all MXs point to missing A records, and defer requested"


@router("dnslookup", syntax="driver = dnslookup", section="The dnslookup router", feature="router_dnslookup")
def dnslookup(work: Work) -> str:
    """Send to the hosts that the DNS has for the domain."""
    address, chosen = work.address, work.router
    service = _service(work)
    found: Found | None = None
    for name in _names(work):
        found = find(work, name, _wanted(work), service=service)
        if _lacks_mx(work, found):
            found = None
            continue
        if found.status in {INSECURE, LATER}:
            return _not_now(work, found.status)
        if found.status != NOT_FOUND:
            break
        outcome = _not_found(work, found)
        if outcome:
            return outcome
        found = None
    if found is None:
        return DECLINE
    if found.local_removed:
        address.local_host_removed = True
    if address.domain != found.full_name:
        if lower(address.domain) != lower(found.full_name):
            change_domain(work, found.full_name, rewrites=bool(chosen["rewrite_headers"]))
            return REROUTED
        kind = type(address.text)
        address.text = kind(f"{address.text.rpartition('@')[0]}@{found.full_name}")
    if found.status == LOCAL:
        outcome = self_action(work, found.hosts[0])
        if outcome != OK:
            return outcome
    elif chosen["check_secondary_mx"] and not address.local_host_removed:
        return DECLINE
    address.hosts = list(found.hosts)
    return finish(work)


def _service(work: Work) -> str:
    """The service whose SRV records are wanted, "" for none. Raises `Refusal`."""
    text = work.router["check_srv"]
    if not text:
        return ""
    try:
        return work.ctx.expand(text)
    except ForcedFail:
        return ""
    except ExpansionError as problem:
        words = f'{work.router.name} router: failed to expand "{text}": {problem.message}'
        raise defer(work.address, words) from None


def _may_change(work: Work) -> bool:
    """True unless another name for the domain would have to be put into header lines that nobody changes."""
    return work.purpose != SENDER or not work.router["rewrite_headers"] or work.address.parent is not None


def _names(work: Work) -> Iterator[str]:
    """The domain, and then the same made longer by the domains of ``widen_domains``."""
    domain = work.address.domain
    yield domain
    if _may_change(work):
        for longer in listtext.elements(work.router["widen_domains"]):
            yield f"{domain}.{longer}"


def _wanted(work: Work) -> Wanted:
    families = (ip.IPV4,) if _holds(work, "ipv4_only") else (ip.IPV6, ip.IPV4)
    free = _may_change(work)
    chosen = work.router
    return Wanted(
        families,
        _holds(work, "ipv4_prefer"),
        free and bool(chosen["qualify_single"]),
        free and bool(chosen["search_parents"]),
    )


def _holds(work: Work, option: str) -> bool:
    text = work.router[option] if option in work.router.options else ""
    if not text:
        return False
    try:
        return holds(work.ctx, text, f"{work.router.name} router")
    except Deferred:
        raise Refusal(DEFER) from None


def _lacks_mx(work: Work, found: Found) -> bool:
    """True if only address records were found where ``mx_domains`` wants others. Raises `Refusal`."""
    names = work.router["mx_domains"]
    if not names or not found.hosts or found.hosts[0].preference is not None or found.status == NOT_FOUND:
        return False
    try:
        return in_list(work.ctx, "domain", found.full_name, names) is not None
    except Deferred:
        raise defer(work.address, "lookup defer for mx_domains") from None


def _not_now(work: Work, status: str) -> str:
    if status == LATER and work.router["pass_on_timeout"]:
        return PASS
    work.address.message = (
        "host lookup done insecurely" if status == INSECURE else "host lookup did not complete"
    )
    return DEFER


def _not_found(work: Work, found: Found) -> str:
    """What to do where there are no hosts; "" if longer names may be tried. Raises `Refusal`."""
    address = work.address
    names = work.router["fail_defer_domains"] if "fail_defer_domains" in work.router.options else ""
    if names:
        try:
            wanted = in_list(work.ctx, "domain", found.full_name, names) is not None
        except Deferred:
            raise defer(address, "lookup fail_defer_domains") from None
        if wanted:
            address.message = DEFER_REQUESTED
            return DEFER
    if not found.hosts:
        if not found.malformed:
            return ""
        address.message = f'mail domain "{found.full_name}" is syntactically invalid'
        return DECLINE
    address.passes_message = True
    if not found.hosts[0].name:
        address.message = "an MX or SRV record indicated no SMTP service"
        return DECLINE
    address.message = NONEXISTENT
    if _is_to_address(work, found.hosts[0]):
        address.user_message = (
            f"It appears that the DNS operator for {address.domain}\n"
            "has installed an invalid MX record with an IP address\n"
            "instead of a domain name on the right hand side."
        )
        address.message += " or (invalidly) to IP addresses"
    return DECLINE


def _is_to_address(work: Work, host: Host) -> bool:
    return not work.ctx.options.get("allow_mx_to_ip") and ip.parse(host.name) is not None
