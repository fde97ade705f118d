"""XCLIENT: a proxy tells who its client is (4.97, experimental).

The command is that of Postfix: attributes with values in xtext. No Exim at hand has it, so how the session
goes on is a guess.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.text import Tainted, lower, upper
from drivers.values import ip
from expander.session import greeting, logline, tls
from expander.session.hostcheck import client_in

if TYPE_CHECKING:
    from expander.expand.context import Context
    from expander.session.machine import Session

ATTRIBUTES = ("ADDR", "NAME", "PORT", "LOGIN", "DESTADDR", "DESTPORT")
UNKNOWN = frozenset({"[UNAVAILABLE]", "[TEMPUNAVAIL]"})
"""What stands for a value that the proxy does not have."""

TOLD = "told by XCLIENT"
_ENCODED = re.compile(r"\+([0-9A-F]{2})")


class _WrongError(Exception):
    """What is wrong with the attributes, in words."""


def is_offered(ctx: Context) -> bool:
    """True if the host that has connected may tell of others."""
    if ctx.state.get(TOLD):
        return True
    return bool(ctx.options.get("hosts_xclient")) and client_in(ctx, "hosts_xclient")


def xclient(session: Session, argument: str) -> None:
    """Take the client for whom the proxy says: the session begins anew."""
    ctx = session.ctx
    if not session.hello_seen and client_in(ctx, "hosts_require_helo"):
        session.error(503, "no HELO/EHLO given")
        return
    if not is_offered(ctx):
        session.error(501, "XCLIENT command used when not advertised")
        return
    if session.mail.sender is not None:
        session.error(503, "mail transaction in progress")
        return
    try:
        values = _attributes(argument)
        _take(session, values)
    except _WrongError as problem:
        session.error(501, str(problem))
        return
    session.reset()
    session.hello_seen = session.esmtp = False
    session.advertised = set()
    ctx.facts.pop("sender_helo_name", None)
    logline.set_client(session)
    greeting.admit(session)
    ctx.facts.update(greeting.NOBODY)
    tls.at_once(session)


def _attributes(text: str) -> dict[str, str]:
    if not text.strip():
        raise _WrongError("XCLIENT must have at least one operand")
    found = {}
    for word in text.split():
        name, equals, value = word.partition("=")
        if not equals:
            raise _WrongError(f"XCLIENT: missing value for parameter '{name}'")
        if upper(name) not in ATTRIBUTES:
            raise _WrongError(f"XCLIENT: unrecognised parameter '{name}'")
        plain = _ENCODED.sub(lambda match: chr(int(match[1], 16)), value)
        found[upper(name)] = "" if upper(plain) in UNKNOWN else plain
    return found


def _take(session: Session, values: dict[str, str]) -> None:
    """Let the variables tell of the client and of the proxy. Raises `_WrongError`."""
    ctx, facts = session.ctx, session.ctx.facts
    is_first = not ctx.state.get(TOLD)
    told = {name: _checked(name, value) for name, value in values.items()}
    for name in ("ADDR", "PORT"):
        if is_first and not told.get(name):
            raise _WrongError(f"missing {name} for XCLIENT")
    if is_first:
        facts["proxy_local_address"] = facts.get("sender_host_address", "")
        facts["proxy_local_port"] = facts.get("sender_host_port", "0")
        facts["proxy_session"] = "yes"
        ctx.state[TOLD] = True
    if told.get("ADDR"):
        facts["sender_host_address"], facts["sender_host_name"] = told["ADDR"], ""
    if told.get("PORT"):
        facts["sender_host_port"] = told["PORT"]
    if "NAME" in told:
        facts["sender_host_name"] = Tainted(told["NAME"]) if told["NAME"] else ""
    if "LOGIN" in told:
        facts["authenticated_id"] = Tainted(told["LOGIN"]) if told["LOGIN"] else ""
        facts["sender_host_authenticated"] = "xclient" if told["LOGIN"] else ""
    for name, fact in (("DESTADDR", "proxy_external_address"), ("DESTPORT", "proxy_external_port")):
        if told.get(name):
            facts[fact] = told[name]


def _checked(name: str, value: str) -> str:
    """A value without the mark of its kind. Raises `_WrongError` for what is no address or no port."""
    if name in {"ADDR", "DESTADDR"} and value:
        value = value[5:] if lower(value[:5]) == "ipv6:" else value
        if not ip.version(value):
            raise _WrongError(f"XCLIENT: invalid value '{value}'")
    if name in {"PORT", "DESTPORT"} and value and not (value.isascii() and value.isdigit()):
        raise _WrongError(f"XCLIENT: invalid value '{value}'")
    return value
