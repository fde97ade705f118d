"""Connecting to a MySQL server, with the words of its client library for what goes wrong."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from drivers.api.text import to_bytes, to_display

if TYPE_CHECKING:
    import socket

    from drivers.api.outside import World

LONGEST_PATH = 107
LONGEST_WAIT = 30.0
"""So many seconds may connecting take."""


class CannotConnectError(Exception):
    """There is no connection; ``reason`` says why, as held text."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def connected(world: World, place: str | tuple[str, int]) -> socket.socket:
    """A socket that is connected to a path or to (host, port).

    Raises `CannotConnectError`, or `Refused` where the sandbox permits no connection.
    """
    if isinstance(place, str):
        return _local(world, place)
    return _remote(world, *place)


def _local(world: World, path: str) -> socket.socket:
    import socket

    try:
        world.sockets.permit(path)
        if not path:
            raise ConnectionRefusedError(errno.ECONNREFUSED, "")
        made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            made.settimeout(LONGEST_WAIT)
            made.connect(to_bytes(path)[:LONGEST_PATH])
        except BaseException:
            made.close()
            raise
    except OSError as error:
        code = error.errno or errno.ECONNREFUSED
        raise CannotConnectError(
            f"Can't connect to local server through socket '{path[:64]}' ({code})"
        ) from None
    return made


def _remote(world: World, host: str, port: int) -> socket.socket:
    import socket

    try:
        world.sockets.permit((host, port))
        if port < 0:
            raise socket.gaierror(socket.EAI_SERVICE, "")
        # The library lets only the lowest 16 bits of a number count.
        made = socket.create_connection((to_display(host), port & 0xFFFF), LONGEST_WAIT)
    except socket.gaierror as error:
        raise CannotConnectError(f"Unknown server host '{host[:100]}' ({error.errno})") from None
    except UnicodeError:
        raise CannotConnectError(f"Unknown server host '{host[:100]}' ({socket.EAI_NONAME})") from None
    except OSError as error:
        late = isinstance(error, TimeoutError)
        code = errno.ETIMEDOUT if late else errno.EINPROGRESS
        raise CannotConnectError(f"Can't connect to server on '{host[:64]}' ({code})") from None
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made
