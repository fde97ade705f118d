"""A world of its own: nothing in it touches the machine, and it is the same each time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from drivers.api.errors import Unsupported
from expander.world.account import Account, Finished, is_number, kept
from expander.world.clock import StandingClock
from expander.world.memory_files import MemoryFiles
from expander.world.memory_storage import MemoryStorage
from expander.world.randomness import SeededRandom
from expander.world.zones import Zones

if TYPE_CHECKING:
    from drivers.api.links import Secured, Securing
    from drivers.api.outside import Answers

START = 1_700_000_000.0
"""When the clock starts unless told otherwise: 14 November 2023, 22:13:20 UTC."""

Script = Callable[[Sequence[str], bytes], Finished | tuple[int, bytes] | bytes]
"""Stands for a program: takes the arguments and the input, gives its end."""

Partner = Callable[[Sequence[str]], Callable[[bytes], bytes | None]]
"""Stands for a program that is talked to: takes the arguments, gives what answers each piece that is
sent. It has ended where the answer is None."""

ForeignFunction = Callable[[Sequence[str]], tuple[int, str | None]]
"""Stands for a function of a shared object: takes the arguments, gives what it returns and its text."""

Authenticator = Callable[[str, str, "Answers"], tuple[int, str]]
"""Stands for PAM: takes the service, the user and what answers questions, gives a code and its words."""

Answer = bytes | Callable[[bytes], bytes]
"""Stands for a server: what it answers, or what makes the answer out of the request."""

ROOT = Account("root", 0, 0, "root", "/root")
NOBODY = Account("nobody", 65534, 65534, "nobody", "/nonexistent", "/usr/sbin/nologin")
EXIM = Account("exim", 93, 93, "Exim", "/var/spool/exim", "/usr/sbin/nologin")


class MemoryConversation:
    """A talk with a partner."""

    def __init__(self, answer: Callable[[bytes], bytes | None]) -> None:
        self._answer = answer
        self._waiting = b""
        self._ended = False

    def send(self, data: bytes) -> None:
        """Hand a piece to the partner. Raises ``BrokenPipeError`` if it has ended."""
        if self._ended:
            raise BrokenPipeError(32, "Broken pipe")
        said = self._answer(data)
        self._ended = said is None
        self._waiting += said or b""

    def receive(self, size: int) -> bytes:
        """What the partner has said, at most so many bytes."""
        said, self._waiting = self._waiting[:size], self._waiting[size:]
        return said

    def end(self) -> int:
        """The partner goes in peace."""
        self._ended = True
        return 0


class MemoryObject:
    """A shared object whose functions are listed."""

    def __init__(self, path: str, functions: Mapping[str, ForeignFunction]) -> None:
        self._path = path
        self._functions = functions

    def call(self, name: str, arguments: Sequence[str]) -> tuple[int, str | None]:
        """What the function of that name gives. Raises ``OSError`` if there is none."""
        function = self._functions.get(name)
        if function is None:
            raise OSError(f"{self._path}: undefined symbol: {name}")
        return function(arguments)


class MemoryPrograms:
    """Programs by path; a run of one that is not there fails as a system would.

    ``partners`` are programs that are talked to, ``objects`` shared objects, by path too.
    """

    def __init__(
        self,
        scripts: Mapping[str, Script],
        partners: Mapping[str, Partner] | None = None,
        objects: Mapping[str, Mapping[str, ForeignFunction]] | None = None,
    ) -> None:
        self._scripts = dict(scripts)
        self._partners = dict(partners or {})
        self._objects = dict(objects or {})

    def start(
        self, argv: Sequence[str], *, environment: Mapping[str, str] | None = None
    ) -> MemoryConversation:
        """A talk with the partner of the command's path. Raises ``FileNotFoundError``."""
        partner = self._partners.get(argv[0]) if argv else None
        if partner is None:
            raise FileNotFoundError(2, "No such file or directory", argv[0] if argv else "")
        return MemoryConversation(partner(argv))

    def connect(
        self, argv: Sequence[str], *, directory: str | None = None, ids: tuple[int, ...] | None = None
    ) -> MemoryLink:
        """A talk with the partner of the command's path. Raises ``FileNotFoundError``."""
        del directory, ids
        partner = self._partners.get(argv[0]) if argv else None
        if partner is None:
            raise FileNotFoundError(2, "No such file or directory", argv[0] if argv else "")
        answer = partner(argv)
        return MemoryLink(lambda data: answer(data) or b"")

    def load(self, path: str) -> MemoryObject:
        """The shared object of that path. Raises ``OSError`` in the words of a loader."""
        if path not in self._objects:
            raise OSError(f"{path}: cannot open shared object file: No such file or directory")
        return MemoryObject(path, self._objects[path])

    def run(  # noqa: PLR0913 - what a process can be given
        self,
        argv: Sequence[str],
        *,
        input: bytes | Iterator[bytes] = b"",  # noqa: A002 - the protocol's word
        timeout: float = 60.0,
        environment: Mapping[str, str] | None = None,
        merge_stderr: bool = False,
        directory: str | None = None,
        ids: tuple[int, ...] | None = None,
        umask: int | None = None,
        keeps: bool = False,
    ) -> Finished:
        """What the script for the command's path gives."""
        script = self._scripts.get(argv[0]) if argv else None
        if script is None:
            raise FileNotFoundError(2, "No such file or directory", argv[0] if argv else "")
        end = script(argv, input if isinstance(input, bytes) else b"".join(input))
        if isinstance(end, bytes):
            end = 0, end
        found = Finished(*end) if isinstance(end, tuple) else end
        return kept(found) if keeps else found

    def foreground(
        self,
        argv: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        directory: str | None = None,
    ) -> int:
        """The status that the script for the command's path gives; its output is dropped."""
        return self.run(argv).status


class MemoryLink:
    """A conversation with a server of which a function tells what it answers."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._coming = b""
        self._is_open = True
        self.send(b"")

    def send(self, data: bytes) -> None:
        """Have an answer to it. Raises ``BrokenPipeError`` once the server has had enough."""
        if not self._is_open:
            raise BrokenPipeError(32, "Broken pipe")
        if isinstance(self._answer, bytes):
            self._coming, self._is_open = self._answer, False
        else:
            self._coming += self._answer(data)

    def receive(self, size: int) -> bytes:
        """What the server has said so far; a server that has nothing to say has hung up."""
        found, self._coming = self._coming[:size], self._coming[size:]
        return found

    def end_sending(self) -> None:
        """The server has all that it gets."""

    def close(self) -> None:
        """Nobody listens any more."""
        self._is_open = False

    def be_patient(self, seconds: float) -> None:
        """Nobody waits here."""

    def secure(self, how: Securing) -> Secured:
        """Raises `NotSecured`: what is scripted is plain text."""
        from drivers.api.links import NotSecured

        raise NotSecured(f"a scripted server has no TLS{f' for {how.server}' if how.server else ''}")

    def has_ticket(self) -> bool:
        """No: there is no TLS."""
        return False

    def mark(self, traffic_class: int) -> None:
        """There are no packets."""

    def own_address(self) -> tuple[str, int]:
        """There is none."""
        return "", 0


class MemorySockets:
    """Servers by address: a path, or ``(host, port)``; nobody else answers."""

    def __init__(self, servers: Mapping[str | tuple[str, int], Answer]) -> None:
        self._servers = dict(servers)

    def connect(
        self,
        address: str | tuple[str, int],
        *,
        timeout: float = 5.0,
        patience: float = 60.0,
        interface: str = "",
    ) -> MemoryLink:
        """A conversation: what the server answers to nothing is its greeting.

        Raises ``ConnectionRefusedError`` or ``FileNotFoundError``.
        """
        if address not in self._servers:
            self.permit(address)
        return MemoryLink(self._servers[address])

    def converse(
        self,
        address: str | tuple[str, int],
        request: bytes,
        *,
        timeout: float = 5.0,
        shutdown: bool = True,
        tls: bool = False,
        sni: str = "",
    ) -> bytes:
        """The scripted answer. Raises ``ConnectionRefusedError`` or ``FileNotFoundError``."""
        if address not in self._servers:
            self.permit(address)
        answer = self._servers[address]
        return answer if isinstance(answer, bytes) else answer(request)

    def datagram(self, address: tuple[str, int], request: bytes, *, timeout: float = 5.0) -> bytes:
        """The scripted answer. Raises ``ConnectionRefusedError``, and ``TimeoutError`` if it is empty."""
        answer = self.converse(address, request)
        if not answer:
            raise TimeoutError(110, "Connection timed out")
        return answer

    def send(self, address: str | tuple[str, int], data: bytes) -> None:
        """Give a datagram to the server of that address; without one it is lost."""
        if address in self._servers:
            self.converse(address, data)

    def permit(self, address: str | tuple[str, int]) -> None:
        """No library gets out of here: raises ``ConnectionRefusedError`` or ``FileNotFoundError``."""
        if isinstance(address, str):
            raise FileNotFoundError(2, "No such file or directory", address)
        raise ConnectionRefusedError(111, "Connection refused")


class MemoryUsers:
    """Users and groups that are listed; the first user is the caller."""

    def __init__(
        self, accounts: Sequence[Account], groups: Mapping[str, int], authenticator: Authenticator | None
    ) -> None:
        self._authenticator = authenticator
        self._accounts = tuple(accounts) or (ROOT,)
        self._groups = {account.login: account.gid for account in self._accounts} | dict(groups)

    def user(self, name: str) -> Account | None:
        """The user of that login name or decimal number."""
        number = int(name) if is_number(name) else None
        for account in self._accounts:
            if account.login == name or account.uid == number:
                return account
        return None

    def group(self, name: str) -> int | None:
        """The number of the group of that name or decimal number."""
        return int(name) if is_number(name) else self._groups.get(name)

    def group_name(self, gid: int) -> str | None:
        """The name of the group of that number."""
        return next((name for name, number in self._groups.items() if number == gid), None)

    def caller(self) -> Account:
        """The first of the users."""
        return self._accounts[0]

    def caller_groups(self) -> frozenset[int]:
        """The caller's own group."""
        return frozenset({self._accounts[0].gid})

    def groups_of(self, _uid: int, gid: int) -> Sequence[int]:
        """The group alone: nobody here is in further ones."""
        return (gid,)

    def made_up_homes(self) -> frozenset[str]:
        """None: files and users of this host are made up alike."""
        return frozenset()

    def built_in(self) -> Mapping[str, str]:
        """Nothing: the profile's own names hold."""
        return {}

    def authenticate(self, service: str, user: str, answer: Answers) -> tuple[int, str]:
        """What the authenticator says. Raises ``Unsupported`` if there is none."""
        if self._authenticator is None:
            raise Unsupported('the condition "pam" without PAM is not supported by eximulate')
        return self._authenticator(service, user, answer)


class MemoryHost:
    """A machine with a name, addresses, no load and much room."""

    def __init__(self, name: str, addresses: Iterable[str]) -> None:
        self._name = name
        self._addresses = tuple(addresses)

    def name(self) -> str:
        """The machine's own name."""
        return self._name

    def addresses(self) -> Sequence[str]:
        """The IP addresses of its interfaces."""
        return self._addresses

    def load(self) -> float:
        """No load at all."""
        return 0.0

    def partition(self, path: str) -> tuple[int, int]:
        """One gigabyte and a million inodes are free everywhere."""
        return 1 << 20, 1_000_000


class MemoryWorld:
    """Everything outside, made up.

    ``files`` are contents by path, ``programs`` scripts by path, ``servers`` answers by address,
    ``partners`` answer what is sent to programs by path, ``objects`` are functions by path and name,
    ``zones`` are texts of zone files (see `expander.world.zones`) by the names of the zones,
    ``users`` accounts of which the first is the caller, ``groups`` numbers by name,
    ``authenticator`` stands for PAM. ``now`` is where the clock starts (seconds since 1970), ``seed``
    fixes the random numbers.
    """

    def __init__(  # noqa: PLR0913 - each is a part of a world
        self,
        files: Mapping[str, str | bytes] | None = None,
        *,
        programs: Mapping[str, Script] | None = None,
        partners: Mapping[str, Partner] | None = None,
        objects: Mapping[str, Mapping[str, ForeignFunction]] | None = None,
        servers: Mapping[str | tuple[str, int], Answer] | None = None,
        users: Sequence[Account] = (ROOT, NOBODY, EXIM),
        groups: Mapping[str, int] | None = None,
        authenticator: Authenticator | None = None,
        environment: Mapping[str, str] | None = None,
        zones: Mapping[str, str] | None = None,
        name: str = "mail.example.com",
        addresses: Iterable[str] = ("127.0.0.1", "::1", "192.0.2.1"),
        now: float = START,
        seed: int = 42,
        pid: int = 4711,
    ) -> None:
        self.clock = StandingClock(now)
        self.files = MemoryFiles(files, self.clock.now)
        self.storage = MemoryStorage(self.files)
        self.programs = MemoryPrograms(programs or {}, partners, objects)
        self.sockets = MemorySockets(servers or {})
        self.users = MemoryUsers(users, groups or {}, authenticator)
        self.dns = Zones({zone: partial(str, text) for zone, text in (zones or {}).items()}, self.clock.sleep)
        self.random = SeededRandom(seed)
        self.host = MemoryHost(name, addresses)
        self.environment = dict(environment or {})
        self.pid = pid
