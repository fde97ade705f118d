"""Clients behind a proxy: the header of the PROXY protocol, which tells of the client, before the greeting.

See "Inbound proxies" in the manual. Both versions are known; version 1 is a line, version 2 bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import from_bytes, upper
from drivers.values import ip
from drivers.variables.host_name import look_up
from expander.session import greeting, logline, tls
from grammar.record import State

if TYPE_CHECKING:
    from expander.session.machine import Session

FIRST = 14
"""So many bytes tell which version it is."""

PREFIX = 16
"""So many come before the addresses in version 2."""

LONGEST = 232
SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"
LOCAL, PROXIED = 0x20, 0x21
ADDRESSES = {0x11: 4, 0x21: 16}
"""How long an address is, by the byte that says what kind of connection it is."""

REFUSAL = "503 Command refused, required Proxy negotiation failed\r\n"


class Header(State):
    """The header as far as it has come."""

    data: bytes = b""


NO_HEADER: Header | None = None
"""What a session has that waits for no header."""


class _NoHeaderError(Exception):
    """What came is no header, or not one that tells of a client."""


def begin(session: Session) -> None:
    """Wait for the header."""
    session.ctx.facts["proxy_session"] = "yes"
    session.header = Header()
    session.wanted_bytes = FIRST


def take(session: Session, piece: bytes) -> None:
    """Take bytes of the header; the client is greeted once it is over, well or not."""
    assert session.header is not None
    session.header.data += piece
    data = session.header.data
    try:
        more = _missing(data)
        if more:
            session.wanted_bytes = more
            return
        _read(session, data)
    except _NoHeaderError:
        give_up(session)
        return
    _go_on(session)


def give_up(session: Session) -> None:
    """There is no header: the client is greeted, and served no more than its QUIT."""
    session.proxy_has_failed = True
    _go_on(session)


def _go_on(session: Session) -> None:
    session.header = None
    session.wants = "command"
    greeting.admit(session)
    session.ctx.facts.update(greeting.NOBODY)
    tls.at_once(session)


def _missing(data: bytes) -> int:
    """How many bytes are wanted next, 0 if the header is whole."""
    if len(data) < FIRST:
        return FIRST - len(data)
    if data.startswith(SIGNATURE):
        if data[len(SIGNATURE)] >> 4 != 2:
            raise _NoHeaderError
        if len(data) < PREFIX:
            return PREFIX - len(data)
        size = PREFIX + int.from_bytes(data[FIRST:PREFIX])
        if size > LONGEST:
            raise _NoHeaderError
        return size - len(data)
    if upper(from_bytes(data[:5])) != "PROXY":
        raise _NoHeaderError
    if b"\r\n" in data:
        return 0
    if len(data) >= LONGEST:
        raise _NoHeaderError
    return 1


def _read(session: Session, data: bytes) -> None:
    if data.startswith(SIGNATURE):
        _binary(session, data)
    else:
        _line(session, from_bytes(data[: data.index(b"\r\n")]))
    look_up(session.ctx, session.ctx.facts.get("sender_host_address", ""))
    logline.set_client(session)


def _line(session: Session, text: str) -> None:
    """Version 1. What has been read before it goes wrong remains, as in Exim."""
    facts = session.ctx.facts
    if text[5:6] != " ":
        raise _NoHeaderError
    kind, _, rest = text[6:].partition(" ")
    if kind == "UNKNOWN":
        return
    if kind not in {"TCP4", "TCP6"}:
        raise _NoHeaderError
    source, more, rest = rest.partition(" ")
    if not more or not ip.version(source):
        raise _NoHeaderError
    _set_client(session, source)
    target, more, rest = rest.partition(" ")
    if not more or not ip.version(target):
        raise _NoHeaderError
    facts["proxy_external_address"] = target
    port, more, own_port = rest.partition(" ")
    if not more or not _is_number(port):
        raise _NoHeaderError
    _set_port(session, int(port))
    if not _is_number(own_port):
        raise _NoHeaderError
    facts["proxy_external_port"] = str(int(own_port))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _set_client(session: Session, address: str) -> None:
    """Let the client be who the proxy says, and the proxy who has connected."""
    facts = session.ctx.facts
    facts["proxy_local_address"] = facts.get("sender_host_address", "")
    facts["sender_host_address"] = address


def _set_port(session: Session, port: int) -> None:
    facts = session.ctx.facts
    facts["proxy_local_port"] = facts.get("sender_host_port", "0")
    facts["sender_host_port"] = str(port)


def _binary(session: Session, data: bytes) -> None:
    """Version 2."""
    command, kind = data[len(SIGNATURE)], data[len(SIGNATURE) + 1]
    if command == LOCAL:
        return
    size = ADDRESSES.get(kind, 0)
    body = data[PREFIX:]
    if command != PROXIED or not size or len(body) < 2 * size + 4:
        raise _NoHeaderError
    import ipaddress

    source, target = (str(ipaddress.ip_address(body[at : at + size])) for at in (0, size))
    ports = body[2 * size :]
    _set_client(session, source)
    _set_port(session, int.from_bytes(ports[:2]))
    session.ctx.facts.update(
        proxy_external_address=target,
        proxy_external_port=str(int.from_bytes(ports[2:4])),
    )
