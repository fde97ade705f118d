"""From the facts that are given to a world in which nothing else is."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from posixpath import normpath
from typing import TYPE_CHECKING, Any

from drivers.api.text import from_argument
from expander.testing.mocks import Mocks, as_bytes
from expander.world.account import Account, Finished
from expander.world.layered import ChangedWorld, LayeredFiles
from expander.world.memory import EXIM, NOBODY, ROOT, START, MemoryWorld
from expander.world.memory_files import MemoryFiles
from expander.world.smtp_peer import SmtpPeer
from grammar.scenario_words import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from os import stat_result

    from drivers.api.outside import Files, World
    from expander.world.memory import Answer, Script
    from grammar.ast.scenarios import Given

FIRST_UID = 1000
SMTP_PORT = 25


class Facts:
    """What is given, one fact after the other: a later one takes the place of an earlier one.

    ``folder`` is where the scenario file lies, for the names of real files in it.
    """

    def __init__(self, folder: Path) -> None:
        self.place = folder
        self.files: dict[str, bytes] = {}
        self.zones: dict[str, str] = {}
        self.users: dict[str, Account] = {}
        self.groups: dict[str, int] = {}
        self.servers: dict[str | tuple[str, int], Answer] = {}
        self.programs: dict[str, Finished | Script] = {}
        self.variables: dict[str, str] = {}
        self.mocks = Mocks()
        self.name, self.addresses = "mail.example.com", ["127.0.0.1", "::1"]
        self.now, self.seed = START, 42
        self.sees_machine = False
        self.beside = ""
        """The folder of the configuration, whose files are there as well; "" if it is in no file."""

    def take(self, given: Given) -> None:
        """Take a fact. Raises `ScenarioError` for one that says too little or too much."""
        if given.absent and given.kind not in {"file", "folder", "user", "dns"}:
            raise ScenarioError(f'"no" cannot stand before "{given.kind}"', given.line)
        method: Callable[[Given], None] = getattr(
            self, "_tree" if given.kind == "folder" else f"_{given.kind}"
        )
        method(given)

    def _file(self, given: Given) -> None:
        path, *rest = self._some(given, 1)
        if path.startswith("./") and self.beside:
            path = f"{self.beside.rstrip('/')}/{path[2:]}"
        if not path.startswith("/"):
            raise ScenarioError(f'"{path}" is no absolute path', given.line)
        if given.absent:
            self.files.pop(from_argument(path), None)
            return
        text = "".join(f"{line}\n" for line in given.block) if given.block else "".join(rest)
        self.files[from_argument(path)] = as_bytes(text)

    def _tree(self, given: Given) -> None:
        """``given folder PATH``: an empty one; ``given folder PATH from REAL``: the files of a real one."""
        path, *rest = self._some(given, 1)
        told = _pairs(rest, {"from"}, given.line)
        clean = path.rstrip("/") + "/"
        if given.absent:
            self.files = {name: data for name, data in self.files.items() if not name.startswith(clean)}
            return
        if "from" not in told:
            self.files[from_argument(clean)] = b""
            return
        real = self.place / told["from"]
        try:
            found = {
                from_argument(clean + str(name.relative_to(real))): name.read_bytes()
                for name in sorted(real.rglob("*"))
                if name.is_file()
            }
        except OSError as problem:
            raise ScenarioError(f"cannot read {real}: {problem.strerror}", given.line) from None
        if not found:
            raise ScenarioError(f"there are no files in {real}", given.line)
        self.files |= found

    def _user(self, given: Given) -> None:
        name, *rest = self._some(given, 1)
        if given.absent:
            self.users.pop(name, None)
            return
        told = _pairs(rest, {"uid", "gid", "home", "gecos", "shell"}, given.line)
        uid = _number(told.get("uid", str(FIRST_UID + len(self.users))), given.line)
        gid = _number(told.get("gid", str(uid)), given.line)
        home, shell = told.get("home", f"/home/{name}"), told.get("shell", "/bin/sh")
        self.users[name] = Account(
            from_argument(name), uid, gid, from_argument(told.get("gecos", "")), home, shell
        )

    def _group(self, given: Given) -> None:
        name, number = self._some(given, 2)
        self.groups[name] = _number(number, given.line)

    def _host(self, given: Given) -> None:
        self.name, *addresses = self._some(given, 1)
        self.addresses = ["127.0.0.1", "::1", *addresses]

    def _clock(self, given: Given) -> None:
        text = " ".join(self._some(given, 1))
        try:
            when = datetime.fromisoformat(text)
        except ValueError:
            raise ScenarioError(f'"{text}" is no date such as 2026-01-31T12:00:00Z', given.line) from None
        self.now = (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()

    def _seed(self, given: Given) -> None:
        self.seed = _number(self._some(given, 1)[0], given.line)

    def _dns(self, given: Given) -> None:
        zone = self._some(given, 1)[0].rstrip(".").lower()
        if given.absent:
            self.zones.pop(zone, None)
            return
        self.zones[zone] = "".join(f"{line}\n" for line in given.block)

    def _machine(self, _given: Given) -> None:
        self.sees_machine = True

    def _variable(self, given: Given) -> None:
        name, *value = self._some(given, 1)
        self.variables[name.removeprefix("$")] = from_argument(" ".join(value))

    def _lookup(self, given: Given) -> None:
        self.mocks.take(given)

    def _server(self, given: Given) -> None:
        place, *rest = self._some(given, 1)
        address: str | tuple[str, int] = from_argument(place)
        if not place.startswith("/"):
            if not rest:
                raise ScenarioError("a server has a path, or a host and a port", given.line)
            address = (place, _number(rest.pop(0), given.line))
        self.servers[address] = as_bytes("".join(f"{line}\n" for line in given.block) or " ".join(rest))

    def _smtp(self, given: Given) -> None:
        """``given smtp ADDRESS [PORT]``: below it lines ``COMMAND = REPLY``; ``banner`` is the greeting."""
        address, *rest = self._some(given, 1)
        replies = []
        for line in given.block:
            command, equals, reply = line.partition(" = ")
            if not equals:
                raise ScenarioError(f'"{line}" is no "COMMAND = REPLY"', given.line)
            command = "" if command.strip() == "banner" else command.strip()
            replies.append((from_argument(command), from_argument(reply.strip().replace("\\n", "\n"))))
        port = _number(rest[0], given.line) if rest else SMTP_PORT
        self.servers[address, port] = SmtpPeer(replies)

    def _scanner(self, given: Given) -> None:
        """``given scanner PLACE [VIRUS]``: a ClamAV daemon at a path, or at a host and a port."""
        place, *rest = self._some(given, 1)
        address: str | tuple[str, int] = from_argument(place)
        if not place.startswith("/"):
            if not rest:
                raise ScenarioError("a scanner has a path, or a host and a port", given.line)
            address = (place, _number(rest.pop(0), given.line))
        self.servers[address] = clamd(from_argument(rest[0]) if rest else None)

    def _program(self, given: Given) -> None:
        path, *rest = self._some(given, 1)
        told = _pairs(rest, {"exit", "says"}, given.line)
        output = "".join(f"{line}\n" for line in given.block) or told.get("says", "")
        self.programs[path] = Finished(_number(told.get("exit", "0"), given.line), as_bytes(output))

    def _some(self, given: Given, least: int) -> list[str]:
        if len(given.words) < least:
            raise ScenarioError(f'"given {given.kind}" says too little', given.line)
        return list(given.words)

    def world(self, machine: World) -> World:
        """The world of these facts, with the files of ``machine`` below them if that is given."""
        world = MemoryWorld(
            self.files,
            programs={
                path: _script(end) if isinstance(end, Finished) else end
                for path, end in self.programs.items()
            },
            servers=self.servers,
            users=(ROOT, NOBODY, EXIM, *self.users.values()),
            groups=self.groups,
            zones=self.zones,
            name=self.name,
            addresses=self.addresses,
            now=self.now,
            seed=self.seed,
        )
        if self.sees_machine:
            return _over(world, machine.files)
        if self.beside:
            return _over(world, Beside(machine.files, self.beside), MemoryFiles())
        return world

    def loading(self, machine: World) -> World:
        """The world in which the configuration is read: files that are not given are those of the machine."""
        return _over(self.world(machine), machine.files)


class Beside:
    """The files below one folder of the machine; there are no others, and none can be written."""

    def __init__(self, files: Files, folder: str) -> None:
        self._files = files
        self._folder = folder.rstrip("/") + "/"

    def read(self, path: str, limit: int | None = None) -> bytes:
        """The contents of a file, at most ``limit`` bytes of them."""
        return self._files.read(self._allowed(path), limit)

    def stat(self, path: str) -> stat_result:
        """What stat() tells; follows links."""
        return self._files.stat(self._allowed(path))

    def exists(self, path: str) -> bool:
        """True if a path leads to something."""
        try:
            return self._files.exists(self._allowed(path))
        except FileNotFoundError:
            return False

    def lstat(self, path: str) -> stat_result:
        """What lstat() tells."""
        return self._files.lstat(self._allowed(path))

    def names(self, path: str) -> Sequence[str]:
        """The entries of a directory."""
        return self._files.names(self._allowed(path))

    def local(self, path: str) -> str:
        """A real path that a library may open for reading."""
        return self._files.local(self._allowed(path))

    def _allowed(self, path: str) -> str:
        if not f"{normpath(path)}/".startswith(self._folder):
            raise FileNotFoundError(2, "No such file or directory", path)
        return path


def _over(world: World, *below: Any) -> World:
    changed: World = ChangedWorld(world, files=LayeredFiles(world.files, *below))
    return changed


def _script(end: Finished) -> Callable[[Sequence[str], bytes], Finished]:
    return lambda _arguments, _input: end


def _pairs(words: Sequence[str], known: set[str], line: int) -> dict[str, str]:
    """Words that come in pairs: a name and its value. Raises `ScenarioError`."""
    if len(words) % 2:
        raise ScenarioError(f'a value is missing behind "{words[-1]}"', line)
    found = dict(zip(words[::2], words[1::2], strict=True))
    for name in found:
        if name not in known:
            raise ScenarioError(f'unknown word "{name}"; known: {", ".join(sorted(known))}', line)
    return found


def _number(text: str, line: int) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ScenarioError(f'"{text}" is no number', line)
    return int(text)


def clamd(virus: str | None) -> Callable[[bytes], bytes]:
    """A ClamAV daemon that finds a virus in each message, or none: it answers once in each conversation."""
    answer = "stream: OK" if virus is None else f"stream: {virus} FOUND"
    waits = True

    def said(data: bytes) -> bytes:
        nonlocal waits
        if data and waits:
            waits = False
            return f"{answer}\0".encode()
        waits = waits or not data
        return b""

    return said
