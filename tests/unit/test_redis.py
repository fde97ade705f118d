"""The lookup redis: with a real server, and with one that says what it should not."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from drivers.api.errors import Deferred, LimitReached, Refused
from drivers.api.limits import Limits
from drivers.lookups import redis
from drivers.values import resp
from expander.api import Expander
from expander.config.profile import PROFILES
from expander.world.real import RealWorld
from expander.world.sandbox import SandboxWorld
from redis_server import RedisServer, redis_server

pytestmark = pytest.mark.servers


def expander(servers: str = "", world: object | None = None) -> Expander:
    made = Expander(profile=PROFILES["4.99"], world=world or RealWorld())  # type: ignore[arg-type]
    made.context.options = {**made.context.options, "redis_servers": servers}
    return made


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with redis_server() as running:
        yield running


@pytest.fixture(scope="module")
def locked() -> Iterator[RedisServer]:
    with redis_server(password="pass/word") as running:
        yield running


@pytest.fixture
def asked(server: RedisServer) -> Expander:
    made = expander(f"127.0.0.1::{server.port}//")
    assert made.expand("${lookup redis{flushall}}") == "OK"
    return made


def test_commands_and_their_arguments(asked: Expander) -> None:
    assert asked.expand("${lookup redis{set keyname ${quote_redis:objvalue plus}}}") == "OK"
    assert asked.expand("${lookup redis{get keyname}}") == "objvalue plus"
    assert asked.expand(r"${lookup redis{  SET  a\\ b\\\\c   \\\\x\\y  }}") == "OK"
    assert asked.expand(r"${lookup redis{get ${quote_redis:a b\\c}}{<$value>}{no}}") == r"<\xy>"
    assert asked.expand('${lookup redis{set q "x}}${lookup redis{get q}}') == 'OK"x'
    assert asked.expand("${lookup redis{set bytes \\xe9\\n}}${lookup redis{get bytes}}") == "OK\xe9"


def test_kinds_of_replies(asked: Expander) -> None:
    asked.expand("${lookup redis{rpush l one two\\\\ three}}${lookup redis{sadd s x}}")
    kinds = {
        "ping": "PONG",
        "echo x": "x",
        "exists l": "true",
        "exists none": "false",
        "llen l": "true",
        "lrange l 0 -1": "one\ntwo three",
        "mget none l none": "\n\n",
        "eval return\\\\ {1,{'a',{'deep'},2},'z'} 0": "1\na\n\n2\nz",
    }
    for command, value in kinds.items():
        text = command.replace("{", "\\{").replace("}", "\\}")
        assert (command, asked.expand(f"${{lookup redis{{{text}}}}}")) == (command, value)
    for nothing in ("get none", "lrange none 0 -1", "blpop none 0.01"):
        assert asked.expand(f"${{lookup redis{{{nothing}}}{{yes}}{{no}}}}") == "no"
        assert asked.expand(f"${{lookup redis{{{nothing}}}}}") == ""


def test_errors_of_the_server_defer(asked: Expander) -> None:
    asked.expand("${lookup redis{rpush l one}}")
    for command, said in {
        "get l": "WRONGTYPE Operation against a key holding the wrong kind of value",
        "get": "ERR wrong number of arguments for 'get' command",
    }.items():
        with pytest.raises(Deferred) as caught:
            asked.context.look_up("redis", command, None)
        assert caught.value.message == f"REDIS: lookup result failed: {said}\n"
    with pytest.raises(
        Deferred, match=r'^lookup of "get l" gave DEFER: .*REDIS: lookup result failed: WRONG'
    ):
        asked.expand("${lookup redis{get l}}")


def test_ways_to_name_servers(server: RedisServer, locked: RedisServer) -> None:
    made = expander(f"127.0.0.1::1// : ({server.path})/3/ : 127.0.0.1::{server.port}//")
    assert made.expand("${lookup redis{set where socket}}") == "OK"
    assert made.expand(f"${{lookup redis,servers=127.0.0.1::{server.port}/3/{{get where}}}}") == "socket"
    assert made.expand(f"${{lookup redis,servers=127.0.0.1::{server.port}/2/{{get where}}{{y}}{{n}}}}") == "n"
    assert made.expand(f"${{lookup redis{{servers=127.0.0.1::{server.port}/3/; get where}}}}") == "socket"
    known = expander(f"<; other//;127.0.0.1:{server.port}/3/")
    assert known.expand(f"${{lookup redis,servers=127.0.0.1::{server.port}{{get where}}}}") == "socket"
    # A password ends the server's data, so it has no slash.
    with pytest.raises(Deferred, match=r"unexpected slash in Redis server hostname: 127\.0\.0\.1:\d+/"):
        expander(f"127.0.0.1::{locked.port}//pass/word").expand("${lookup redis{ping}}")


def failure(servers: str, *, query: str = "ping", kind: str = "redis") -> str:
    with pytest.raises(Deferred) as caught:
        expander(servers).context.look_up(kind, query, None)
    return caught.value.message


def test_servers_that_are_of_no_use(server: RedisServer, locked: RedisServer) -> None:
    assert failure("") == "no Redis servers defined (redis_servers option)"
    assert failure("a//", kind="redis,servers=b") == 'Redis server "b" not found in redis_servers'
    assert failure("host") == "incomplete Redis server data: host"
    assert failure("host/1") == "incomplete Redis server data: host"
    assert failure("127.0.0.1::1//") == "REDIS connection failed"
    assert failure("(/nowhere)//") == "REDIS connection failed"
    assert failure("no.such.host.invalid//") == "REDIS connection failed"
    wrong = failure(f"127.0.0.1::{locked.port}//wrong")
    assert wrong.startswith("REDIS Authentication failed: WRONGPASS")
    assert failure(f"127.0.0.1::{locked.port}//").startswith("REDIS: lookup result failed: NOAUTH")
    selected = failure(f"127.0.0.1::{server.port}/99/")
    assert selected == "REDIS: Selecting database=99 failed: ERR DB index is out of range\n"
    both = expander(f"127.0.0.1::{locked.port}//wrong : 127.0.0.1::{server.port}//")
    assert both.expand("${lookup redis{ping}}") == "PONG"


@contextmanager
def speaking(*said: bytes | None) -> Iterator[int]:
    """A server that sends one text for each command, None for silence, and then hangs up; its port."""
    accepted: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                accepted.append(connection)
                with connection, suppress(OSError):
                    connection.settimeout(3)
                    for text in said:
                        connection.recv(4096)
                        connection.sendall(text or b"")
                        if text is None:
                            connection.recv(4096)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        for connection in accepted:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def test_another_part_of_a_cluster_is_asked_next(server: RedisServer) -> None:
    moved = b"-MOVED 3999 127.0.0.1:6381\r\n"
    with speaking(moved, moved) as port:
        alone = failure(f"127.0.0.1::{port}//")
        made = expander(f"127.0.0.1::{port}// : 127.0.0.1::{server.port}//")
        assert made.expand("${lookup redis{ping}}") == "PONG"
    assert alone == "REDIS: lookup result failed: MOVED 3999 127.0.0.1:6381\n"
    with speaking(b"-ASK 3999 127.0.0.1:6381\r\n") as port:
        asked = failure(f"127.0.0.1::{port}// : 127.0.0.1::{server.port}//")
    assert asked == "REDIS: lookup result failed: ASK 3999 127.0.0.1:6381\n"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (b"HTTP/1.0 400 Bad\r\n", 'Protocol error, got "H" as reply type byte'),
        (b"", resp.CLOSED),
        (b"$10\r\nabc", resp.CLOSED),
        (b"$x\r\n", "Protocol error"),
        (b"$-5\r\n", "Protocol error"),
        (b"*1\r\n" * 20, 'Protocol error, got "*" as reply type byte'),
        (b"+" + b"x" * 70000, "Protocol error"),
    ],
)
def test_answers_that_are_none(said: bytes, words: str, server: RedisServer) -> None:
    with speaking(said) as port:
        assert failure(f"127.0.0.1::{port}//") == f"REDIS: query failed: {words}\n"
        made = expander(f"127.0.0.1::{port}// : 127.0.0.1::{server.port}//")
        assert made.expand("${lookup redis{ping}}") == "PONG"


def test_a_late_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resp, "LONGEST_WAIT", 0.2)
    with speaking(None) as port:
        assert failure(f"127.0.0.1::{port}//") == "REDIS: query failed: Resource temporarily unavailable\n"


def test_connections_are_kept_and_made_again(server: RedisServer) -> None:
    with speaking(b"+one\r\n", b"+two\r\n") as port:
        made = expander(f"127.0.0.1::{port}//")
        said = [made.expand("${lookup redis,cache=no_rd{ping}{$value}{}}") for _ in range(2)]
        with pytest.raises(Deferred, match="REDIS: query failed: "):
            made.expand("${lookup redis,cache=no_rd{ping}}")
        assert [*said, made.expand("${lookup redis,cache=no_rd{ping}}")] == ["one", "two", "one"]


def test_replies_have_limits(server: RedisServer) -> None:
    made = expander(f"127.0.0.1::{server.port}//")
    made.context.limits = Limits(size=1000)
    with pytest.raises(LimitReached):
        made.expand("${lookup redis{eval return\\\\ string.rep('x',2000) 0}}")
    made.context.limits = Limits()
    assert made.expand("${lookup redis{ping}}") == "PONG"


def test_the_sandbox_refuses_connections(server: RedisServer) -> None:
    with pytest.raises(Refused, match=r'connecting to "127\.0\.0\.1:\d+" refused'):
        expander(f"127.0.0.1::{server.port}//", SandboxWorld(RealWorld())).expand("${lookup redis{ping}}")
    allowed = expander(f"({server.path})//", SandboxWorld(RealWorld(), ["net"]))
    assert allowed.expand("${lookup redis{ping}}") == "PONG"


def test_in_lists(asked: Expander) -> None:
    asked.expand("${lookup redis{set example.org yes}}")
    found = asked.context.match_list("domain", "example.org", "b.example:redis;get example.org")
    assert found == "yes"
    assert asked.context.match_list("domain", "example.net", "redis;get example.net : b.example") is None


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("get a", ["get", "a"]),
        ("  get\ta\n", ["get", "a"]),
        (r"set a\ b c\\d", ["set", "a b", r"c\d"]),
        (r"\g\ et \  x", ["g et", " ", "x"]),
        ("a\\", ["a"]),
        ("", []),
    ],
)
def test_arguments(command: str, words: list[str]) -> None:
    assert redis.arguments(command) == words
