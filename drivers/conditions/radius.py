"""The condition radius: a password is tried against a RADIUS server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drivers.api.errors import Failed, Refused, Unsupported
from drivers.api.text import from_bytes, to_bytes
from drivers.api.unit import condition
from drivers.values import listtext
from grammar.record import Record
from grammar.shapes import ConditionShape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.outside import World

CONFIGURATION = "/etc/radiusclient/radiusclient.conf"
"""What Exim's build calls RADIUS_CONFIG_FILE: the configuration of the library radiusclient."""

PORT = 1812
LONGEST_TEXT = 253
LONGEST_PASSWORD = 112
"""What the client library sends of a longer password, in bytes."""

USER_NAME, USER_PASSWORD, NAS_ADDRESS, NAS_PORT, SERVICE_TYPE = 1, 2, 4, 5, 6
AUTHENTICATE_ONLY = b"\0\0\0\x08"
REQUEST, ACCEPT, REJECT = 1, 2, 3
BAD_RESPONSE = -2


class Settings(Record):
    """What the configuration of the library says: servers as (host, port, secret), times in seconds."""

    servers: tuple[tuple[str, int, str | None], ...]
    secrets: str
    dictionary: str
    timeout: float
    tries: int


@condition(
    "radius",
    syntax="radius {<user>:<password>}",
    feature="radius",
    section="Expansion conditions",
    shape=ConditionShape(form="strings"),
    examples={"${if and{{def:auth1}{radius{$auth1:$auth2}}}{yes}{nobody}}": "nobody"},
)
def radius(world: World, text: str) -> bool:
    """True if a RADIUS server accepts a user.

    The first element of the list is the user, all that follows is the password. The servers are those
    of ``/etc/radiusclient/radiusclient.conf`` (the library's ``authserver``, ``servers``,
    ``dictionary``, ``radius_timeout`` and ``radius_retries``). False if the server cannot be reached at
    all; raises `Failed` if it does not answer, answers oddly, or the configuration cannot be read.
    Needs the Python package ``pyrad``: raises `Unsupported` without it.
    """
    mark, body = listtext.separator(text)
    first, password = listtext.take(body, mark)
    user = first or ""
    settings = _settings(world)
    _read(world, settings.dictionary, "RADIUS: can't read dictionary")
    if len(user) > LONGEST_TEXT:
        raise Failed("RADIUS: add user name failed")
    if len(password) > LONGEST_TEXT:
        raise Failed("RADIUS: add password failed")
    timed_out = False
    for host, port, secret in settings.servers:
        known = _secret(world, settings, host) if secret is None else secret
        if known is None:
            continue
        try:
            return _ask(world, (host, port), to_bytes(known), user, password, settings)
        except TimeoutError:
            timed_out = True
        except OSError:
            timed_out = False
    if timed_out:
        raise Failed("RADIUS: timed out")
    return False


def _read(world: World, path: str, complaint: str) -> str:
    try:
        return from_bytes(world.files.read(path))
    except OSError:
        raise Failed(complaint) from None


def _lines(text: str) -> Iterator[list[str]]:
    """The words of each line that says something."""
    for line in text.split("\n"):
        words = line.partition("#")[0].split()
        if words:
            yield words


def _settings(world: World) -> Settings:
    """Read the configuration. Raises `Failed` if that cannot be done or it names no server."""
    complaint = f"RADIUS: can't open {CONFIGURATION}"
    values: dict[str, str] = {}
    for name, *rest in _lines(_read(world, CONFIGURATION, complaint)):
        value = " ".join(rest)
        values[name] = f"{values[name]} {value}" if name == "authserver" and name in values else value
    servers = tuple(map(_server, values.get("authserver", "").replace(",", " ").split()))
    try:
        timeout, retries = float(values.get("radius_timeout", 10)), int(values.get("radius_retries", 3))
    except ValueError:
        raise Failed(complaint) from None
    if not servers or timeout <= 0 or retries < 0:
        raise Failed(complaint)
    secrets = values.get("servers", "/etc/radiusclient/servers")
    dictionary = values.get("dictionary", "/etc/radiusclient/dictionary")
    return Settings(servers, secrets, dictionary, timeout, retries + 1)


def _server(word: str) -> tuple[str, int, str | None]:
    """A server as ``host``, ``host:port`` or ``host:port:secret``."""
    host, _, rest = word.partition(":")
    port, colon, secret = rest.partition(":")
    return host, int(port) if port.isdigit() else PORT, secret if colon else None


def _secret(world: World, settings: Settings, host: str) -> str | None:
    """The secret that is shared with a server: the second word of its line; ``client/server`` may stand."""
    for words in _lines(_read(world, settings.secrets, f"RADIUS: can't open {CONFIGURATION}")):
        if len(words) > 1 and host in words[0].split("/"):
            return words[1]
    return None


def _ask(
    world: World, place: tuple[str, int], secret: bytes, user: str, password: str, settings: Settings
) -> bool:
    """Ask one server as often as the settings allow. Raises `Failed`, ``TimeoutError`` or ``OSError``."""
    try:
        from pyrad import packet
    except ImportError:
        raise Unsupported(
            'the condition "radius" needs the Python package "pyrad" (extra "radius")'
        ) from None
    request = packet.AuthPacket(code=REQUEST, secret=secret, message_authenticator=True)
    request[USER_NAME] = [to_bytes(user)]
    request[USER_PASSWORD] = [request.PwCrypt(to_bytes(password)[:LONGEST_PASSWORD])]
    request[SERVICE_TYPE] = [AUTHENTICATE_ONLY]
    request[NAS_ADDRESS] = [_own_address(world)]
    request[NAS_PORT] = [bytes(4)]
    data = request.RequestPacket()
    for left in reversed(range(settings.tries)):
        try:
            answer = world.sockets.datagram(place, data, timeout=settings.timeout)
            break
        except Refused:
            raise
        except TimeoutError:
            if not left:
                raise
    return _verdict(packet, request, answer)


def _own_address(world: World) -> bytes:
    """The address of the host as servers are told it: the first of IPv4 that others can reach."""
    import socket

    found = [address for address in world.host.addresses() if ":" not in address]
    outside = [address for address in found if not address.startswith("127.")]
    return socket.inet_aton((outside or found or ["127.0.0.1"])[0])


def _verdict(packet: Any, request: Any, answer: bytes) -> bool:
    """What an answer says. Raises `Failed` for one that is not signed or neither yes nor no."""
    try:
        reply = packet.Packet(secret=request.secret, packet=answer)
    except packet.PacketError:
        reply = None
    if reply is None or not request.VerifyReply(reply) or reply.code not in {ACCEPT, REJECT}:
        raise Failed(f"RADIUS: unexpected response ({BAD_RESPONSE})")
    return bool(reply.code == ACCEPT)
