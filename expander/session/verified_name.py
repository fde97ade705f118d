"""Whether the name that a client gives in HELO or EHLO is its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import lower
from drivers.values import ip
from drivers.values.dnslookup import ask
from drivers.values.findhost import tell_of_security
from drivers.values.telling import STEPS_SINCE
from drivers.variables.host_name import ALIASES, DONE, look_up
from expander.acl.run import LEVEL

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
    if ctx.state.get(FAILED) == name:
        return False
    if not name:
        shown = "<NULL>" if ctx.profile.at_least(STEPS_SINCE) else '"NULL"'
        _tell(ctx, f"verifying EHLO/HELO argument {shown}")
        _tell(ctx, "no EHLO/HELO command was issued")
        ctx.state[FAILED] = name
        return False
    ctx.state[DEFERRED] = False
    _tell(ctx, f'verifying EHLO/HELO argument "{name}"')
    found = _is_own_address(ctx, name) if name.startswith("[") else _is_own_name(ctx, name)
    facts[VERIFIED] = "yes" if found else "no"
    if not found:
        ctx.state[FAILED] = name
    return found


def _is_own_address(ctx: Context, name: str) -> bool:
    found = name[1:-1].removeprefix("IPv6:") == ctx.facts.get("sender_host_address", "")
    if found:
        _tell(ctx, "matched host address")
    return found


def _is_own_name(ctx: Context, name: str) -> bool:
    facts = ctx.facts
    address = facts.get("sender_host_address", "")
    if not facts.get("sender_host_name") and ctx.state.get(DONE) != address:
        look_up(ctx, address, describes=False)
        ctx.state[DEFERRED] = facts.get("host_lookup_deferred") == "1"
    known = facts.get("sender_host_name", "")
    if known and lower(known) == lower(name):
        _tell(ctx, "matched host name")
        return True
    if any(lower(alias) == lower(name) for alias in ctx.state.get(ALIASES, ())):
        _tell(ctx, f"matched alias {name}")
        return True
    _tell(ctx, f"getting IP address for {name}")
    tell_of_security(ctx, name, "", "*")
    own = ip.parse(address)
    for kind in KINDS:
        answer = ask(ctx, name, kind)
        for record in answer.of(kind):
            if ip.parse(record.data[0]) == own:
                _tell(ctx, f"IP address for {name} matches calling address")
                secure = "" if answer.authenticated else "un"
                _tell(ctx, f"Forward DNS security status: {secure}verified")
                return True
    return False


def _tell(ctx: Context, text: str) -> None:
    """Tell something that Exim does not indent, however deep it is."""
    depth, ctx.depth = ctx.depth, -ctx.state.get(LEVEL, 0)
    ctx.debug(text)
    ctx.depth = depth
