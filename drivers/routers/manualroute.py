"""The manualroute router."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from drivers.api.errors import Deferred, ExpansionError, ForcedFail
from drivers.api.options import dequote
from drivers.api.routing import DECLINE, DEFER, FAIL, OK, PASS, TESTING, Host, Transport
from drivers.api.text import SPACE
from drivers.api.unit import router
from drivers.routers import hostlist
from drivers.routers.finding import Wanted
from drivers.routers.finishing import (
    chosen_transport,
    defer,
    expand_data,
    is_local,
    prepare,
    queue,
)
from drivers.values import ip, listtext
from drivers.values.memberships import in_list

if TYPE_CHECKING:
    from drivers.api.routing import Work


class Rule(NamedTuple):
    """Where mail is to go: the text of the hosts before its expansion, and the words after it."""

    hosts: str
    options: str


class Ways(NamedTuple):
    """What the words after the hosts say."""

    at_random: bool
    way: str
    wanted: Wanted
    transport: Transport | None


@router(
    "manualroute",
    syntax="driver = manualroute",
    section="The manualroute router",
    feature="router_manualroute",
)
def manualroute(work: Work) -> str:
    """Send to hosts that the configuration names."""
    ctx, address = work.ctx, work.address
    rule = _rule(work)
    if rule is None:
        return DECLINE
    try:
        hosts = ctx.expand(rule.hosts)
    except ForcedFail:
        return DECLINE
    except ExpansionError as problem:
        words = f'{work.router.name} router: failed to expand "{rule.hosts}": {problem.message}'
        raise defer(address, words) from None
    finally:
        ctx.captures, ctx.value = [], None
    ways = _ways(work, rule.options)
    prepare(work)
    transport = ways.transport or chosen_transport(work)
    address.transport = transport
    if transport is not None and is_local(transport):
        address.hosts = [Host(hosts)] if hosts else []
    elif hosts:
        built = hostlist.built(work, hosts, at_random=ways.at_random)
        failed = work.router["host_find_failed"]
        address.hosts = hostlist.look_up(work, built, ways.way, ways.wanted, failed)
        if not address.hosts:
            return _all_ignored(work)
        if transport is None and work.purpose == TESTING:
            ctx.log(f"Error in {work.router.name} router: no transport defined")
            raise defer(address, "error in router: transport missing")
    elif work.purpose == TESTING:
        words = f"error in {work.router.name} router: no host(s) specified for domain {address.domain}"
        ctx.log(words)
        raise defer(address, words)
    queue(work)
    return OK


def _rule(work: Work) -> Rule | None:
    """The rule for the address, None if there is none. Raises `Refusal`."""
    router_ = work.router
    if not router_.options.is_set("route_list"):
        data = expand_data(work, router_["route_data"])
        if data is None:
            return None
        hosts, options = _taken(data.lstrip(SPACE))
        return Rule(hosts, options) if hosts else None
    text, mark = router_["route_list"], ";"
    if text.lstrip(SPACE).startswith("<"):
        mark, text = listtext.separator(text)
    for item in listtext.pieces(text, mark):
        pattern, rest = _taken(item.lstrip(SPACE))
        try:
            value = in_list(work.ctx, "domain", work.address.domain, pattern)
        except Deferred:
            raise defer(work.address, "lookup defer in route_list") from None
        if value is not None:
            work.ctx.value = value
            hosts, options = _taken(rest)
            return Rule(hosts, options)
    return None


def _taken(text: str) -> tuple[str, str]:
    """The first word, which may be in quotes, and the rest."""
    word, end = dequote(text)
    return word, text[end:].lstrip(SPACE)


def _ways(work: Work, options: str) -> Ways:
    """What the options say; each word may be cut short, in which case the first that fits counts."""
    at_random = _is_random(work)
    families: tuple[int, ...] = (ip.IPV6, ip.IPV4)
    way, ipv4_first = hostlist.BY_DEFAULT, False
    transport: Transport | None = None
    for word in options.split():
        if "randomize".startswith(word):
            at_random = True
        elif "no_randomize".startswith(word):
            at_random = False
        elif "byname".startswith(word):
            way = hostlist.BY_NAME
        elif "bydns".startswith(word):
            way = hostlist.BY_DNS
        elif "ipv4_prefer".startswith(word):
            ipv4_first = True
        elif "ipv4_only".startswith(word):
            families = (ip.IPV4,)
        else:
            transport = next((each for each in work.transports() if each.name.startswith(word)), None)
            if transport is None:
                words = f'unknown routing option or transport name "{options[options.index(word) :]}"'
                work.ctx.log(f"Error in {work.router.name} router: {words}")
                raise defer(work.address, f"error in router: {words}")
    return Ways(at_random, way, Wanted(families, ipv4_first), transport)


def _is_random(work: Work) -> bool:
    value = work.router["hosts_randomize"]
    if not isinstance(value, str):
        return bool(value)
    text = expand_data(work, value)
    if text is None or text.lower() not in {"yes", "true", "no", "false"}:
        if text is None:
            return False
        words = (
            f'"{text}" is not a valid value for the "hosts_randomize" option in the {work.router.name} router'
        )
        raise defer(work.address, words)
    return text.lower() in {"yes", "true"}


def _all_ignored(work: Work) -> str:
    """What ``host_all_ignored`` wants where every host was left out."""
    action = work.router["host_all_ignored"]
    if action in {"decline", "pass"}:
        return DECLINE if action == "decline" else PASS
    words = f"lookup failed for all hosts in {work.router.name} router"
    work.address.message = f"{words}: host_find_failed=ignore host_all_ignored={action}"
    work.address.freezes = action == "freeze"
    return FAIL if action == "fail" else DEFER
