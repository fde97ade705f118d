"""The condition radius, and a server that answers it."""

from __future__ import annotations

import socket
import sys
import threading
from collections import OrderedDict

import pytest

from drivers.api.errors import Failed, Refused, Unsupported
from expander.api import Expander
from expander.config.profile import PROFILES
from expander.world.memory import MemoryWorld
from expander.world.real import RealWorld
from expander.world.sandbox import SandboxWorld

packet = pytest.importorskip("pyrad.packet")

PLACE = "/etc/radiusclient/radiusclient.conf"
FILES = {
    PLACE: "# radius\nauthserver 192.0.2.9:1645\nservers /etc/secrets\ndictionary /etc/dictionary\n"
    "radius_timeout 2\nradius_retries 1\n",
    "/etc/secrets": "other.example wrong\nhere/192.0.2.9\ts3cret # with a remark\n",
    "/etc/dictionary": "ATTRIBUTE User-Name 1 string\n",
}
SECRET = b"s3cret"


class Server:
    """Knows one user; other passwords are codes of answers, and some special ones."""

    def __init__(self) -> None:
        self.seen: list[dict[int, list[bytes]]] = []
        self.requests: list[bytes] = []

    def __call__(self, data: bytes) -> bytes:
        request = packet.AuthPacket(secret=SECRET, packet=data)
        assert request.verify_message_authenticator()
        self.requests.append(data)
        attributes = dict(OrderedDict.items(request))  # raw: its own access wants a dictionary of names
        self.seen.append(attributes)
        password = request.PwDecrypt(attributes[2][0])
        if password == "silent":
            return b""
        if password == "garbage":
            return b"\2"
        reply = request.CreateReply()
        known = (attributes[1][0], password) == (b"joe", "pa:ss")
        reply.code = (
            int(password) if password.isdigit() else packet.AccessAccept if known else packet.AccessReject
        )
        made: bytes = reply.ReplyPacket()
        return made[:-1] + bytes([made[-1] ^ 1]) if password == "forged" else made


def world(server: Server, **changes: str) -> MemoryWorld:
    return MemoryWorld({**FILES, **changes}, servers={("192.0.2.9", 1645): server})


def ask(text: str, server: Server, **changes: str) -> str:
    made = Expander(profile=PROFILES["4.99"], world=world(server, **changes))
    return made.expand(f"${{if radius{{{text}}}{{y}}{{n}}}}")


def test_the_server_says_yes_or_no() -> None:
    server = Server()
    assert ask("joe:pa:ss", server) == "y"
    assert ask("<; joe ;pa:ss", server) == "y"
    assert ask("joe: pa:ss", server) == "n"
    assert ask("jo::e:x", server) == ask("joe", server) == "n"
    assert [request[1][0] for request in server.seen] == [b"joe", b"joe", b"joe", b"jo:e", b"joe"]
    first = server.seen[0]
    assert first[6] == [b"\0\0\0\x08"]
    assert first[4] == [socket.inet_aton("192.0.2.1")]
    assert first[5] == [bytes(4)]


@pytest.mark.parametrize("password", ["11", "forged", "garbage"])
def test_other_answers_are_unexpected(password: str) -> None:
    with pytest.raises(Failed, match=r"^RADIUS: unexpected response \(-2\)$"):
        ask(f"joe:{password}", Server())


def test_a_silent_server_is_asked_again_with_the_same_packet() -> None:
    server = Server()
    with pytest.raises(Failed, match=r"^RADIUS: timed out$"):
        ask("joe:silent", server)
    assert len(server.requests) == 2
    assert len(set(server.requests)) == 1


def test_a_server_that_is_not_there_accepts_nobody() -> None:
    assert (
        ask("joe:x", Server(), **{PLACE: "authserver 192.0.2.8:1:secret\ndictionary /etc/dictionary"}) == "n"
    )


def test_the_next_server_is_asked() -> None:
    settings = "authserver 192.0.2.8:1:secret\nauthserver 192.0.2.9:1645:s3cret\ndictionary /etc/dictionary"
    assert ask("joe:pa:ss", Server(), **{PLACE: settings}) == "y"


@pytest.mark.parametrize(
    "settings", ["", "radius_timeout 5", "authserver a\nradius_timeout x", "authserver a\nradius_timeout 0"]
)
def test_a_configuration_that_does_not_serve(settings: str) -> None:
    with pytest.raises(Failed, match=f"^RADIUS: can't open {PLACE}$"):
        ask("joe:x", Server(), **{PLACE: settings})


def test_files_that_are_missing() -> None:
    made = Expander(profile=PROFILES["4.99"], world=MemoryWorld())
    with pytest.raises(Failed, match=f"^RADIUS: can't open {PLACE}$"):
        made.expand("${if radius{joe:x}{y}{n}}")
    with pytest.raises(Failed, match=r"^RADIUS: can't read dictionary$"):
        ask("joe:x", Server(), **{PLACE: "authserver a:1:b\ndictionary /no/such"})


@pytest.mark.parametrize(("text", "what"), [("x" * 254 + ":y", "user name"), ("x:" + "y" * 254, "password")])
def test_what_is_too_long(text: str, what: str) -> None:
    with pytest.raises(Failed, match=f"^RADIUS: add {what} failed$"):
        ask(text, Server())


def test_long_passwords_are_cut_as_the_library_cuts_them() -> None:
    server = Server()
    assert ask("joe:" + "x" * 130, server) == "n"
    assert len(server.seen[0][2][0]) == 112


def test_the_sandbox_refuses_connections() -> None:
    made = Expander(profile=PROFILES["4.99"], world=SandboxWorld(world(Server())))
    with pytest.raises(Refused, match=r'connecting to "192\.0\.2\.9:1645" refused'):
        made.expand("${if radius{joe:x}{y}{n}}")
    allowed = Expander(profile=PROFILES["4.99"], world=SandboxWorld(world(Server()), ["net"]))
    assert allowed.expand("${if radius{joe:pa:ss}{y}{n}}") == "y"


def test_without_the_package_it_is_not_supported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyrad", None)
    with pytest.raises(Unsupported, match=r'needs the Python package "pyrad" \(extra "radius"\)'):
        ask("joe:x", Server())


def test_debian_does_not_build_it() -> None:
    made = Expander(profile=PROFILES["debian-12"], world=MemoryWorld())
    with pytest.raises(Failed, match=r'^support for "radius" not compiled$'):
        made.expand("${if radius{joe:x}{y}{n}}")


def test_datagrams_of_the_real_world() -> None:
    sockets = RealWorld().sockets
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)
        port: int = server.getsockname()[1]

        def answer() -> None:
            data, sender = server.recvfrom(100)
            server.sendto(data[::-1], sender)

        thread = threading.Thread(target=answer)
        thread.start()
        assert sockets.datagram(("127.0.0.1", port), b"abc") == b"cba"
        thread.join()
        with pytest.raises(TimeoutError):
            sockets.datagram(("127.0.0.1", port), b"abc", timeout=0.05)
