"""Connections through SOCKS proxies: the option ``socks_proxy``. See "Outbound proxies" in the manual."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError
from drivers.api.text import to_bytes
from drivers.values import ip, listtext
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from drivers.api.links import Link
    from drivers.api.routing import Host
    from drivers.transports.smtp_attempt import Attempt

VERSION, AUTH_VERSION = 5, 1
NO_METHOD, BY_NAME = 0, 2
CONNECT = 1
IPV4, IPV6 = 1, 4
USUAL_PORT, USUAL_TIMEOUT = 1080, 5
MOST_OF_A_NAME = 255
ERRORS = {
    1: errno.EIO,
    2: errno.EACCES,
    3: errno.ENETUNREACH,
    4: errno.EHOSTUNREACH,
    5: errno.ECONNREFUSED,
    6: errno.ECANCELED,
    7: errno.EOPNOTSUPP,
    8: errno.EAFNOSUPPORT,
}
"""What the replies of a proxy that cannot connect are told as."""


class Proxy(Record):
    """A proxy, and what is said to it.

    ``timeout`` is in seconds; proxies with a higher ``priority`` come first.
    """

    address: str
    port: int = USUAL_PORT
    by_name: bool = False
    name: str = ""
    password: str = ""
    timeout: int = USUAL_TIMEOUT
    priority: int = 1
    weight: int = 1


def connect(attempt: Attempt, host: Host, port: int, *, timeout: float, interface: str) -> Link:
    """A connection to a host through the first proxy that can be reached. Raises ``OSError``.

    What the variables and the log tell of the proxy is noted.
    """
    ctx = attempt.job.ctx
    found = _listed(attempt)
    if not found:
        raise OSError(errno.ENOENT, os.strerror(errno.ENOENT))
    for proxy in _in_turn(attempt, found):
        patience = min(proxy.timeout, timeout) if timeout else proxy.timeout
        try:
            link = _reached(attempt, proxy, patience, interface)
        except OSError as error:
            ctx.log(f"socks_sock_connect: {os.strerror(error.errno or errno.ETIMEDOUT)}")
            continue
        try:
            link.be_patient(patience)
            _negotiate(attempt, link, proxy)
            _ask(attempt, link, proxy, host, port)
        except OSError:
            link.close()
            raise
        return link
    raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))


def _listed(attempt: Attempt) -> Sequence[Proxy]:
    """The proxies that the option names."""
    job = attempt.job
    try:
        text = job.ctx.expand(str(job.transport["socks_proxy"]))
    except ExpansionError:
        job.ctx.log(f"Bad expansion for socks_proxy in {job.transport.name}", panic=True)
        return []
    return [_read(item) for item in listtext.elements(text)]


def _read(text: str) -> Proxy:
    """A proxy with its options; those that nobody knows are passed over."""
    mark, rest = listtext.separator(text) if text.startswith("<") else (" ", text)
    words = [word for word in listtext.pieces(rest, mark) if word]
    options = dict(word.partition("=")[::2] for word in words[1:] if "=" in word)

    def number(name: str, usual: int) -> int:
        digits = options.get(name, str(usual))
        return int(digits) if digits.isascii() and digits.isdigit() else 0

    return Proxy(
        words[0] if words else "",
        port=number("port", USUAL_PORT),
        by_name=options.get("auth") == "name",
        name=options.get("name", ""),
        password=options.get("pass", ""),
        timeout=number("tmo", USUAL_TIMEOUT),
        priority=number("pri", 1),
        weight=number("weight", 1),
    )


def _in_turn(attempt: Attempt, proxies: Sequence[Proxy]) -> Iterator[Proxy]:
    """The proxies as they are tried: those of a high priority first, among equal ones by lot."""
    left = list(proxies)
    while left:
        best = max(proxy.priority for proxy in left)
        among = [proxy for proxy in left if proxy.priority == best]
        lot = attempt.job.ctx.world.random.below(max(sum(proxy.weight for proxy in among), 1))
        chosen = among[-1]
        for proxy in among:
            if lot < proxy.weight:
                chosen = proxy
                break
            lot -= proxy.weight
        left = [proxy for proxy in left if proxy is not chosen]
        yield chosen


def _reached(attempt: Attempt, proxy: Proxy, timeout: float, interface: str) -> Link:
    """A connection to a proxy. Raises ``OSError``."""
    if not ip.version(proxy.address):
        raise OSError(errno.ENETUNREACH, os.strerror(errno.ENETUNREACH))
    return attempt.job.outward.sockets.connect(
        (proxy.address, proxy.port), timeout=timeout, patience=timeout, interface=interface
    )


def _received(link: Link, size: int) -> bytes:
    """What the proxy says. Raises ``OSError`` where it says nothing."""
    try:
        data = link.receive(size)
    except TimeoutError:
        data = b""
    if not data:  # Exim has kept the number from when it began to connect
        raise OSError(errno.EINPROGRESS, os.strerror(errno.EINPROGRESS))
    return data


def _negotiate(attempt: Attempt, link: Link, proxy: Proxy) -> None:
    """Agree on how to authenticate, and do so. Raises ``OSError``."""
    link.send(bytes((VERSION, 1, BY_NAME if proxy.by_name else NO_METHOD)))
    answer = _received(link, 2)
    if answer[0] != VERSION:
        raise OSError(errno.EPROTO, os.strerror(errno.EPROTO))
    if len(answer) == 1:
        raise OSError(errno.EINPROGRESS, os.strerror(errno.EINPROGRESS))
    if answer[1] == BY_NAME:
        _authenticate(attempt, link, proxy)
    elif answer[1] != NO_METHOD:
        attempt.job.ctx.log(f"Unrecognised socks auth method {answer[1]}", panic=True)
        raise OSError(errno.EPROTO, os.strerror(errno.EPROTO))


def _authenticate(attempt: Attempt, link: Link, proxy: Proxy) -> None:
    """Give name and password. Raises ``OSError``."""
    name, password = (to_bytes(text)[:MOST_OF_A_NAME] for text in (proxy.name, proxy.password))
    link.send(bytes((AUTH_VERSION, len(name))) + name + bytes((len(password),)) + password)
    refused = OSError(errno.EACCES, os.strerror(errno.EACCES))
    try:
        answer = _received(link, 2)
    except OSError:
        raise refused from None
    if answer != bytes((AUTH_VERSION, 0)):
        attempt.job.ctx.log("socks auth failed", panic=True)
        raise refused


def _ask(attempt: Attempt, link: Link, proxy: Proxy, host: Host, port: int) -> None:
    """Have the proxy connect to the host, and note what it says of that. Raises ``OSError``."""
    from ipaddress import ip_address

    address = ip_address(host.address).packed
    kind = IPV4 if len(address) == 4 else IPV6
    request = bytes((VERSION, CONNECT, 0, kind)) + address + port.to_bytes(2, "big")
    link.send(request)
    answer = _received(link, len(request))
    if answer[0] != VERSION:
        raise OSError(errno.EPROTO, os.strerror(errno.EPROTO))
    code = answer[1] if len(answer) > 1 else 0
    if code:
        number = ERRORS.get(code, errno.EPROTO)
        raise OSError(number, os.strerror(number))
    attempt.sent.proxy = proxy.address
    attempt.sent.proxy_port = _shown(proxy.port)
    facts = attempt.job.ctx.facts
    facts["proxy_session"] = "yes"
    facts["proxy_local_address"], facts["proxy_local_port"] = proxy.address, str(_shown(proxy.port))
    if len(answer) == len(request):
        facts["proxy_external_address"] = str(ip_address(answer[4:-2]))
        facts["proxy_external_port"] = str(int.from_bytes(answer[-2:], "big"))


def _shown(port: int) -> int:
    """The port as Exim tells it: the number has a sign there."""
    return port - (1 << 16) if port >> 15 else port
