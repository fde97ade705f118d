"""The world as it is: this machine's files, clock, programs, sockets, users and name."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, cached_property
from typing import TYPE_CHECKING

from drivers.api.text import from_argument, from_bytes
from expander.world.account import Account, is_number
from expander.world.clock import RealClock, StandingClock
from expander.world.real_files import RealFiles, partition
from expander.world.rights import ROOT, Rights, groups_of
from expander.world.this_host import of_this_run

if TYPE_CHECKING:
    from types import ModuleType

    from drivers.api.links import Sockets
    from drivers.api.outside import Answers, Dns, Files, Programs, Random
    from drivers.api.storage import Storage
    from drivers.api.transports import Outward
    from expander.world.virtual_host import VirtualHost

_COERCED = frozenset({"C.UTF-8", "C.utf8", "UTF-8"})


class RealUsers:
    """The users and groups of this machine, with the virtual host's laid over them."""

    def __init__(self, virtual: VirtualHost) -> None:
        self._virtual = virtual

    def user(self, name: str) -> Account | None:
        """The user of that login name or decimal number; those of the virtual host come first.

        The name that the virtual host has for the Exim user stands for whoever runs this process, if
        no user is called so.
        """
        found = self._virtual.user(name) or _real_user(name)
        if found is None and name == self._virtual.exim_user:
            own = _real_user(str(os.geteuid()))
            found = Account(name, os.geteuid(), os.getegid(), own.gecos if own else "", "/", "/bin/false")
        return found

    def group(self, name: str) -> int | None:
        """The number of the group of that name or decimal number; those of the virtual host come first."""
        import grp

        if is_number(name):
            return int(name)
        virtual = self._virtual.group(name)
        if virtual is not None:
            return virtual
        try:
            return grp.getgrnam(_as_system(name)).gr_gid
        except (KeyError, ValueError):
            return os.getegid() if name == self._virtual.exim_group else None

    def group_name(self, gid: int) -> str | None:
        """The name of the group of that number."""
        import grp

        virtual = self._virtual.group_name(gid)
        if virtual is not None:
            return virtual
        try:
            return grp.getgrgid(gid).gr_name.encode("utf-8", "surrogateescape").decode("latin-1")
        except (KeyError, OverflowError):
            return None

    def caller(self) -> Account:
        """The user who runs the program, or whom the virtual host says to do so."""
        account = self.user(self._virtual.caller) if self._virtual.caller else None
        if account is not None:
            return account
        named = self._virtual.caller or ""
        if is_number(named):  # somebody without an account
            return Account(named, int(named), int(named))
        uid = os.getuid()
        return _real_user(str(uid)) or Account(str(uid), uid, os.getgid())

    def caller_groups(self) -> frozenset[int]:
        """The numbers of the caller's groups: the process's own, if no virtual caller is named."""
        if self._virtual.caller is None:
            return frozenset({os.getgid(), *os.getgroups()})
        further = map(self.group, self._virtual.caller_groups)
        return frozenset({self.caller().gid, *(gid for gid in further if gid is not None)})

    def may_give_away(self) -> bool:
        """True if root has called, or the process is root's whoever has called."""
        uid = os.geteuid() if self._virtual.caller is None else self.caller().uid
        return uid == ROOT

    def groups_of(self, uid: int, gid: int) -> Sequence[int]:
        """The numbers of all groups of a user whom the machine knows."""
        return groups_of(uid, gid)

    def made_up_homes(self) -> frozenset[str]:
        """The homes of the virtual host's users, which need not be there."""
        return frozenset(user.home for user in self._virtual.users)

    def built_in(self) -> Mapping[str, str]:
        """The virtual host's names for Exim's user and group; what differs if it is built for tests."""
        virtual = self._virtual
        named = {"exim_user": virtual.exim_user or "", "exim_group": virtual.exim_group or ""}
        built = {name: value for name, value in named.items() if value}
        return TEST_BUILD | built if virtual.harness else built

    def authenticate(self, service: str, user: str, answer: Answers) -> tuple[int, str]:
        """What PAM's modules say of a user. Raises ``Unsupported`` where there is no PAM."""
        from expander.world.pam import authenticate

        return authenticate(service, user, answer)


@cache
def _password_file() -> ModuleType:
    """The module of the password file; asking for it with ``import`` each time would cost something."""
    import pwd

    return pwd


def _real_user(name: str) -> Account | None:
    """A user of the password file."""
    users = _password_file()
    try:
        row = users.getpwuid(int(name)) if is_number(name) else users.getpwnam(_as_system(name))
    except (KeyError, ValueError, OverflowError):
        return None
    texts = (row.pw_name, row.pw_gecos, row.pw_dir, row.pw_shell)
    login, gecos, home, shell = map(from_argument, texts)
    return Account(login, row.pw_uid, row.pw_gid, gecos, home, shell)


def _as_system(name: str) -> str:
    """Held text as Python's system calls want it."""
    return os.fsdecode(name.encode("latin-1"))


TEST_BUILD = {
    "headers_charset": "ISO-8859-1",
    "smtputf8_advertise_hosts": "",
    "cram_md5_challenge": "<1896.697170952@postoffice.reston.mci.net>",
}
"""Defaults of an Exim that is built for its own test suite, where Debian's has others."""


class RealHost:
    """The machine, under the virtual host's name and addresses if it has any."""

    def __init__(self, virtual: VirtualHost) -> None:
        self._virtual = virtual

    def name(self) -> str:
        """The machine's own name as uname() tells it, or its full name if that has no dot."""
        return self._virtual.name or self._own_name

    def addresses(self) -> Sequence[str]:
        """The IP addresses of the interfaces, IPv4 before IPv6."""
        return self._virtual.addresses or self._own_addresses

    @contextmanager
    def permitting_cores(self) -> Iterator[str]:
        """While commands that are started may leave core dumps: why the system forbids that, "" if not."""
        import resource

        before = resource.getrlimit(resource.RLIMIT_CORE)
        if before[1] != resource.RLIM_INFINITY:  # a user may not have more than the most
            yield os.strerror(errno.EPERM)
            return
        resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        try:
            yield ""
        finally:
            resource.setrlimit(resource.RLIMIT_CORE, before)

    def load(self) -> float:
        """The load average of the last minute in two decimals, 0 where the system does not tell."""
        try:
            return round(os.getloadavg()[0], 2)
        except OSError:
            return 0.0

    def partition(self, path: str) -> tuple[int, int]:
        """Free kilobytes and free inodes of the partition that holds a path; -1 if unknown."""
        return partition(path)

    @cached_property
    def _own_name(self) -> str:
        node = os.uname().nodename
        if "." in node:
            return from_argument(node)
        import _socket  # what stands around it makes three dozen enumerations first

        try:
            # As bytes: the name of this machine is what it is, and the codec for others need not be loaded.
            full = _socket.gethostbyname_ex(os.fsencode(node))[0]  # type: ignore[arg-type]
        except (OSError, UnicodeError):
            full = node
        return from_argument(full or node)

    @cached_property
    def _own_addresses(self) -> tuple[str, ...]:
        from expander.world.interfaces import interface_addresses

        return interface_addresses()


def _environment() -> dict[str, str]:
    """The variables that this program was given: Python may have set one by itself where no locale was."""
    variables = {from_bytes(name): from_bytes(value) for name, value in os.environb.items()}
    if variables.get("LC_CTYPE") in _COERCED:
        try:
            with open("/proc/self/environ", "rb") as file:  # noqa: PTH123 - Path costs more than all the rest
                given = file.read().split(b"\0")
        except OSError:
            return variables
        if not any(setting.startswith(b"LC_CTYPE=") for setting in given):
            del variables["LC_CTYPE"]
    return variables


def _files(virtual: VirtualHost, rights: Rights) -> Files:
    """The machine's files, with those of the virtual host laid over them."""
    files = RealFiles(rights, frozenset(account.home for account in virtual.users))
    if not (virtual.files or virtual.exists or virtual.root):
        return files
    from expander.world.layered import FolderFiles, LayeredFiles, TextFiles

    texts = TextFiles({**dict.fromkeys(virtual.exists, ""), **dict(virtual.files)})
    folder = (FolderFiles(virtual.root, files),) if virtual.root else ()
    return LayeredFiles(texts, *folder, files)


class RealWorld:
    """Everything outside, as it is; ``virtual`` tells what is to be taken for this host.

    With ``own_streams`` programs that are talked to, such as Perl, can use this program's standard
    input and output. ``outward`` is what transports use; ``hide`` makes a folder of this machine seem empty,
    where another one stands for its root.
    """

    def __init__(self, virtual: VirtualHost | None = None, *, own_streams: bool = False) -> None:
        self.virtual = virtual = virtual or of_this_run(os.environ)
        self.outward: Outward = self
        self.hide: Callable[[str], None] | None = None
        self._rights = Rights(pretends=virtual.caller is not None)
        self.files = _files(virtual, self._rights)
        self.clock = RealClock() if virtual.time is None else StandingClock(virtual.time)
        self._own_streams = own_streams
        self.users = RealUsers(virtual)
        self.host = RealHost(virtual)
        self.environment = _environment()
        self.pid = os.getpid()

    @cached_property
    def programs(self) -> Programs:
        """What runs commands."""
        from expander.world.real_programs import RealPrograms

        return RealPrograms(own_streams=self._own_streams, pretends=self.virtual.caller is not None)

    @cached_property
    def sockets(self) -> Sockets:
        """What opens connections."""
        from expander.world.real_sockets import RealSockets

        return RealSockets(self.virtual.addresses)

    @cached_property
    def random(self) -> Random:
        """Random numbers, or those that the virtual host's seed gives."""
        from expander.world.randomness import RealRandom, SeededRandom

        return RealRandom() if self.virtual.seed is None else SeededRandom(self.virtual.seed)

    @cached_property
    def storage(self) -> Storage:
        """The machine's file system, to be changed."""
        from expander.world.real_storage import RealStorage

        return RealStorage(self._rights)

    @cached_property
    def dns(self) -> Dns:
        """The virtual host's zones, or the machine's name servers."""
        if self.virtual.zones:
            from expander.world.zones import Zones

            return Zones.from_folder(
                self.virtual.zones, self.files, self.clock.sleep, harness=self.virtual.harness
            )
        from expander.world.real_dns import RealDns

        return RealDns()
