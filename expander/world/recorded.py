"""What transports do to others, written down instead of done: commands, and talks with other hosts."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.api.links import Secured
from drivers.api.text import to_display
from expander.world.accepting import AcceptingServer, Sent, WatchedServer
from expander.world.account import Finished, kept
from expander.world.manifest import FOLDER
from expander.world.memory import MemoryConversation, MemoryLink
from grammar.record import State, made_by

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from drivers.api.links import Link, Securing, Sockets
    from drivers.api.outside import Conversation, Programs, SharedObject

Answers = Mapping[str, str]
"""What a host answers, by command (see `expander.world.accepting.ANSWERED`)."""

Peer = Answers | Callable[[bytes], bytes]
"""A scripted host: its answers by command, or what makes the answer to each piece that is sent."""


class Ran(State):
    """A command of a transport: ``is_real`` if it was run, with ``status`` and ``output`` of that."""

    argv: list[str]
    input: bytes = b""
    environment: dict[str, str] = made_by(default_factory=dict)
    directory: str = ""
    uid: int = -1
    gid: int = -1
    is_real: bool = False
    status: int = 0
    output: bytes = b""


class Recorder:
    """Keeps what is recorded; with the ``folder`` of a sandbox in files there too."""

    def __init__(self, folder: str = "") -> None:
        self.commands: list[Ran] = []
        self.sent: list[Sent] = []
        self._folder = Path(folder) / FOLDER if folder else None

    def ran(self, command: Ran) -> None:
        """A command came to its end."""
        self.commands.append(command)
        told = {
            "argv": [to_display(word) for word in command.argv],
            "environment": {name: to_display(text) for name, text in command.environment.items()},
            "directory": to_display(command.directory),
            "uid": command.uid,
            "gid": command.gid,
            "run": command.is_real,
            "status": command.status,
        }
        self._keep("commands", told, command.input)

    def talked(self, sent: Sent) -> None:
        """A talk is over."""
        told = {
            "host": sent.host,
            "port": sent.port,
            "sender": to_display(sent.sender),
            "recipients": [to_display(text) for text in sent.recipients],
            "dialogue": [to_display(line) for line in sent.dialogue],
        }
        self._keep("sent", told, b"".join(sent.messages))

    def _keep(self, kind: str, told: Mapping[str, object], data: bytes) -> None:
        if self._folder is None:
            return
        folder = self._folder / kind
        folder.mkdir(parents=True, exist_ok=True)
        number = 1 + sum(1 for _ in folder.glob("*.json"))
        (folder / f"{number:04}.json").write_text(json.dumps(told, indent=2) + "\n")
        (folder / f"{number:04}.message").write_bytes(data)


class RecordedPrograms:
    """The commands of transports: run by ``programs`` if that is given, else taken for successful."""

    def __init__(self, recorder: Recorder, programs: Programs | None) -> None:
        self._recorder = recorder
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
        """Write a command down, and run it if commands may run."""
        uid, gid, *_ = ids or (-1, -1)
        given = input if isinstance(input, bytes) else b"".join(input)
        command = Ran(list(argv), given, dict(environment or {}), directory or "", uid, gid)
        if self._programs is not None:
            ended = self._programs.run(
                argv,
                input=given,
                timeout=timeout,
                environment=environment,
                merge_stderr=merge_stderr,
                directory=directory,
                ids=ids,
                umask=umask,
            )
            command.is_real, command.status, command.output = True, ended.status, ended.output
        self._recorder.ran(command)
        found = Finished(command.status, command.output)
        return kept(found) if keeps else found

    def start(self, argv: Sequence[str], *, environment: Mapping[str, str] | None = None) -> Conversation:
        """A talk with a command, or with a server that takes everything in its place."""
        if self._programs is not None:
            return self._programs.start(argv, environment=environment)
        sent = Sent(" ".join(argv))
        self._recorder.sent.append(sent)
        server = AcceptingServer(sent)
        talk = MemoryConversation(server)
        talk.send(b"")
        return talk

    def connect(
        self, argv: Sequence[str], *, directory: str | None = None, ids: tuple[int, ...] | None = None
    ) -> Link:
        """A talk with a command, or with a server that takes everything in its place."""
        if self._programs is not None:
            return self._programs.connect(argv, directory=directory, ids=ids)
        sent = Sent(" ".join(argv))
        self._recorder.sent.append(sent)
        return RecordedLink(AcceptingServer(sent), self._recorder)

    def foreground(
        self,
        argv: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        directory: str | None = None,
    ) -> int:
        """The status of `run`."""
        return self.run(argv, environment=environment, directory=directory).status

    def load(self, path: str) -> SharedObject:
        """Shared objects are nothing that transports use."""
        raise OSError(f"{path}: cannot open shared object file: No such file or directory")


class RecordedLink(MemoryLink):
    """A talk that is written down once it is over."""

    def __init__(self, server: AcceptingServer | WatchedServer, recorder: Recorder) -> None:
        super().__init__(server)
        self._server = server
        self._recorder = recorder

    def secure(self, how: Securing) -> Secured:
        """The host has whatever certificate is wanted."""
        self._server.is_secure = True
        return Secured("TLSv1.3", "TLS_AES_256_GCM_SHA384", 256)

    def close(self) -> None:
        """Hang up."""
        if self._is_open:
            self._recorder.talked(self._server.sent)
        super().close()


class RecordedSockets:
    """The connections of transports.

    ``peers`` has the answers of scripted hosts, by address or by ``address:port``. Others are reached by
    ``sockets`` if that is given; else a host that takes everything stands for them.
    """

    def __init__(
        self, recorder: Recorder, sockets: Sockets, peers: Mapping[str, Peer], *, connects: bool
    ) -> None:
        self._recorder = recorder
        self._sockets = sockets
        self._peers = peers
        self._connects = connects

    def connect(
        self,
        address: str | tuple[str, int],
        *,
        timeout: float = 5.0,
        patience: float = 60.0,
        interface: str = "",
    ) -> Link:
        """A connection. Raises ``ConnectionRefusedError`` where a scripted host is to answer nothing."""
        host, port = (address, 0) if isinstance(address, str) else address
        peer = self._peers.get(f"{host}:{port}", self._peers.get(host))
        if peer is None and self._connects:
            return self._sockets.connect(address, timeout=timeout, patience=patience, interface=interface)
        sent = Sent(host, port)
        if callable(peer):
            self._recorder.sent.append(sent)
            return RecordedLink(WatchedServer(sent, peer), self._recorder)
        if peer is not None and not peer.get("CONNECT", "220"):
            raise ConnectionRefusedError(111, "Connection refused")
        self._recorder.sent.append(sent)
        return RecordedLink(AcceptingServer(sent, peer), self._recorder)

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
        """As the world's own sockets do it: transports talk by `connect`."""
        return self._sockets.converse(address, request, timeout=timeout, shutdown=shutdown, tls=tls, sni=sni)

    def datagram(self, address: tuple[str, int], request: bytes, *, timeout: float = 5.0) -> bytes:
        """As the world's own sockets do it."""
        return self._sockets.datagram(address, request, timeout=timeout)

    def send(self, address: str | tuple[str, int], data: bytes) -> None:
        """As the world's own sockets do it: ``notify_comsat`` asks for that."""
        self._sockets.send(address, data)

    def permit(self, address: str | tuple[str, int]) -> None:
        """As the world's own sockets do it."""
        self._sockets.permit(address)
