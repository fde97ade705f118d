"""The item readsocket."""

from __future__ import annotations

import errno
import os
import re
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drivers.api.errors import Failed, Refused
from drivers.api.text import from_bytes, is_tainted, to_bytes
from drivers.api.unit import item
from drivers.values import interval
from grammar.shapes import ItemShape

if TYPE_CHECKING:
    from drivers.api.protocols import Context, Run

DEFAULT_TIMEOUT = 5.0
_INTERNET = re.compile(r"inet:(.*):([0-9]+|[A-Za-z][A-Za-z0-9-]*)\Z", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Manner:
    """How to talk to the socket: seconds to wait, and the options after the time."""

    timeout: float = DEFAULT_TIMEOUT
    shutdown: bool = True
    tls: bool = False
    sni: str = ""
    send: bool = True


def manner(text: str) -> Manner:
    """What the third argument says: a time, then options between colons; unknown ones are ignored."""
    time, *settings = text.split(":")
    seconds = interval.parse(time) if time else None
    options = {name: value for name, _, value in (setting.partition("=") for setting in settings)}
    return Manner(
        timeout=DEFAULT_TIMEOUT if seconds is None else float(seconds),
        shutdown=options.get("shutdown") != "no",
        tls=options.get("tls") == "yes",
        sni=options.get("sni", ""),
        send=options.get("send") != "no",
    )


def address(ctx: Context, name: str) -> str | tuple[str, int]:
    """Where to connect to: a path or a host and a port. Raises `Failed`."""
    if not name.startswith("inet:"):
        return name.partition("\0")[0]
    found = _INTERNET.match(name)
    if found is None:
        raise Failed("")
    host, port = found[1], found[2]
    if not host:
        raise Failed("no IP address found for host ")
    if port[0].isdigit():
        return host.removeprefix("[").removesuffix("]"), int(port) % 65536
    try:
        return host.removeprefix("[").removesuffix("]"), socket.getservbyname(port, "tcp")
    except OSError:
        raise Failed("") from None


def converse(ctx: Context, name: str, request: str, how: Manner) -> str:
    """Connect, send and read. Raises `Failed` for whatever goes wrong."""
    if is_tainted(name):
        raise ctx.refused_search(name)
    place = address(ctx, name)
    try:
        answer = ctx.world.sockets.converse(
            place,
            to_bytes(request) if how.send else b"",
            timeout=how.timeout,
            shutdown=how.shutdown,
            tls=how.tls,
            sni=how.sni,
        )
    except TimeoutError as error:
        raise Failed("socket read timed out") from error
    except (socket.gaierror, UnicodeError) as error:  # the latter for what no host can be called
        message = f"no IP address found for host {_host(name)}"
        ctx.log(message)
        raise Failed(message) from error
    except OSError as error:
        reason = os.strerror(error.errno or errno.EIO)
        if isinstance(place, str):
            raise Failed(f"failed to connect to socket {name}: {reason}") from error
        raise Failed(f"failed to connect to any address for {_host(name)}: {reason}") from error
    return from_bytes(answer)


def _host(name: str) -> str:
    found = _INTERNET.match(name)
    return found[1] if found else name


@item(
    "readsocket",
    syntax="${readsocket{<name>}{<request>}{<options>}{<eol string>}{<fail string>}}",
    section="Expansion items",
    shape=ItemShape(
        least=2,
        most=5,
        complaints={
            "few": "Not enough arguments for 'readsocket' (min is 2)",
            "close": "missing '}' closing readsocket",
            "many": "missing '}' closing readsocket",
        },
    ),
    lazy=(4,),
    taint="removes",
    forbid="forbid_filter_readsocket",
    examples={"${readsocket{/no/such/socket}{x}{2s}{}{nothing there}}": "nothing there"},
)
def readsocket(
    ctx: Context, name: str, request: str, options: str = "", eol: str = "", fail: Run | None = None
) -> str:
    """Send a request to a socket and read the answer to its end.

    The socket is a path or ``inet:<host>:<port>``. The third argument is a time to wait (5 seconds if
    absent) and options. The fourth, unless empty, replaces each newline of the answer. The last is the result
    if there is no answer. Raises `Failed` in that case if there is no last argument.
    """
    try:
        answer = converse(ctx, name, request, manner(options))
    except Refused:
        raise
    except Failed:
        if fail is None:
            raise
        return fail(ctx)
    return answer.replace("\n", eol) if eol else answer
