"""What units see of the rest: the world outside and the context of one expansion, as protocols."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from os import stat_result
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from drivers.api.profile import Profile

Run = Callable[["Context"], str]
"""A compiled expansion: takes the context, gives the value, raises ``ExpansionError``."""

Test = Callable[["Context"], bool]
"""A compiled condition."""


class Files(Protocol):
    """The file system. Paths are held text; failures are ``OSError`` as Python raises them."""

    def read(self, path: str, limit: int | None = None) -> bytes:
        """The contents of a file, at most ``limit`` bytes of them."""

    def stat(self, path: str) -> stat_result:
        """What stat() tells; follows links."""

    def lstat(self, path: str) -> stat_result:
        """What lstat() tells."""

    def names(self, path: str) -> Sequence[str]:
        """The entries of a directory, without ``.`` and ``..``."""

    def write(self, path: str, data: bytes, mode: int = 0o640, *, append: bool = False) -> None:
        """Create, replace or extend a file."""

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


class Conversation(Protocol):
    """A program that runs beside this one: it listens at its standard input.

    The descriptor at which it answers is its last argument.
    """

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

    def run(
        self,
        argv: Sequence[str],
        *,
        input: bytes = b"",  # noqa: A002 - the word that subprocess uses
        timeout: float = 60.0,
        environment: Mapping[str, str] | None = None,
        merge_stderr: bool = False,
    ) -> Finished:
        """Run a command to its end. Raises ``OSError``, ``TimeoutError`` or ``Refused``."""

    def start(self, argv: Sequence[str], *, environment: Mapping[str, str] | None = None) -> Conversation:
        """Run a command beside this program. Raises ``OSError`` or ``Refused``."""

    def load(self, path: str) -> SharedObject:
        """Load a shared object. Raises ``OSError`` with the words of the loader, or ``Refused``."""


class Sockets(Protocol):
    """Connections to other programs."""

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
        """Connect to a Unix path or (host, port), send, read to the end.

        ``timeout`` is in seconds, 0 means for ever. Raises ``OSError`` where there is no connection,
        `BrokenOffError` for what goes wrong afterwards, or ``Refused``.
        """


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

    def load(self) -> float:
        """The load average of the last minute."""

    def partition(self, path: str) -> tuple[int, int]:
        """Free kilobytes and free inodes of the partition that holds a path; -1 if unknown."""


class World(Protocol):
    """Everything outside: units reach files, clock, processes, sockets... through it only."""

    @property
    def files(self) -> Files:
        """The file system."""

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
    def environment(self) -> dict[str, str]:
        """The environment's variables as held text."""

    @property
    def pid(self) -> int:
        """The number of the process."""


class Pattern(Protocol):
    """A compiled regular expression with PCRE2's meaning, on bytes held as text."""

    groups: int

    def search(self, subject: str, start: int = 0, *, not_empty: bool = False) -> Match | None:
        """The first match at or after ``start``.

        ``not_empty`` asks for one of one byte or more at exactly ``start`` (what a global
        substitution needs after an empty match).
        """


class Match(Protocol):
    """One match."""

    def span(self, group: int = 0) -> tuple[int, int]:
        """Start and end of a group, (-1, -1) if it took no part."""

    def groups(self) -> list[str]:
        """The texts of group 0 and all others up to the last that took part; "" for unset ones."""


class Context(Protocol):
    """What one expansion can see and change.

    ``facts`` holds the plain variables by name, as text; ``options`` the main options by name,
    typed, defaults included; ``acl_c`` and ``acl_m`` the ACL variables by the part of the name
    after ``acl_c`` / ``acl_m``. ``captures`` is ``$0``, ``$1``...; ``headers`` the message's
    header lines (name, whole text with its newline) or None where there is no message. ``state``
    is what units keep from one expansion to the next, each under a name of its own.
    """

    world: World
    profile: Profile
    options: Mapping[str, Any]
    facts: dict[str, str]
    state: dict[str, Any]
    acl_c: dict[str, str]
    acl_m: dict[str, str]
    captures: list[str]
    value: str | None
    item: str | None
    runrc: int
    headers: Sequence[tuple[str, str]] | None
    body: bytes

    def expand(self, text: str) -> str:
        """Expand text in this context. Raises ``ExpansionError``."""

    def log(self, text: str) -> None:
        """Write a line to the main log, wherever that is."""

    def debug(self, text: str) -> None:
        """Write text to where debugging output goes, if there is any."""

    def pattern(self, text: str, *, caseless: bool = False) -> Pattern:
        """A compiled pattern, from the cache. Raises ``Failed`` in Exim's words."""

    def named_list(self, kind: str, name: str) -> str | None:
        """The text of a named list (kind: "domain", "host", "address", "localpart")."""

    def authenticator(self, name: str) -> tuple[str, str] | None:
        """The driver and the public name of a configured authenticator."""

    def match_list(self, kind: str, subject: str, list_text: str) -> str | None:
        """Match a subject against a list (kind: "domain", "host", "address", "localpart").

        Gives the value for ``$value``, or None for no match. Raises ``ExpansionError``.
        """

    def run_acl(self, name: str, arguments: Sequence[str]) -> tuple[str, str]:
        """Run an ACL by name, file or text: the verdict in Exim's words and the message.

        The verdicts are "OK", "FAIL", "DEFER", "DISCARD", "FAIL_DROP" and "ERROR".
        """

    def look_up(self, kind: str, place: str, key: str | None) -> str | None:
        """Do a lookup of a type as it is written, options included; ``key`` is None for a query.

        Gives the data, or None if there is none. Raises ``ExpansionError``.
        """


class Parts(Protocol):
    """The groups of an item of which only a value tells how many are its own."""

    def __len__(self) -> int:
        """How many groups there are."""

    def __getitem__(self, index: int) -> Run:
        """The group with this index, from 0."""

    def choose(self, ctx: Context, found: str | None, *, after: int) -> str:
        """The yes or no string out of the groups from ``after`` on; ``found`` is None for not found."""
