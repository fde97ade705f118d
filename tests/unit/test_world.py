"""The three worlds: what they let through, what they refuse, what they make up."""

from __future__ import annotations

import os
import socket
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from drivers.api.errors import BrokenOffError, Refused
from drivers.values.presence import is_there
from expander.world.account import Account, Finished
from expander.world.memory import MemoryWorld
from expander.world.real import RealWorld
from expander.world.sandbox import SandboxWorld
from expander.world.virtual_host import VirtualHost, from_environment

if TYPE_CHECKING:
    from drivers.api.outside import World

VIRTUAL = {
    "EXIMULATE_HARNESS": "1",
    "EXIMULATE_HOSTNAME": "host.test",
    "EXIMULATE_INTERFACES": "127.0.0.1 10.0.0.1",
    "EXIMULATE_CALLER": "CALLER:1234:1235:Call Er:/home/call:staff",
    "EXIMULATE_EXIM_USER": "EXIMUSER",
    "EXIMULATE_EXIM_GROUP": "EXIMGROUP",
}


@pytest.fixture
def real() -> RealWorld:
    return RealWorld(VirtualHost())


def test_every_world_has_the_protocol(real: RealWorld) -> None:
    worlds: list[World] = [real, SandboxWorld(real), MemoryWorld()]
    for world in worlds:
        assert world.host.name()
        assert world.clock.now() > 0
        assert world.users.caller().uid >= 0


def test_real_files_take_paths_of_any_bytes(real: RealWorld, tmp_path: Path) -> None:
    path = f"{tmp_path}/caf\xe9"
    real.files.write(path, b"one\n")
    real.files.write(path, b"two\n", append=True)
    assert real.files.read(path) == b"one\ntwo\n"
    assert real.files.read(path, 3) == b"one"
    assert real.files.names(str(tmp_path)) == ["caf\xe9"]
    assert [os.fsencode(p.name) for p in tmp_path.iterdir()] == [b"caf\xe9"]
    assert real.files.stat(path).st_size == real.files.lstat(path).st_size == 8


def test_a_path_with_nul_names_no_file(real: RealWorld) -> None:
    with pytest.raises(FileNotFoundError):
        real.files.read("/etc/passwd\0x")


def test_what_exists_is_what_stat_tells_of(real: RealWorld, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 100_000)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "leads").symlink_to(tmp_path / "file")
    memory = MemoryWorld(files={f"{tmp_path}/file": b""})
    names = ("", "file", "file/", "file/below", "loop", "leads", "none", "n\0l", "x" * 300)
    for world in (real, SandboxWorld(real), memory):
        for name in names:
            path = f"{tmp_path}/{name}"
            assert world.files.exists(path) == is_there(world.files, path), name
    assert [real.files.exists(f"{tmp_path}/{name}") for name in ("file", "leads", "loop")] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize("limit", [0, 1, 65_535, 65_536, 65_537, 99_999, 100_000, 1 << 40])
def test_no_more_is_read_than_the_limit(real: RealWorld, tmp_path: Path, limit: int) -> None:
    data = bytes(range(250)) * 400
    (tmp_path / "file").write_bytes(data)
    assert real.files.read(f"{tmp_path}/file", limit) == data[:limit]


def test_real_programs_give_status_and_output(real: RealWorld) -> None:
    assert real.programs.run(["/bin/sh", "-c", "cat; exit 3"], input=b"\xe9") == Finished(3, b"\xe9")
    assert real.programs.run(["/bin/sh", "-c", "kill -9 $$"]).status == -9
    assert real.programs.run(["/bin/sh", "-c", "echo x >&2"]).output == b""
    assert real.programs.run(["/bin/sh", "-c", "echo x >&2"], merge_stderr=True).output == b"x\n"
    run = real.programs.run(["/bin/sh", "-c", 'echo "$V"'], environment={"V": "\xe9"})
    assert run.output == b"\xe9\n"
    with pytest.raises(FileNotFoundError):
        real.programs.run(["/no/such/program"])
    with pytest.raises(OSError, match="No such file"):
        real.programs.run([])


def test_a_program_that_takes_too_long_is_ended_with_its_children(real: RealWorld) -> None:
    start = time.monotonic()
    with pytest.raises(TimeoutError):
        real.programs.run(["/bin/sh", "-c", "sleep 30 & sleep 30"], timeout=0.2)
    assert time.monotonic() - start < 5


def serve(listener: socket.socket, answer: bytes) -> None:
    connection, _ = listener.accept()
    with connection:
        received = b""
        while piece := connection.recv(100):
            received += piece
        connection.sendall(answer + received)


@pytest.mark.parametrize("kind", ["inet", "unix"])
def test_real_sockets_converse(real: RealWorld, tmp_path: Path, kind: str) -> None:
    address: str | tuple[str, int]
    if kind == "inet":
        listener = socket.create_server(("127.0.0.1", 0))
        address = ("127.0.0.1", listener.getsockname()[1])
    else:
        listener = socket.socket(socket.AF_UNIX)
        address = f"{tmp_path}/s"
        listener.bind(address)
        listener.listen()
    with listener:
        thread = threading.Thread(target=serve, args=(listener, b"got "))
        thread.start()
        assert real.sockets.converse(address, b"this") == b"got this"
        thread.join()


def test_a_silent_server_times_out(real: RealWorld) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(BrokenOffError) as caught:
        real.sockets.converse(("127.0.0.1", listener.getsockname()[1]), b"", timeout=0.1)
    assert caught.value.stage == "read"


def test_real_users_and_groups(real: RealWorld) -> None:
    root = real.users.user("root")
    assert root is not None
    assert (root.uid, root.gid) == (0, 0)
    assert real.users.user("0") == root
    assert real.users.user("no such user") is None
    assert real.users.user("99999999999999999999") is None
    assert real.users.group("root") == 0
    assert real.users.group("17") == 17
    assert real.users.group("no such group") is None


def test_the_host_tells_of_itself(real: RealWorld) -> None:
    assert "127.0.0.1" in real.host.addresses()
    assert real.host.load() >= 0
    assert real.host.partition("/")[0] > 0
    assert real.host.partition("/no/such/place") == (-1, -1)


def test_the_virtual_host_lies_over_the_real_one() -> None:
    virtual = from_environment(VIRTUAL)
    world = RealWorld(virtual)
    assert world.host.name() == "host.test"
    assert list(world.host.addresses()) == ["127.0.0.1", "10.0.0.1"]
    caller = Account("CALLER", 1234, 1235, "Call Er", "/home/call")
    assert world.users.caller() == world.users.user("CALLER") == world.users.user("1234") == caller
    assert world.users.group("staff") == 1235
    assert world.users.user("EXIMUSER") is not None
    assert world.users.group("EXIMGROUP") is not None
    again = RealWorld(virtual)
    assert [world.random.below(100) for _ in range(9)] == [again.random.below(100) for _ in range(9)]
    as_root = RealWorld(from_environment(VIRTUAL | {"EXIMULATE_AS_USER": "root"}))
    assert as_root.users.caller().login == "root"


@pytest.mark.parametrize("text", ["", "x", "a:b:c:d:e", "a:1", ":::::"])
def test_a_caller_in_another_form_is_ignored(text: str) -> None:
    assert from_environment({"EXIMULATE_CALLER": text}).caller is None


def test_the_sandbox_refuses_effects_by_name(real: RealWorld, tmp_path: Path) -> None:
    world = SandboxWorld(real)
    assert b"root" in world.files.read("/etc/passwd")
    with pytest.raises(Refused, match='running the command "/bin/true"') as run:
        world.programs.run(["/bin/true"])
    with pytest.raises(Refused, match=r'connecting to "127\.0\.0\.1:25"') as net:
        world.sockets.converse(("127.0.0.1", 25), b"")
    with pytest.raises(Refused, match="writing the file") as write:
        world.files.write(f"{tmp_path}/x", b"")
    notes = [error.value.notes for error in (run, net, write)]
    assert notes == [[f"--allow={word} permits it"] for word in ("run", "net", "write")]
    assert not list(tmp_path.iterdir())


def test_the_sandbox_lets_through_what_is_allowed(real: RealWorld, tmp_path: Path) -> None:
    world = SandboxWorld(real, {"run", "write"})
    assert world.programs.run(["/bin/echo", "x"]).output == b"x\n"
    world.files.write(f"{tmp_path}/x", b"y")
    assert world.files.read(f"{tmp_path}/x") == b"y"
    with pytest.raises(Refused):
        world.sockets.converse("/no/socket", b"")
    with pytest.raises(ValueError, match="unknown word to allow: all"):
        SandboxWorld(real, ["all"])


def test_memory_files_behave_like_files() -> None:
    files = MemoryWorld({"/a/b/c": "caf\xe9", "/a/d": b"\0", "/e/": ""}).files
    assert files.read("/a/b/../b/c") == b"caf\xe9"
    assert files.read("/a/b/c", 2) == b"ca"
    assert files.names("/") == ["a", "e"]
    assert files.names("/a") == ["b", "d"]
    assert files.names("/e") == []
    assert files.stat("/a/b/c").st_size == 4
    assert files.stat("/a").st_mode & 0o40000
    files.write("/e/new", b"1", 0o600)
    files.write("/e/new", b"2", append=True)
    assert files.read("/e/new") == b"12"
    assert files.stat("/e/new").st_mode == 0o100600
    for path, error in {
        "/none": FileNotFoundError,
        "/a/d/x": NotADirectoryError,
        "/a": IsADirectoryError,
    }.items():
        with pytest.raises(error):
            files.read(path)
    with pytest.raises(NotADirectoryError):
        files.names("/a/d")
    with pytest.raises(FileNotFoundError):
        files.write("/none/x", b"")
    with pytest.raises(OSError, match="/a/d"):
        files.local("/a/d")


def test_memory_clock_moves_on_sleep_only() -> None:
    clock = MemoryWorld(now=100.0).clock
    assert clock.now() == clock.now() == 100.0
    clock.sleep(2.5)
    clock.sleep(-1)
    assert clock.now() == 102.5


def test_memory_programs_and_servers_are_scripts() -> None:
    world = MemoryWorld(
        programs={"/bin/cat": lambda _, data: data, "/bin/no": lambda argv, _: (1, argv[1].encode())},
        servers={("h", 1): b"hello", "/s": lambda request: request * 2},
    )
    assert world.programs.run(["/bin/cat"], input=b"x") == Finished(0, b"x")
    assert world.programs.run(["/bin/no", "why"]) == Finished(1, b"why")
    assert world.sockets.converse(("h", 1), b"") == b"hello"
    assert world.sockets.converse("/s", b"ab") == b"abab"
    with pytest.raises(FileNotFoundError):
        world.programs.run(["/bin/true"])
    with pytest.raises(ConnectionRefusedError):
        world.sockets.converse(("h", 2), b"")
    with pytest.raises(FileNotFoundError):
        world.sockets.converse("/t", b"")


def test_memory_users_and_random_numbers_are_the_same_each_time() -> None:
    users = MemoryWorld(users=[Account("joe", 7, 8)], groups={"staff": 9}).users
    assert users.caller() == users.user("7") == users.user("joe")
    assert users.user("root") is None
    assert (users.group("joe"), users.group("staff"), users.group("55"), users.group("x")) == (8, 9, 55, None)
    first, second = MemoryWorld().random, MemoryWorld().random
    assert [first.below(10) for _ in range(20)] == [second.below(10) for _ in range(20)]
    assert first.below(0) == first.below(1) == 0
    assert 0 <= first.below(1 << 60) < 1 << 60
    harness = RealWorld(VirtualHost(seed=42)).random
    assert [harness.below(1000) for _ in range(3)] == [849, 801, 37]


def test_memory_world_may_be_shared_by_threads() -> None:
    world = MemoryWorld({"/log": b""})

    def work() -> None:
        for _ in range(200):
            world.files.write("/log", b"x", append=True)
            world.clock.sleep(1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    start = world.clock.now()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(world.files.read("/log")) == 800
    assert world.clock.now() == start + 800
