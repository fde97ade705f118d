"""The world outside as units see it, part by part, as protocols."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from os import stat_result
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from typing import IO

    from drivers.api.links import Link, Sockets
    from drivers.api.storage import Storage
    from drivers.values.dnsdata import Asking, DnsAnswer

Answers = Callable[[Sequence[int]], Sequence[str | None] | None]
"""Answers PAM's modules: takes the styles of the messages of one call, gives a text for each question
and None for what needs none. No answers at all is an error for the module; None instead of them says
that a message was not understood, and then the account is not checked."""


class Files(Protocol):
    """The file system. Paths are held text; failures are ``OSError`` as Python raises them."""

    def read(self, path: str, limit: int | None = None) -> bytes:
        """The contents of a file, at most ``limit`` bytes of them."""

    def stat(self, path: str) -> stat_result:
        """What stat() tells; follows links."""

    def lstat(self, path: str) -> stat_result:
        """What lstat() tells."""

    def exists(self, path: str) -> bool:
        """True if a path leads to something: if `stat` would tell of it."""

    def names(self, path: str) -> Sequence[str]:
        """The entries of a directory, without ``.`` and ``..``."""

    def write(self, path: str, data: bytes, mode: int = 0o640, *, append: bool = False) -> None:
        """Create, replace or extend a file."""

    def make_folder(self, path: str, mode: int = 0o750) -> None:
        """Make a folder and those that it lies in, where they are missing."""

    def remove(self, path: str) -> None:
        """Remove a file."""

    def remove_folder(self, path: str) -> None:
        """Remove a folder that is empty."""

    def local(self, path: str) -> str:
        """A real path that a library may open for reading (lmdb, SQLite)."""


class Clock(Protocol):
    """Time of day."""

    def now(self) -> float:
        """Seconds since 1970, with fractions."""

    def sleep(self, seconds: float) -> None:
        """Wait; a simulated clock just moves on."""


class Finished(Protocol):
    """How a program ended."""

    @property
    def status(self) -> int:
        """The exit status, or minus the number of the signal."""

    @property
    def output(self) -> bytes:
        """All that it wrote."""

    @property
    def kept(self) -> IO[bytes] | None:
        """A file with that, at its beginning, if `Programs.run` was to keep it; ``output`` is empty then."""


class Conversation(Protocol):
    """A program that runs beside this one and is talked to."""

    def send(self, data: bytes) -> None:
        """Write to the program. Raises ``OSError`` if it does not listen any more."""

    def receive(self, size: int) -> bytes:
        """Read so many bytes, fewer only if the program has ended."""

    def end(self) -> int:
        """End the program, if it still runs: the exit status, or minus the number of the signal."""


class SharedObject(Protocol):
    """A shared object that is loaded into this process."""

    def call(self, name: str, arguments: Sequence[str]) -> tuple[int, str | None]:
        """Call a function as ``int f(uschar **yield, int argc, uschar *argv[])``.

        Gives what it returned and the text that it left behind ``yield``, which is tainted if it is
        an argument that is. Raises ``OSError`` with the words of the loader for a name that it
        lacks.
        """


class Programs(Protocol):
    """Running commands, and code of others."""

    def run(  # noqa: PLR0913 - what a process can be given
        self,
        argv: Sequence[str],
        *,
        input: bytes | Iterator[bytes] = b"",  # noqa: A002 - the word that subprocess uses
        timeout: float = 60.0,
        environment: Mapping[str, str] | None = None,
        merge_stderr: bool = False,
        directory: str | None = None,
        ids: tuple[int, ...] | None = None,
        umask: int | None = None,
        keeps: bool = False,
    ) -> Finished:
        """Run a command to its end. Raises ``OSError``, ``TimeoutError`` or ``Refused``.

        ``directory`` is where it runs, ``ids`` are the numbers of the user and the group that it runs under
        and of further groups, as far as this program may choose them, ``umask`` are the permissions that its
        files do not get.
        ``input`` is better given in pieces where it can be large; they are all there before the command runs.
        With ``keeps`` what the command writes is kept in a file: see `Finished`.
        """

    def start(self, argv: Sequence[str], *, environment: Mapping[str, str] | None = None) -> Conversation:
        """Run a command beside this program, to talk to it.

        Its last two arguments, which are added, are the numbers of the descriptors over which it
        listens and answers. Raises ``OSError`` or ``Refused``.
        """

    def connect(
        self, argv: Sequence[str], *, directory: str | None = None, ids: tuple[int, ...] | None = None
    ) -> Link:
        """Run a command whose standard input and output are talked to, under ``ids`` where that is possible.

        Its environment is this program's. Raises ``OSError`` where it cannot be started, or ``Refused``.
        """

    def foreground(
        self,
        argv: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        directory: str | None = None,
    ) -> int:
        """Run a command to its end with this program's own standard streams: its exit status.

        ``directory`` is where it runs. Raises ``OSError`` or ``Refused``.
        """

    def load(self, path: str) -> SharedObject:
        """Load a shared object. Raises ``OSError`` with the words of the loader, or ``Refused``."""


class Account(Protocol):
    """A user as the password file has it."""

    @property
    def login(self) -> str:
        """The login name."""

    @property
    def uid(self) -> int:
        """The user's number."""

    @property
    def gid(self) -> int:
        """The number of the user's own group."""

    @property
    def gecos(self) -> str:
        """The full name and what else stands there."""

    @property
    def home(self) -> str:
        """The home directory."""

    @property
    def shell(self) -> str:
        """The login shell."""


class Users(Protocol):
    """Users and groups of the host."""

    def user(self, name: str) -> Account | None:
        """The user of that login name (or decimal number)."""

    def group(self, name: str) -> int | None:
        """The number of the group of that name (or decimal number)."""

    def group_name(self, gid: int) -> str | None:
        """The name of the group of that number."""

    def caller(self) -> Account:
        """The user who runs the program."""

    def caller_groups(self) -> frozenset[int]:
        """The numbers of all groups that the caller is in."""

    def may_give_away(self) -> bool:
        """True if files can be given to others: for root, or where the program is setuid to root."""

    def groups_of(self, uid: int, gid: int) -> Sequence[int]:
        """The numbers of all groups of a user, with ``gid`` for its own: that alone for an unknown user."""

    def made_up_homes(self) -> frozenset[str]:
        """The homes of users whom the machine does not know, which need not be there."""

    def built_in(self) -> Mapping[str, str]:
        """Defaults of main options, by name, that were fixed when Exim was built for this host.

        The user and the group that it runs under, for example. For all others those of the profile hold.
        """

    def authenticate(self, service: str, user: str, answer: Answers) -> tuple[int, str]:
        """Have PAM's modules for a service authenticate a user and check its account.

        Gives the code and the words of PAM's result. Raises ``Refused``, or ``Unsupported`` where
        there is no PAM.
        """


class Random(Protocol):
    """Random numbers."""

    def below(self, limit: int) -> int:
        """A number from 0 up to, not including, the limit."""


class Host(Protocol):
    """The machine: its name, addresses and load."""

    def name(self) -> str:
        """The machine's own name, fully qualified where it can be."""

    def addresses(self) -> Sequence[str]:
        """The IP addresses of its interfaces."""

    def permitting_cores(self) -> AbstractContextManager[str]:
        """While commands that are started may leave core dumps: why the system forbids that, "" if not."""

    def load(self) -> float:
        """The load average of the last minute."""

    def partition(self, path: str) -> tuple[int, int]:
        """Free kilobytes and free inodes of the partition that holds a path; -1 if unknown."""


class Dns(Protocol):
    """The domain name system."""

    @property
    def reaches_out(self) -> bool:
        """True if other machines are asked."""

    def ask(self, name: str, kind: str, asking: Asking = ...) -> DnsAnswer:
        """The answer to one question: a full name and a type such as "MX". Raises ``Refused`` at most."""

    def system_addresses(self, name: str, kind: str) -> DnsAnswer:
        """The addresses that the system has for a host, its own tables first; ``kind`` is "A" or "AAAA".

        Raises ``Refused`` at most.
        """

    def system_names(self, address: str) -> Sequence[str]:
        """The names that the system has for an address, its own tables first. Raises ``Refused`` at most."""


class World(Protocol):
    """Everything outside: units reach files, clock, processes, sockets... through it only."""

    @property
    def files(self) -> Files:
        """The file system."""

    @property
    def storage(self) -> Storage:
        """The file system as deliveries change it."""

    @property
    def clock(self) -> Clock:
        """Time of day."""

    @property
    def programs(self) -> Programs:
        """Commands."""

    @property
    def sockets(self) -> Sockets:
        """Connections to other programs."""

    @property
    def users(self) -> Users:
        """Users and groups."""

    @property
    def random(self) -> Random:
        """Random numbers."""

    @property
    def host(self) -> Host:
        """The machine."""

    @property
    def dns(self) -> Dns:
        """The domain name system."""

    @property
    def environment(self) -> dict[str, str]:
        """The environment's variables as held text."""

    @property
    def pid(self) -> int:
        """The number of the process."""
