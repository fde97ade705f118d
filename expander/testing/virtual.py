r"""Worlds for tests in Python: what is given, and nothing else.

>>> world = VirtualWorld().file("/etc/names", "ann: 1\n").lookup("mysql", "SELECT 1", "one")
>>> config = world.load(b"primary_hostname = mx.example\n")
>>> config.expand("${lookup{ann}lsearch{/etc/names}} ${lookup mysql{SELECT 1}}")
'1 one'
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drivers.api.text import from_argument, to_bytes
from expander.configuration import Configuration, load
from expander.expand.mode import covering
from expander.open_lookups import MOCKED
from expander.testing.world import FIRST_UID, Facts, clamd
from expander.world.account import Account, Finished
from expander.world.smtp_peer import SmtpPeer

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Mapping
    from typing import Self

    from drivers.api.outside import World
    from drivers.api.profile import Profile
    from expander.coverage.collector import Collector
    from expander.expand.context import Context
    from expander.world.memory import Answer


class VirtualWorld:
    """Is told fact by fact what there is; methods give the world itself back, so they can be chained.

    The host is ``mail.example.com`` and the clock stands at 14 November 2023 until something else is said.
    Later facts take the place of earlier ones. Configurations see what was given before they do something: a
    session that has begun keeps its world.
    """

    def __init__(self) -> None:
        self._facts = Facts(Path.cwd())

    # -- files and accounts

    def file(self, path: str, content: str | bytes = "") -> Self:
        """A file; ``path`` is absolute. Raises ``ValueError`` if it is not."""
        _absolute(path)
        self._facts.files[from_argument(path)] = _data(content)
        return self

    def folder(self, path: str, real: str | os.PathLike[str] | None = None) -> Self:
        """A folder: an empty one, or with the files of a real one, which must be there."""
        _absolute(path)
        clean = path.rstrip("/") + "/"
        if real is None:
            self._facts.files[from_argument(clean)] = b""
            return self
        place = Path(real)
        for name in sorted(place.iterdir()) if not place.is_dir() else sorted(place.rglob("*")):
            if name.is_file():
                self._facts.files[from_argument(clean + str(name.relative_to(place)))] = name.read_bytes()
        return self

    def without(self, path: str) -> Self:
        """No such file any more."""
        self._facts.files.pop(from_argument(path), None)
        return self

    def user(
        self,
        name: str,
        *,
        uid: int | None = None,
        gid: int | None = None,
        home: str | None = None,
        gecos: str = "",
        shell: str = "/bin/sh",
    ) -> Self:
        """An account; numbers count from 1000 where none are given, and homes are below ``/home``."""
        number = FIRST_UID + len(self._facts.users) if uid is None else uid
        group = number if gid is None else gid
        where = f"/home/{name}" if home is None else home
        self._facts.users[name] = Account(name, number, group, from_argument(gecos), where, shell)
        return self

    def group(self, name: str, gid: int) -> Self:
        """A group."""
        self._facts.groups[name] = gid
        return self

    # -- the host, time and chance

    def host(self, name: str, *addresses: str) -> Self:
        """The machine's own name, and its addresses beside the loopback ones."""
        self._facts.name, self._facts.addresses = name, ["127.0.0.1", "::1", *addresses]
        return self

    def clock(self, when: datetime | str | float) -> Self:
        """The time: a date (UTC if it does not say), such a date in ISO's form, or seconds since 1970."""
        if isinstance(when, str):
            when = datetime.fromisoformat(when)
        if isinstance(when, datetime):
            when = (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
        self._facts.now = float(when)
        return self

    def seed(self, number: int) -> Self:
        """What random numbers begin with."""
        self._facts.seed = number
        return self

    # -- the network

    def dns(self, zone: str, records: str) -> Self:
        """A zone of the DNS: the text of a master file, with names below the zone."""
        self._facts.zones[zone.rstrip(".").lower()] = records
        return self

    def server(self, address: str | tuple[str, int], answer: Answer) -> Self:
        """What a server says, at a path or at ``(address, port)``: bytes, or what makes them of a request."""
        self._facts.servers[address] = answer
        return self

    def smtp_peer(
        self, address: str, replies: Mapping[str, str] | Iterable[tuple[str, str]] = (), *, port: int = 25
    ) -> SmtpPeer:
        """A mail server, which knows afterwards what it heard; ``replies`` as `SmtpPeer` takes them."""
        pairs = replies.items() if hasattr(replies, "items") else replies
        peer = SmtpPeer(pairs)
        self._facts.servers[address, port] = peer
        return peer

    def clamd(self, address: str | tuple[str, int], virus: str | None = None) -> Self:
        """A ClamAV daemon that finds this virus in each message, or none."""
        return self.server(address, clamd(virus))

    # -- what configurations ask

    def lookup(self, kind: str, key: str, value: str | None, *, defers: str = "") -> Self:
        """The answer of a lookup of a type: None finds nothing, ``defers`` says why there is none for now.

        Other keys of the type are not found from then on.
        """
        self._facts.mocks.answer(kind, from_argument(key), value and from_argument(value), defers)
        return self

    def program(
        self, path: str, output: str | bytes = "", *, status: int = 0, run: Callable[..., Any] | None = None
    ) -> Self:
        """A program: what it prints and how it ends; ``run`` makes that of the arguments and the input."""
        self._facts.programs[path] = Finished(status, _data(output)) if run is None else run
        return self

    def variable(self, name: str, value: str) -> Self:
        """A variable that has a value from the beginning."""
        self._facts.variables[name.removeprefix("$")] = from_argument(value)
        return self

    # -- what comes of it

    def world(self, folder: str = "") -> World:
        """The world of these facts; below ``folder`` the files of this machine are there as well."""
        from expander.api import sandboxed

        self._facts.beside = folder
        return self._facts.world(sandboxed())

    def load(
        self,
        source: str | bytes | os.PathLike[str],
        *,
        profile: str | Profile | None = None,
        macros: Mapping[str, str] | None = None,
        covers: Collector | None = None,
    ) -> VirtualConfiguration:
        """A configuration in this world, from a file or from its text as with `expander.configuration.load`.

        What lies beside a file is there too; ``covers`` counts what is come to.
        """
        from expander.api import sandboxed

        is_file = not isinstance(source, bytes) and not (isinstance(source, str) and "\n" in source)
        path = str(Path(source).absolute()) if is_file else source  # type: ignore[arg-type] # it is a path
        self._facts.beside = str(Path(path).parent) if isinstance(path, str) and is_file else ""
        world = self._facts.loading(sandboxed())
        made = load(path, profile=profile, world=world, macros=macros)
        return VirtualConfiguration(made, self, covers)

    def ready(self, context: Context) -> None:
        """Let a context know the variables and the answers of lookups."""
        context.facts.update(self._facts.variables)
        if self._facts.mocks:
            context.state[MOCKED] = self._facts.mocks.finder


class VirtualConfiguration(Configuration):
    """A configuration that sees a `VirtualWorld` as it is when something is done."""

    def __init__(self, loaded: Configuration, made: VirtualWorld, covers: Collector | None = None) -> None:
        super().__init__(loaded.model, loaded.world, loaded.limits)
        self.given = made
        self._folder = made._facts.beside  # noqa: SLF001 - the two belong together
        if covers is not None:
            self.mode = covering(covers)

    def _seen(self) -> World:
        return self.given.world(self._folder)

    def _ready(self, context: Context) -> None:
        self.given.ready(context)


def _absolute(path: str) -> None:
    if not path.startswith("/"):
        raise ValueError(f'"{path}" is no absolute path')


def _data(content: str | bytes) -> bytes:
    return content if isinstance(content, bytes) else to_bytes(from_argument(content))
