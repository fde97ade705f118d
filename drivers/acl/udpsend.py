"""The modifier that sends a datagram."""

from __future__ import annotations

import os
import re
from errno import EIO
from typing import TYPE_CHECKING, NoReturn

from drivers.api.acl import DEFER, OK, AclProblem
from drivers.api.errors import Refused
from drivers.api.text import to_bytes
from drivers.values import findhost, ip, listtext
from drivers.values.dnsdata import FOUND

if TYPE_CHECKING:
    from drivers.api.acl import Acl

_NUMBER = re.compile(r"[-+]?[0-9]+", re.ASCII)


def udpsend(acl: Acl, text: str) -> str:
    """Send a datagram: a list of the host, the port and, to its end, what is sent.

    Raises `AclProblem` for wrong arguments and for what cannot be sent. See "ACL modifiers".
    """
    mark, body = listtext.separator(text)
    host, rest = listtext.take(body, mark)
    port, payload = listtext.take(rest, mark)
    if host is None:
        _wrong('missing destination host in "udpsend" modifier')
    if port is None:
        _wrong('missing destination port in "udpsend" modifier')
    if port and not _NUMBER.fullmatch(port):
        _wrong('bad destination port in "udpsend" modifier')
    number = int(port or 0)
    address = _address(acl, host)
    acl.debug(f"udpsend [{address}]:{number} {payload}")
    try:
        acl.ctx.world.sockets.send((address, number & 0xFFFF), to_bytes(payload))
    except Refused as problem:
        raise AclProblem(problem.message) from None
    except OSError as error:
        reason = os.strerror(error.errno or EIO)
        failed = f"failed to connect to any address for {host}: {reason}"
        raise AclProblem(f'"udpsend" failed: {failed}', DEFER) from None
    acl.debug(f"udpsend {len(payload)} bytes")
    return OK


def _address(acl: Acl, host: str) -> str:
    """The first address of a host, by the ways of the system."""
    if ip.parse(host) is not None:
        return host
    search = findhost.find_by_name(acl.ctx, host)
    if search.status == FOUND:
        return search.hosts[0].address
    raise AclProblem('DNS lookup failed in "udpsend" modifier', DEFER)


def _wrong(why: str) -> NoReturn:
    raise AclProblem(why)
