"""The item readsocket."""

from __future__ import annotations

import errno
import os
import re
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drivers.api.errors import BrokenOffError, Failed, Refused
from drivers.api.text import is_tainted, to_bytes
from drivers.api.unit import item
from drivers.values import contents, interval, ip, listtext
from grammar.shapes import ItemShape

if TYPE_CHECKING:
    from drivers.api.protocols import Context, Run

DEFAULT_TIMEOUT = 5.0
_INTERNET = re.compile(r"inet:(.*):([^:]*)\Z", re.DOTALL)
_PORT = re.compile(r"(?:0[xX](?P<hex>[0-9A-Fa-f]+)|0(?P<octal>[0-7]*)|(?P<decimal>[1-9][0-9]*))\Z", re.ASCII)
_SERVICE = re.compile(r"[A-Za-z][A-Za-z0-9-]*\Z", re.ASCII)
TLS_PIECE = 4096
"""So much is read at once under TLS; a NUL byte ends the text of a piece."""

_NO_DESCRIPTOR = os.strerror(errno.EBADF)


@dataclass(frozen=True, slots=True)
class Manner:
    """How to talk to the socket: seconds to wait (0: for ever), and the options after the time."""

    timeout: float = DEFAULT_TIMEOUT
    shutdown: bool = True
    tls: bool = False
    sni: str = ""
    send: bool = True
    cache: bool = False


def manner(text: str) -> Manner:
    """What the third argument says: a list of a time, then options; unknown ones are ignored.

    A value that is neither yes nor no counts as yes for ``tls`` and ``shutdown``, and ``tls`` once
    asked for stays.
    """
    time, *settings = listtext.split(text) or [""]
    seconds = interval.parse(time) if time else None
    options = {name: value for name, mark, value in (setting.partition("=") for setting in settings) if mark}
    return Manner(
        timeout=DEFAULT_TIMEOUT if seconds is None else float(seconds),
        shutdown=options.get("shutdown") != "no",
        tls=any(setting.startswith("tls=") and setting != "tls=no" for setting in settings),
        sni=options.get("sni", ""),
        send=options.get("send") != "no",
        cache=options.get("cache") == "yes",
    )


def address(ctx: Context, name: str) -> str | tuple[str, int]:
    """Where to connect to: a path or a host and a port. Raises `Failed`."""
    if not name.startswith("inet:"):
        return name
    found = _INTERNET.match(name)
    number = None if found is None else _port(found[2])
    if found is None or number is None:
        raise Failed("")
    host = found[1]
    if host.startswith("[") and host.endswith("]"):
        bare = host[1:-1]
        if ip.parse(bare) is None:
            raise Failed(f'malformed IP address "{host}"')
        return bare, number
    if not host or host[0] == "[" or host[-1] == "]":  # which the system would take for an address
        raise _unknown(ctx, host)
    return host, number


def _port(text: str) -> int | None:
    """The number of a port, which may be written as in C, or of the service of that name."""
    found = _PORT.match(text)
    if found is not None:
        base = {"hex": 16, "octal": 8, "decimal": 10}[found.lastgroup or "decimal"]
        return int(found[found.lastgroup or 0] or "0", base) % 65536
    if _SERVICE.match(text):
        try:
            return socket.getservbyname(text, "tcp")
        except OSError:
            return None
    return None


def _unknown(ctx: Context, host: str) -> Failed:
    message = f"no IP address found for host {host}"
    if host:
        ctx.log(message)
    return Failed(message)


def converse(ctx: Context, name: str, request: str, how: Manner) -> bytes:
    """Connect, send and read. Raises `Failed` for whatever goes wrong."""
    if is_tainted(name):
        raise ctx.refused_search(name)
    name = name.partition("\0")[0]
    place = address(ctx, name)
    data = to_bytes(request.partition("\0")[0]) if how.send else b""
    _check_left_over(ctx, name, data)
    try:
        return ctx.world.sockets.converse(
            place,
            data,
            timeout=how.timeout,
            shutdown=how.shutdown,
            tls=how.tls,
            sni=how.sni if ctx.profile.at_least("4.97") else "",
        )
    except BrokenOffError as error:
        reason = os.strerror(error.errno) if error.errno else error.strerror
        texts = {"read": "socket read timed out", "send": f"request write to socket failed: {reason}"}
        raise Failed(texts.get(error.stage, f"TLS connect failed: {reason}")) from error
    except (socket.gaierror, UnicodeError) as error:  # the latter for what no host can be called
        raise _unknown(ctx, _host(name)) from error
    except OSError as error:
        reason = os.strerror(error.errno or errno.EIO)
        if isinstance(place, str):
            _left_over(ctx).add(name)
            raise Failed(f"failed to connect to socket {name}: {reason}") from error
        raise Failed(f"failed to connect to any address for {_host(name)}: {reason}") from error


def _left_over(ctx: Context) -> set[str]:
    kept: set[str] = ctx.state.setdefault("readsocket failed", set())
    return kept


def _check_left_over(ctx: Context, path: str, data: bytes) -> None:
    """After a path that nobody listened at, older releases use the dead socket once more."""
    if ctx.profile.at_least("4.97") or path not in _left_over(ctx):
        return
    _left_over(ctx).remove(path)
    if data:
        raise Failed(f"request write to socket failed: {_NO_DESCRIPTOR}")
    ctx.log(f"readsock fdopen: {_NO_DESCRIPTOR}\n")
    raise Failed("")


def _host(name: str) -> str:
    found = _INTERNET.match(name)
    return found[1] if found else name


def answer(ctx: Context, name: str, request: str, options: str, eol: str) -> str:
    """What the other side says, from the cache if that is wanted and it was asked the same before.

    A request that wants no cache empties it for this connection.
    """
    how = manner(options)
    known: dict[str, tuple[tuple[Manner, str], str]]
    known = ctx.state.setdefault("readsocket", {}).setdefault(name, {})
    kind = (how, eol)
    if not how.cache:
        known.clear()
    elif request in known and known[request][0] == kind:
        return known[request][1]
    data = converse(ctx, name, request, how)
    if how.tls:
        data = b"".join(
            data[at : at + TLS_PIECE].partition(b"\0")[0] for at in range(0, len(data), TLS_PIECE)
        )
    text = contents.held(data, eol or None)
    if how.cache:
        known[request] = kind, text
    return text


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
    works_first=True,
    taint="removes",
    forbid="forbid_filter_readsocket",
    examples={"${readsocket{/no/such/socket}{x}{2s}{}{nothing there}}": "nothing there"},
)
def readsocket(
    ctx: Context, name: str, request: str, options: str = "", eol: str = "", fail: Run | None = None
) -> str:
    """Send a request to a socket and read the answer to its end.

    The socket is a path or ``inet:<host>:<port>``. The third argument is a list of a time to wait
    (5 seconds if absent) and options: ``shutdown=no`` keeps our side open once the request is sent,
    ``tls=yes`` speaks TLS without looking at the other side's certificate, ``sni=`` names who is asked
    for, ``cache=yes`` takes the answer that the same request got before, ``send=no`` sends nothing.
    The fourth, unless empty, replaces each newline of the answer. The last is the result if there is
    no answer. Raises `Failed` in that case if there is no last argument.
    """
    try:
        return answer(ctx, name, request, options, eol)
    except Refused:
        raise
    except Failed:
        if fail is None:
            raise
        return fail(ctx)
