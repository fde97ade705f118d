"""The virus scanner ClamAV."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.acl.scanner import Connection, Scan, ScanProblem, connect, open_path, words_of
from drivers.api.text import SPACE
from drivers.values import interval
from grammar.record import State

if TYPE_CHECKING:
    from drivers.api.links import Link

MOST_SERVERS = 32
ROOM = 1024
_HASH = re.compile(r"\([^(]*\)\Z")


class Server(State):
    """Where a server is, a path or a host and a port, and after how many seconds to try once more."""

    host: str
    port: int = 0
    retry: int = 0


def clamd(scan: Scan) -> str:
    """The virus that one of the servers of the options finds; they are tried from a random one on.

    A server on a Unix socket, or any under the option ``local``, is told the path of the message, others
    get the message itself. Raises `ScanProblem`. See "Scanning for viruses".
    """
    servers, is_local = _servers(scan)
    link = _connected(scan, servers)
    connection = Connection(scan, link)
    try:
        if is_local:
            connection.send(f"SCAN {scan.path}\n", "unable to write to socket ({why})")
        else:
            _stream(connection, scan.message.as_mailbox())
        said = connection.answer(ROOM, at_end="EOF")
    finally:
        link.close()
    return _virus(scan, said)


def _servers(scan: Scan) -> tuple[list[Server], bool]:
    """The servers, and whether they can read files of this machine."""
    first = scan.options[0] if scan.options else "/tmp/clamd"  # noqa: S108 - the name that Exim has for it
    if first.startswith("/"):
        server = _server(scan, first)
        if server is None:
            raise scan.problem(f"bad option '{first}'", "")
        return [server], True
    servers = []
    is_local = False
    for option in scan.options:
        if option == "local":
            is_local = True
            continue
        server = _server(scan, option)
        if server is not None:
            servers.append(server)
        if len(servers) >= MOST_SERVERS:
            text = f"More than {MOST_SERVERS} clamd servers specified; only using the first {MOST_SERVERS}"
            _tell(scan.problem(text, ""), scan)
            break
    if not servers:
        raise scan.problem("no useable server addresses in malware configuration option.", "")
    return servers, is_local


def _server(scan: Scan, text: str) -> Server | None:
    """A server with its options; of one that is wrong the log is told."""
    words = words_of(text)
    if not words:
        return None
    server = Server(words.pop(0))
    if not server.host.startswith("/"):
        if not words:
            _tell(scan.problem(f"missing port: '{text}'", ""), scan)
            return None
        digits = re.match(r"\d+", words.pop(0), re.ASCII)
        server.port = int(digits[0]) if digits else 0
    for word in words:
        retry = interval.parse(word.removeprefix("retry=")) if word.startswith("retry=") else None
        if retry is None:
            raise scan.problem(f"bad option '{text}'", "")
        server.retry = retry
    return server


def _tell(problem: ScanProblem, scan: Scan) -> None:
    scan.ctx.log(f"malware acl condition: {problem}", panic=True)


def _connected(scan: Scan, servers: list[Server]) -> Link:
    """A connection to one of the servers. Raises `ScanProblem`."""
    if servers[0].host.startswith("/"):
        return _tried(scan, servers[0])
    start = scan.ctx.world.random.below(len(servers))
    for server in (*servers[start:], *servers[:start]):
        try:
            return _tried(scan, server)
        except ScanProblem as problem:
            _tell(problem, scan)
    raise scan.problem("all servers failed", "")


def _tried(scan: Scan, server: Server) -> Link:
    """A connection to a server, which may be tried twice. Raises `ScanProblem`."""
    try:
        return _open(scan, server)
    except ScanProblem:
        if not server.retry:
            raise
    scan.ctx.world.clock.sleep(server.retry)
    return _open(scan, server)


def _open(scan: Scan, server: Server) -> Link:
    if server.host.startswith("/"):
        return open_path(scan, server.host)
    return connect(scan, server.host, range(server.port, server.port + 1))


def _stream(connection: Connection, text: str) -> None:
    connection.send("zINSTREAM\0", "unable to send zINSTREAM to socket ({why})")
    size = len(text).to_bytes(4, "big").decode("latin-1")
    connection.send(size, "unable to send file size to socket ({where})")
    connection.send(text, "unable to send file body to socket ({where}): {why}")
    connection.send("\0\0\0\0", "unable to send file terminator to socket ({where})")


def _virus(scan: Scan, said: str) -> str:
    """What an answer such as ``<path>: <virus> FOUND`` comes to."""
    said = said.partition("\0")[0]
    if not said:
        raise scan.problem("ClamAV returned null")
    said = said.rstrip(SPACE)
    _, colon, rest = said.partition(":")
    if not colon:
        raise scan.problem(f"ClamAV returned malformed result (missing colon): {said}")
    name, space, tag = rest.lstrip(SPACE).rpartition(" ")
    if tag == "FOUND" and space:
        return _HASH.sub("", name)
    if tag == "ERROR" and space:
        raise scan.problem(f"ClamAV returned: {said}")
    if tag == "OK":
        return ""
    raise scan.problem(f"unparseable response from ClamAV: {{{said}}}")
