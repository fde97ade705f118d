"""The resolver and bad name servers: each is on loopback, and nothing takes longer than it may."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from drivers.values.dnsdata import AGAIN, FAIL, FOUND, NO_DATA, NO_HOST, Asking, DnsAnswer
from expander.world.real_dns import NOBODY_NAMED, RealDns, Settings, read_settings

ONE_TRY = Asking(retrans=1, retry=1)
Reply = Callable[[dns.message.Message], list[bytes]]


def _both() -> tuple[socket.socket, socket.socket]:
    """Sockets of both kinds with one number, which others on this machine may have for one kind."""
    for _ in range(100):
        udp, tcp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), socket.socket()
        udp.bind(("127.0.0.1", 0))
        try:
            tcp.bind(udp.getsockname())
        except OSError:
            udp.close()
            tcp.close()
        else:
            return udp, tcp
    raise OSError("no number is free")


@contextmanager
def server(reply: Reply, by_tcp: Reply | None = None) -> Iterator[int]:
    """The port of a server that sends these packets for each question."""
    udp, tcp = _both()
    port: int = udp.getsockname()[1]
    tcp.settimeout(5)
    tcp.listen()

    def serve_udp() -> None:
        while data := udp.recvfrom(4096):
            if not data[0]:
                return
            for packet in reply(dns.message.from_wire(data[0])):
                udp.sendto(packet, data[1])

    def serve_tcp() -> None:
        assert by_tcp is not None
        connection, _ = tcp.accept()
        with connection:
            data = connection.recv(4096)
            for packet in by_tcp(dns.message.from_wire(data[2:])):
                connection.sendall(len(packet).to_bytes(2, "big") + packet)

    threads = [threading.Thread(target=serve_udp), *([threading.Thread(target=serve_tcp)] if by_tcp else [])]
    for thread in threads:
        thread.start()
    try:
        yield port
    finally:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waking:
            waking.sendto(b"", ("127.0.0.1", port))
        for thread in threads:
            thread.join(5)
        udp.close()
        tcp.close()


def good(question: dns.message.Message) -> list[bytes]:
    answer = dns.message.make_response(question)
    answer.answer.append(dns.rrset.from_text(question.question[0].name, 60, "IN", "A", "192.0.2.1"))
    return [answer.to_wire()]


def code(rcode: dns.rcode.Rcode) -> Reply:
    def reply(question: dns.message.Message) -> list[bytes]:
        answer = dns.message.make_response(question)
        answer.set_rcode(rcode)
        return [answer.to_wire()]

    return reply


def cut(question: dns.message.Message) -> list[bytes]:
    answer = dns.message.make_response(question)
    answer.flags |= dns.flags.TC
    return [answer.to_wire()]


def other_id(question: dns.message.Message) -> list[bytes]:
    packet = good(question)[0]
    return [bytes([packet[0] ^ 1]) + packet[1:]]


def ask(tmp_path: Path, port: int, asking: Asking = ONE_TRY) -> DnsAnswer:
    (tmp_path / "resolv.conf").write_text("nameserver 127.0.0.1\n")
    return RealDns(tmp_path / "resolv.conf", port).ask("a.test", "A", asking)


@pytest.mark.parametrize(
    ("reply", "status"),
    [
        (good, FOUND),
        (code(dns.rcode.NXDOMAIN), NO_HOST),
        (code(dns.rcode.NOERROR), NO_DATA),
        (code(dns.rcode.SERVFAIL), AGAIN),
        (code(dns.rcode.REFUSED), AGAIN),
        (code(dns.rcode.FORMERR), FAIL),
        (lambda _: [], AGAIN),
        (lambda _: [b"\xff" * 40], AGAIN),
        (lambda question: [good(question)[0][:20]], AGAIN),
        (other_id, AGAIN),
        (lambda question: other_id(question) + good(question), FOUND),
        (lambda question: [b"junk", *good(question)], FOUND),
    ],
)
def test_what_servers_send(reply: Reply, status: str, tmp_path: Path) -> None:
    begin = time.monotonic()
    with server(reply) as port:
        assert ask(tmp_path, port).status == status
    assert time.monotonic() - begin < 5


def test_late_answers_do_not_count_but_a_second_try_does(tmp_path: Path) -> None:
    asked: list[int] = []

    def second(question: dns.message.Message) -> list[bytes]:
        asked.append(question.id)
        return good(question) if len(asked) > 1 else []

    with server(second) as port:
        assert ask(tmp_path, port, Asking(retrans=1, retry=2)).status == FOUND
    assert len(asked) == 2


def test_answers_that_are_cut_are_asked_for_by_tcp(tmp_path: Path) -> None:
    with server(cut, good) as port:
        assert ask(tmp_path, port).of("A")[0].data == ("192.0.2.1",)
    with server(cut, lambda _: []) as port:
        assert ask(tmp_path, port).status == AGAIN


def test_nobody_there(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    begin = time.monotonic()
    assert ask(tmp_path, port).status == AGAIN
    assert RealDns(tmp_path / "missing", port).ask("a.test", "A", ONE_TRY).status == AGAIN
    assert time.monotonic() - begin < 5


def test_names_that_cannot_be_asked_for(tmp_path: Path) -> None:
    assert RealDns(tmp_path / "missing", 1).ask("a..b", "A", ONE_TRY).status == FAIL
    assert RealDns(tmp_path / "missing", 1).ask("a" * 64, "A", ONE_TRY).status == FAIL


def test_settings(tmp_path: Path) -> None:
    assert read_settings(tmp_path / "missing") == Settings()
    path = tmp_path / "resolv.conf"
    path.write_text("search test\noptions timeout:3 attempts:9\noptions trust-ad\n")
    assert read_settings(path) == Settings(NOBODY_NAMED, 3, 5, trusts=True, domains=("test",))
    path.write_text("".join(f"nameserver 192.0.2.{number}\n" for number in range(5)))
    assert read_settings(path).servers == ("192.0.2.0", "192.0.2.1", "192.0.2.2")
