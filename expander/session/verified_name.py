"""Whether the name that a client gives in HELO or EHLO is its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import lower
from drivers.values import ip
from drivers.values.dnslookup import ask
from drivers.variables.host_name import DONE, look_up

if TYPE_CHECKING:
    from expander.expand.context import Context

VERIFIED = "sender_helo_verified"
FAILED = "helo verification failed"
"""Under this name the state has the name that was found not to be the client's."""

DEFERRED = "helo verification deferred"
"""Under this name the state tells whether that was because of a lookup that may succeed later."""

KINDS = ("A", "AAAA")


def new_name(ctx: Context) -> None:
    """The client has given a name: forget what was found out about another."""
    ctx.facts.pop(VERIFIED, None)
    ctx.state.pop(FAILED, None)


def is_deferred(ctx: Context) -> bool:
    """True if a name was not verified because the client's host name cannot be found out now."""
    return ctx.state.get(DEFERRED, False) is True


def is_verified(ctx: Context) -> bool:
    """True if the name is the client's address, a name of it, or leads to it; what was found is remembered.

    See "helo_verify_hosts" and "verify = helo" in the manual.
    """
    facts = ctx.facts
    name = facts.get("sender_helo_name", "")
    if facts.get(VERIFIED) == "yes":
        return True
    if name and ctx.state.get(FAILED) == name:
        return False
    if not name:
        ctx.debug("no EHLO/HELO command was issued")
        return False
    ctx.state[DEFERRED] = False
    ctx.debug(f'verifying EHLO/HELO argument "{name}"')
    found = _is_own_address(ctx, name) if name.startswith("[") else _is_own_name(ctx, name)
    facts[VERIFIED] = "yes" if found else "no"
    if not found:
        ctx.state[FAILED] = name
    return found


def _is_own_address(ctx: Context, name: str) -> bool:
    found = name[1:-1].removeprefix("IPv6:") == ctx.facts.get("sender_host_address", "")
    if found:
        ctx.debug("matched host address")
    return found


def _is_own_name(ctx: Context, name: str) -> bool:
    facts = ctx.facts
    address = facts.get("sender_host_address", "")
    if not facts.get("sender_host_name") and ctx.state.get(DONE) != address:
        look_up(ctx, address)
        ctx.state[DEFERRED] = facts.get("host_lookup_deferred") == "1"
    known = facts.get("sender_host_name", "")
    if known and lower(known) == lower(name):
        ctx.debug("matched host name")
        return True
    ctx.debug(f"getting IP address for {name}")
    ctx.debug(f'{name} in ""? no (end of list)')
    ctx.debug(f'{name} in "*"? yes (matched "*")')
    own = ip.parse(address)
    for kind in KINDS:
        answer = ask(ctx, name, kind)
        for record in answer.of(kind):
            if ip.parse(record.data[0]) == own:
                ctx.debug(f"IP address for {name} matches calling address")
                secure = "" if answer.authenticated else "un"
                ctx.debug(f"Forward DNS security status: {secure}verified")
                return True
    return False
