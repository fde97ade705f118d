"""The authenticator ``dovecot``: Dovecot's authentication server decides."""

from __future__ import annotations

import os
import re
import socket
from typing import TYPE_CHECKING

from drivers.api.errors import Refused
from drivers.api.text import SPACE, Tainted, from_bytes, lower, to_bytes, upper
from drivers.authenticators.exchange import DEFER, FAIL, OK, Dialogue, Exchange

if TYPE_CHECKING:
    from drivers.api.outside import Link

VERSION = 1
"""The protocol's major number: those of the server and of the client must be the same."""

REQUEST = 1
"""The number of the one request of a connection."""

LONGEST_LINE = 8191
PIECE = 256
"""So many bytes are read at once."""

MOST_FIELDS = 16
CONNECTING = 5.0
PATIENCE = 60.0
"""Seconds that connecting may take, and that the server may keep silent. Exim waits for ever."""

_NOT_ANSWERED = "authentication socket read error or premature eof"
_PROTOCOL = "authentication socket protocol error"
_INTERNET = re.compile(rf"[{SPACE}]*([^{SPACE}]{{1,255}})[{SPACE}]+\+?([0-9]+)", re.ASCII)
_NUMBER = re.compile(rf"[{SPACE}]*([+-]?[0-9]+)", re.ASCII)


class UnusableError(Exception):
    """The server cannot be reached or does not keep to the protocol: the text tells why."""


class Server:
    """A connection to the authentication server, read line by line."""

    def __init__(self, auth: Exchange, link: Link) -> None:
        self._auth = auth
        self._link = link
        self._waiting = b""

    def line(self) -> str:
        """The next line, at most `LONGEST_LINE` bytes; the last may lack its end. Raises `UnusableError`."""
        taken = b""
        while not taken.endswith(b"\n") and len(taken) < LONGEST_LINE:
            if not self._waiting:
                self._waiting = self._piece()
                if not self._waiting:
                    break
            room = LONGEST_LINE - len(taken)
            end = self._waiting.find(b"\n", 0, room) + 1 or min(room, len(self._waiting))
            taken, self._waiting = taken + self._waiting[:end], self._waiting[end:]
        if not taken:
            raise UnusableError(_NOT_ANSWERED)
        return from_bytes(taken).partition("\0")[0]

    def _piece(self) -> bytes:
        try:
            return self._link.receive(PIECE)
        except OSError:
            return b""

    def fields(self, line: str) -> list[str]:
        """The fields of a line without its last byte."""
        text = line[:-1]
        found = text.split("\t")
        debug = self._auth.ctx.debug
        debug(f"received: '{text}'")
        count = len(found)
        if count > MOST_FIELDS:
            debug(
                "dovecot: warning: too many results from tab-splitting; "
                f"saw {count} fields, room for {MOST_FIELDS}"
            )
        found = found[:MOST_FIELDS]
        shown = "".join(f" {{{field}}}" for field in found)
        last = " (max for capacity)" if count >= MOST_FIELDS else " last is <null>"
        waiting = len(self._waiting)
        debug(f"{waiting} read but unreturned bytes; strcut() gave {len(found)} results: {shown}{last}")
        return found

    def send(self, text: str) -> bool:
        """Write to the server; False if it does not listen any more."""
        try:
            self._link.send(to_bytes(text))
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Hang up."""
        self._link.close()


def serve(auth: Exchange, data: str) -> Dialogue:
    """Have Dovecot decide, with as many questions as it has, and ask ``server_condition``.

    What the client says goes to Dovecot as it stands; Dovecot's name for the user becomes ``$auth1``.
    See "The dovecot authenticator".
    """
    auth.ctx.debug("dovecot authentication")
    try:
        server = _connected(auth)
    except UnusableError as problem:
        auth.problem = str(problem)
        return DEFER
    try:
        _greet(auth, server)
        word = yield from _decision(auth, server, data)
    except UnusableError as problem:
        auth.problem = str(problem)
        word = DEFER
    finally:
        server.close()
    return auth.server_condition() if word == OK else word


def place(text: str) -> str | tuple[str, int] | None:
    """Where the option ``server_socket`` says the server is: a path, or a host and a port, or neither."""
    if text.startswith("/"):
        return text
    found = _INTERNET.match(text)
    return (found[1], int(found[2]) % 65536) if found else None


def _connected(auth: Exchange) -> Server:
    text = auth.option("server_socket")
    where = place(text)
    if where is None:
        raise UnusableError(f"invalid socket '{text}'")
    if not isinstance(where, str) and where[0].startswith("[") and where[0].endswith("]"):
        to: str | tuple[str, int] = where[0][1:-1], where[1]
    else:
        to = where
    try:
        return Server(auth, auth.ctx.world.sockets.connect(to, timeout=CONNECTING, patience=PATIENCE))
    except Refused as problem:
        raise UnusableError(problem.message) from problem
    except (socket.gaierror, UnicodeError) as problem:
        raise UnusableError(f"no IP address found for host {where[0]}") from problem
    except OSError as problem:
        why = os.strerror(problem.errno) if problem.errno else str(problem)
        if isinstance(where, str):
            raise UnusableError(f"unable to connect to UNIX socket ({where}): {why}") from problem
        raise UnusableError(f"failed to connect to any address for {where[0]}: {why}") from problem


def _greet(auth: Exchange, server: Server) -> None:
    """Read what the server says of itself. Raises `UnusableError` if it has not the mechanism."""
    is_found = has_mechanisms = False
    while True:
        _tell_place(auth, 306)
        line = server.line()
        _tell_place(auth, 309)
        if not line.endswith("\n"):
            raise UnusableError("authentication socket protocol line too long")
        command, *rest = server.fields(line)
        if command == "VERSION":
            _check_count(rest, 2, 2)
            if _number(rest[0]) != VERSION:
                raise UnusableError("authentication socket protocol version mismatch")
        elif command == "MECH":
            _check_count(rest, 1)
            has_mechanisms = True
            is_found = is_found or lower(rest[0]) == lower(auth.public_name)
        elif command == "SPID" and not has_mechanisms:
            raise UnusableError(
                "authentication socket type mismatch (connected to auth-master instead of auth-client)"
            )
        elif command == "DONE":
            _check_count(rest, 0, 0)
            break
    if not is_found:
        raise UnusableError(f'Dovecot did not advertise mechanism "{auth.public_name}" to us')


def _tell_place(auth: Exchange, line: int) -> None:
    """One release says where in its code it is."""
    profile = auth.ctx.profile
    if profile.at_least("4.96") and not profile.at_least("4.97"):
        auth.ctx.debug(f"auth_dovecot_server {line}")


def _decision(auth: Exchange, server: Server, data: str) -> Dialogue:
    if "\t" in data:
        return FAIL
    request = _request(auth, data)
    server.send(request)
    auth.ctx.debug(f"sent: '{request}'")
    while True:
        command, *rest = server.fields(server.line())
        if not rest or _number(rest[0]) != REQUEST:
            raise UnusableError("authentication socket connection id mismatch")
        kind = upper(command[:1])
        _check_kind(kind, upper(command), rest)
        if kind != "C":
            auth.decided.append(f"Dovecot said {' '.join([command, *rest])}")
        if kind == "F":
            _take_user(auth, rest)
            return FAIL
        if kind == "O":
            if not _take_user(auth, rest):
                raise UnusableError(f"{_PROTOCOL}, username missing")
            return OK
        if kind != "C":
            raise UnusableError(_PROTOCOL)
        response = yield rest[1] if len(rest) > 1 else "NULL"
        if "\t" in response:
            return FAIL
        if not server.send(f"CONT\t{REQUEST}\t{response}\n"):
            raise UnusableError("authentication socket write error")


def _check_kind(kind: str, command: str, rest: list[str]) -> None:
    """The first letter says what is meant, the whole word and the number of fields must fit all the same."""
    word, least, most = {"C": ("CONT", 1, 2), "F": ("FAIL", 1, None), "O": ("OK", 2, None)}.get(
        kind, (command, 0, None)
    )
    if command != word:
        raise UnusableError(_PROTOCOL)
    _check_count(rest, least, most)


def _check_count(rest: list[str], least: int, most: int | None = None) -> None:
    if len(rest) < least or (most is not None and len(rest) > most):
        raise UnusableError(_PROTOCOL)


def _request(auth: Exchange, data: str) -> str:
    """The request, with what Dovecot is to know of the connection."""
    facts = auth.ctx.facts
    client, own = facts.get("sender_host_address", ""), facts.get("received_ip_address") or "NULL"
    extra = ""
    if facts.get("tls_in_cipher"):
        is_verified = facts.get("tls_in_certificate_verified") == "1"
        extra = "secured\tvalid-client-cert\t" if is_verified else "secured\t"
    elif client == own:
        extra = "secured\t"
    return (
        f"VERSION\t{VERSION}\t0\nCPID\t{auth.ctx.world.pid}\n"
        f"AUTH\t{REQUEST}\t{auth.public_name}\tservice=smtp\t{extra}rip={client}\tlip={own}\tnologin\t"
        f"resp={data}\n"
    )


def _take_user(auth: Exchange, rest: list[str]) -> bool:
    """Take the user's name out of the fields, if it is there."""
    for field in rest[1:]:
        if field.startswith("user="):
            auth.add(Tainted(field.removeprefix("user=")))
            return True
    return False


def _number(text: str) -> int:
    found = _NUMBER.match(text)
    return int(found[1]) if found else 0
