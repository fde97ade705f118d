"""What the smtp transport asks of a connection: groups that are large enough, packets that are marked."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from delivery_lab import server
from drivers.api.links import SHORT_PRIME, NotSecured, Securing
from drivers.values import dscp
from expander.world.real_sockets import RealSockets


@contextmanager
def peer(context: ssl.SSLContext | None = None, address: str = "127.0.0.1") -> Iterator[int]:
    """A server that takes connections and holds handshakes: its port."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with suppress(OSError):
                    if context is not None:
                        connection = context.wrap_socket(connection, server_side=True)
                    connection.recv(1)
                connection.close()

    with socket.create_server((address, 0), family=family) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)


@pytest.mark.parametrize(("least", "is_taken"), [(0, True), (2048, True), (2049, False), (3072, False)])
def test_a_group_of_the_servers_own_must_be_large_enough(tmp_path: Path, least: int, is_taken: bool) -> None:
    with peer(server(tmp_path / "own.pem", "DHE")) as port:
        link = RealSockets().connect(("127.0.0.1", port))
        try:
            if is_taken:
                assert link.secure(Securing(least_prime=least)).group == "CUSTOM2048"
            else:
                with pytest.raises(NotSecured, match=SHORT_PRIME):
                    link.secure(Securing(least_prime=least))
        finally:
            link.close()


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_packets_are_marked(address: str) -> None:
    with peer(address=address) as port:
        link = RealSockets().connect((address, port))
        link.mark(0xB8)
        connection = link._connection
        if address == "::1":
            found = connection.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS)
        else:
            found = connection.getsockopt(socket.IPPROTO_IP, socket.IP_TOS)
        link.close()
    assert found == 0xB8


@pytest.mark.parametrize(
    ("text", "byte"),
    [
        ("ef", 0xB8), ("af11", 0x28), ("af43", 0x98), ("lowcost", 2), ("lowdelay", 0x10), (" ef ", 0xB8),
        ("0", 0), ("5", 0x14), ("0x10", 0x40), ("010", 0x20), ("63", 0xFC), ("0x3f", 0xFC),
        ("64", None), ("08", None), ("foo", None), ("EF", None), ("-1", None), ("", None), ("5x", None),
    ],
)  # fmt: skip
def test_names_and_numbers_of_marks(text: str, byte: int | None) -> None:
    assert dscp.traffic_class(text) == byte
