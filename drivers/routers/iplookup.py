"""The iplookup router: a server of the local network tells of another address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, Refused
from drivers.api.routing import DECLINE, OK, PASS, Address, Host, Inherited
from drivers.api.text import SPACE, Tainted, from_bytes, to_bytes
from drivers.api.unit import router
from drivers.routers.finding import by_name
from drivers.routers.finishing import defer, prepare
from drivers.values import ip, listtext

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.routing import Work

LONGEST, LONGEST_NOW = 255, 7
"""So many bytes of an answer count; since 4.94 it is one less than a pointer has."""

SHORT_SINCE = "4.94"


@router("iplookup", syntax="driver = iplookup", section="The iplookup router", feature="router_iplookup")
def iplookup(work: Work) -> str:
    """Ask a server for the address in the place of this one, by UDP or TCP."""
    address, chosen, ctx = work.address, work.router, work.ctx
    whole = f"{address.local_part}@{address.domain}"
    given = chosen["query"]
    query = f"{whole} {whole}" if not given else _expanded(work, given)
    reply = _asked(work, query)
    if reply is None:
        if chosen["optional"]:
            return PASS
        raise defer(address, f"{chosen.name} router: failed to communicate with any host")
    pattern = chosen["response_pattern"]
    ctx.captures = [reply]
    if pattern:
        found = ctx.pattern(pattern).search(reply)
        if found is None:
            return DECLINE
        ctx.captures = [reply, *found.groups()[1:]]
    elif not given and _behind(reply) != whole:
        return DECLINE
    text = _expanded(work, chosen["reroute"]) if chosen["reroute"] else Tainted(_first_word(reply))
    ctx.captures = []
    _go_on(work, text)
    return OK


def _first_word(reply: str) -> str:
    return next(iter(reply.split(None, 1)), "") if reply[:1] not in SPACE else ""


def _behind(reply: str) -> str:
    """What stands behind the first white space."""
    at = next((at for at, char in enumerate(reply) if char in SPACE), len(reply))
    return reply[at + 1 :].lstrip(SPACE)


def _expanded(work: Work, text: str) -> str:
    try:
        return work.ctx.expand(text)
    except ExpansionError as problem:
        words = f"{work.router.name} router: failed to expand {text}: {problem.message}"
        raise defer(work.address, words) from None


def _asked(work: Work, query: str) -> str | None:
    """What the first server that answers says, None if there is none."""
    chosen, sockets = work.router, work.ctx.world.sockets
    port, timeout = chosen["port"], float(chosen["timeout"])
    longest = LONGEST_NOW if work.ctx.profile.at_least(SHORT_SINCE) else LONGEST
    for address in _addresses(work):
        try:
            if chosen["protocol"] == "tcp":
                data = sockets.converse((address, port), to_bytes(query), timeout=timeout, shutdown=False)
            else:
                data = sockets.datagram((address, port), to_bytes(query), timeout=timeout)
        except Refused:
            raise
        except OSError:
            continue
        if data:
            return Tainted(from_bytes(data[:longest]).partition("\0")[0])
    return None


def _addresses(work: Work) -> Iterator[str]:
    for name in listtext.elements(work.router["hosts"]):
        if ip.parse(name) is not None:
            yield name
        else:
            yield from (host.address for host in by_name(work, Host(name)).hosts)


def _go_on(work: Work, text: str) -> None:
    address = work.address
    before = address.inherited
    kept = Inherited(**{name: getattr(before, name) for name in Inherited.record_fields})
    address.inherited = kept
    prepare(work)
    address.inherited = before
    work.go_on_with(Address(text, unique=text, parent=address, inherited=kept))
