"""A world that may be looked at but not changed: effects are refused unless they are allowed by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from os import stat_result
from typing import TYPE_CHECKING

from drivers.api.errors import Refused
from drivers.values.dnsdata import PLAINLY

if TYPE_CHECKING:
    from drivers.api.links import Link, Sockets
    from drivers.api.outside import (
        Account,
        Answers,
        Clock,
        Conversation,
        Dns,
        Files,
        Finished,
        Host,
        Programs,
        Random,
        SharedObject,
        Users,
        World,
    )
    from drivers.api.storage import Storage
    from drivers.values.dnsdata import Asking, DnsAnswer

EFFECTS = ("run", "perl", "dlfunc", "net", "write")
"""The words that allow effects: running commands, the Perl interpreter and shared objects (which
``run`` allows as well), talking over sockets, writing files."""


LARGEST = 256 << 20
"""So much is read of any file: some devices have no end."""


def _refuse(what: str, word: str) -> Refused:
    """The error for an effect that nobody allowed."""
    return Refused(f"{what} refused by the sandbox", None, f"--allow={word} permits it")


class _Watched:
    """Holds what is allowed."""

    def __init__(self, allowed: frozenset[str]) -> None:
        self._allowed = allowed

    def _check(self, word: str, what: str, *, covered_by: str = "") -> None:
        if self._allowed.isdisjoint({word, covered_by}):
            raise _refuse(what, word)


class SandboxFiles(_Watched):
    """Files to be read; writing needs the word ``write``."""

    def __init__(self, files: Files, allowed: frozenset[str]) -> None:
        super().__init__(allowed)
        self._files = files
        self.stat: Callable[[str], stat_result] = files.stat
        """What stat() tells; follows links."""
        self.exists: Callable[[str], bool] = files.exists
        """True if a path leads to something."""

    def read(self, path: str, limit: int | None = None) -> bytes:
        """The contents of a file, at most ``limit`` bytes of them, and never more than `LARGEST`."""
        return self._files.read(path, LARGEST if limit is None else limit)

    def lstat(self, path: str) -> stat_result:
        """What lstat() tells."""
        return self._files.lstat(path)

    def names(self, path: str) -> Sequence[str]:
        """The entries of a directory."""
        return self._files.names(path)

    def write(self, path: str, data: bytes, mode: int = 0o640, *, append: bool = False) -> None:
        """Write a file if writing is allowed. Raises ``Refused`` otherwise."""
        self._check("write", f'writing the file "{path}"')
        self._files.write(path, data, mode, append=append)

    def make_folder(self, path: str, mode: int = 0o750) -> None:
        """Make a folder if writing is allowed. Raises ``Refused`` otherwise."""
        self._check("write", f'making the folder "{path}"')
        self._files.make_folder(path, mode)

    def remove(self, path: str) -> None:
        """Remove a file if writing is allowed. Raises ``Refused`` otherwise."""
        self._check("write", f'removing the file "{path}"')
        self._files.remove(path)

    def remove_folder(self, path: str) -> None:
        """Remove an empty folder if writing is allowed. Raises ``Refused`` otherwise."""
        self._check("write", f'removing the folder "{path}"')
        self._files.remove_folder(path)

    def local(self, path: str) -> str:
        """A real path that a library may open for reading."""
        return self._files.local(path)


class SandboxPrograms(_Watched):
    """Commands, which need the word ``run``; Perl and shared objects have words of their own too."""

    def __init__(self, programs: Programs, allowed: frozenset[str]) -> None:
        super().__init__(allowed)
        self._programs = programs

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
        """Run a command if that is allowed. Raises ``Refused`` otherwise."""
        self._check("run", f'running the command "{" ".join(argv)}"')
        return self._programs.run(
            argv,
            input=input,
            timeout=timeout,
            environment=environment,
            merge_stderr=merge_stderr,
            directory=directory,
            ids=ids,
            umask=umask,
            keeps=keeps,
        )

    def start(self, argv: Sequence[str], *, environment: Mapping[str, str] | None = None) -> Conversation:
        """Run a command beside this program if that is allowed. Raises ``Refused`` otherwise."""
        program = argv[0] if argv else ""
        word = "perl" if program == "perl" else "run"
        self._check(word, f'running the command "{program}"', covered_by="run")
        return self._programs.start(argv, environment=environment)

    def connect(
        self, argv: Sequence[str], *, directory: str | None = None, ids: tuple[int, ...] | None = None
    ) -> Link:
        """Run a command to talk to it if that is allowed. Raises ``Refused`` otherwise."""
        self._check("run", f'running the command "{argv[0] if argv else ""}"')
        return self._programs.connect(argv, directory=directory, ids=ids)

    def foreground(
        self,
        argv: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        directory: str | None = None,
    ) -> int:
        """Run a command with our own standard streams if that is allowed. Raises ``Refused`` otherwise."""
        self._check("run", f'running the command "{" ".join(argv)}"')
        return self._programs.foreground(argv, environment=environment, directory=directory)

    def load(self, path: str) -> SharedObject:
        """Load a shared object if that is allowed. Raises ``Refused`` otherwise."""
        self._check("dlfunc", f'loading the shared object "{path}"', covered_by="run")
        return self._programs.load(path)


class SandboxSockets(_Watched):
    """Sockets, which need the word ``net``."""

    def __init__(self, sockets: Sockets, allowed: frozenset[str]) -> None:
        super().__init__(allowed)
        self._sockets = sockets

    def connect(
        self,
        address: str | tuple[str, int],
        *,
        timeout: float = 5.0,
        patience: float = 60.0,
        interface: str = "",
    ) -> Link:
        """Connect to another program if that is allowed. Raises ``Refused`` otherwise."""
        self._check_place(address)
        return self._sockets.connect(address, timeout=timeout, patience=patience, interface=interface)

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
        """Talk to another program if that is allowed. Raises ``Refused`` otherwise."""
        self._check_place(address)
        return self._sockets.converse(address, request, timeout=timeout, shutdown=shutdown, tls=tls, sni=sni)

    def datagram(self, address: tuple[str, int], request: bytes, *, timeout: float = 5.0) -> bytes:
        """Send a datagram and wait for another if that is allowed. Raises ``Refused`` otherwise."""
        self._check_place(address)
        return self._sockets.datagram(address, request, timeout=timeout)

    def send(self, address: str | tuple[str, int], data: bytes) -> None:
        """Send a datagram if that is allowed. Raises ``Refused`` otherwise."""
        self._check_place(address)
        self._sockets.send(address, data)

    def permit(self, address: str | tuple[str, int]) -> None:
        """Let a library connect if that is allowed. Raises ``Refused`` otherwise."""
        self._check_place(address)
        self._sockets.permit(address)

    def _check_place(self, address: str | tuple[str, int]) -> None:
        place = address if isinstance(address, str) else f"{address[0]}:{address[1]}"
        self._check("net", f'connecting to "{place}"')


class SandboxUsers(_Watched):
    """Users and groups; PAM's modules are code of others and need the word ``run``."""

    def __init__(self, users: Users, allowed: frozenset[str]) -> None:
        super().__init__(allowed)
        self._users = users

    def user(self, name: str) -> Account | None:
        """The user of that login name or decimal number."""
        return self._users.user(name)

    def group(self, name: str) -> int | None:
        """The number of the group of that name or decimal number."""
        return self._users.group(name)

    def group_name(self, gid: int) -> str | None:
        """The name of the group of that number."""
        return self._users.group_name(gid)

    def caller(self) -> Account:
        """The user who runs the program."""
        return self._users.caller()

    def caller_groups(self) -> frozenset[int]:
        """The numbers of all groups that the caller is in."""
        return self._users.caller_groups()

    def may_give_away(self) -> bool:
        """True if files can be given to others, on record."""
        return self._users.may_give_away()

    def groups_of(self, uid: int, gid: int) -> Sequence[int]:
        """The numbers of all groups of a user."""
        return self._users.groups_of(uid, gid)

    def made_up_homes(self) -> frozenset[str]:
        """The homes of users whom the machine does not know, which need not be there."""
        return self._users.made_up_homes()

    def built_in(self) -> Mapping[str, str]:
        """Defaults that were fixed when Exim was built for this host."""
        return self._users.built_in()

    def authenticate(self, service: str, user: str, answer: Answers) -> tuple[int, str]:
        """What PAM's modules say of a user if they may run. Raises ``Refused`` otherwise."""
        self._check("run", f'asking PAM for the service "{service}"')
        return self._users.authenticate(service, user, answer)


class SandboxDns(_Watched):
    """The DNS, which needs the word ``net`` where other machines are asked."""

    reaches_out = True

    def __init__(self, dns: Dns, allowed: frozenset[str]) -> None:
        super().__init__(allowed)
        self._dns = dns

    def ask(self, name: str, kind: str, asking: Asking = PLAINLY) -> DnsAnswer:
        """Ask if that is allowed. Raises ``Refused`` otherwise."""
        self._check("net", f'asking the DNS for "{name}"')
        return self._dns.ask(name, kind, asking)

    def system_addresses(self, name: str, kind: str) -> DnsAnswer:
        """Ask if that is allowed. Raises ``Refused`` otherwise."""
        self._check("net", f'asking for the addresses of "{name}"')
        return self._dns.system_addresses(name, kind)

    def system_names(self, address: str) -> Sequence[str]:
        """Ask if that is allowed. Raises ``Refused`` otherwise."""
        self._check("net", f'asking for the name of "{address}"')
        return self._dns.system_names(address)


class SandboxWorld:
    """Another world behind a fence.

    Reading, the clock, users and the host pass; commands, sockets, the DNS and writing need their word of
    `EFFECTS` among ``allow``. Raises ``ValueError`` for a word that is not one of them.
    """

    clock: Clock
    random: Random
    host: Host

    def __init__(self, world: World, allow: Iterable[str] = ()) -> None:
        allowed = frozenset(allow)
        unknown = sorted(allowed.difference(EFFECTS))
        if unknown:
            raise ValueError(f"unknown word to allow: {', '.join(unknown)} (known: {', '.join(EFFECTS)})")
        self.allowed = allowed
        self.files: Files = SandboxFiles(world.files, allowed)
        self.programs: Programs = SandboxPrograms(world.programs, allowed)
        self.sockets: Sockets = SandboxSockets(world.sockets, allowed)
        self._inner = world
        self.clock = world.clock
        self.users: Users = SandboxUsers(world.users, allowed)
        self.random = world.random
        self.host = world.host
        self.environment = world.environment
        self.pid = world.pid

    @cached_property
    def storage(self) -> Storage:
        """The other world's where writing is allowed; else all is refused."""
        if "write" in self.allowed:
            return self._inner.storage
        from expander.world.sealed_storage import SealedStorage

        return SealedStorage()

    @cached_property
    def dns(self) -> Dns:
        """The other world's, fenced off where it asks other machines."""
        dns = self._inner.dns
        return SandboxDns(dns, self.allowed) if dns.reaches_out else dns
