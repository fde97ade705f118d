"""What the programs of all virus scanners share: the message, the options, connections, and problems."""

from __future__ import annotations

import os
from contextlib import contextmanager
from errno import EBADF, EIO, ETIMEDOUT
from typing import TYPE_CHECKING, Any

from drivers.api.errors import BrokenOffError, Failed
from drivers.api.text import SPACE, from_bytes, to_bytes
from drivers.values import findhost, listtext
from grammar.record import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.links import Link
    from drivers.api.protocols import Context, Match, Pattern

CALLED = "callout_address"
"""The variable that has the address that was called last."""

HIGHEST_PORT = 65535
SUCCESS = os.strerror(0)


class ScanProblem(Exception):
    """A scan that came to nothing; the message is for the log, which is not told if it is empty."""


class Scan(State):
    """One scan: the scanner's name, its options, how many seconds it may take, and the message.

    ``message`` has ``as_mailbox()``, the text, and ``mailbox_file()``, the path of a file with it.
    ``virus`` is what has been found so far.
    """

    ctx: Context
    name: str
    options: list[str]
    timeout: float
    message: Any
    virus: str = ""

    def take_option(self, default: str | None = None) -> str | None:
        """The next option; ``default`` if there is none, or if it is empty where there is a default."""
        found = self.options.pop(0) if self.options else None
        return found or default if default is not None else found

    @property
    def path(self) -> str:
        """The path of a file with the message."""
        try:
            found: str = self.message.mailbox_file()
        except OSError as error:
            raise ScanProblem("error while creating mbox spool file") from error
        return found

    @property
    def folder(self) -> str:
        """The folder of that file, where decoded parts lie as well."""
        return self.path.rpartition("/")[0]

    @property
    def called(self) -> str:
        """The address that was called last."""
        return self.ctx.facts.get(CALLED, "")

    def problem(self, text: str, where: str | None = None) -> ScanProblem:
        """A problem in the scanner's name; ``where`` is the address that was called, if no other is given."""
        return ScanProblem(f"{self.name} {self.called if where is None else where} : {text}")

    def pattern(self, text: str) -> Pattern:
        """A compiled pattern of the configuration."""
        try:
            return self.ctx.pattern(text)
        except Failed as error:
            why = error.message.partition('": ')[2] or error.message
            raise self.problem(f"regular expression error in '{text}': {why}", "") from error

    @contextmanager
    def connected(self, address: str) -> Iterator[Connection]:
        """A connection to a path or to a host and a port, which is closed in the end."""
        link = open_path(self, address) if address.startswith("/") else open_host(self, address)
        try:
            yield Connection(self, link)
        finally:
            link.close()


class Connection:
    """A connection of a scan; what is sent and received is held text."""

    def __init__(self, scan: Scan, link: Link) -> None:
        self._scan, self._link = scan, link
        self._read = b""

    def send(self, text: str, problem: str = "unable to send to socket ({text}): {why}") -> None:
        """Send all of a text. Raises `ScanProblem`."""
        try:
            self._link.send(to_bytes(text))
        except OSError as error:
            said = problem.format(text=text, why=reason(error), where=self._scan.called)
            raise self._scan.problem(said) from error

    def end_sending(self) -> None:
        """Nothing more is sent."""
        try:
            self._link.end_sending()
        except OSError:
            return

    def receive(self, size: int) -> str:
        """What has come, at most so many bytes; "" at the end. Raises ``OSError``."""
        if self._read:
            found, self._read = self._read[:size], self._read[size:]
            return from_bytes(found)
        return from_bytes(self._link.receive(size))

    def answer(self, size: int, at_end: str = SUCCESS) -> str:
        """What the scanner says, in one piece of fewer bytes than ``size``.

        Raises `ScanProblem`, with ``at_end`` as the reason where nothing is said.
        """
        try:
            said = self.receive(size)
        except OSError as error:
            raise self._scan.problem(f"unable to read from socket ({reason(error)})") from error
        if not said:
            raise self._scan.problem(f"unable to read from socket ({at_end})")
        if len(said) == size:
            raise self._scan.problem("buffer too small")
        return said

    def whole(self, size: int) -> str:
        """So many bytes, fewer only at the end. Raises ``OSError``."""
        found = ""
        while len(found) < size and (piece := self.receive(size - len(found))):
            found += piece
        return found

    def line(self, longest: int = 1024) -> str | None:
        """The next line without its end, None at the end. Raises ``OSError``."""
        while b"\n" not in self._read and len(self._read) < longest:
            piece = self._link.receive(longest)
            if not piece:
                break
            self._read += piece
        if not self._read:
            return None
        end = self._read.find(b"\n")
        found = self._read if end < 0 else self._read[:end]
        self._read = b"" if end < 0 else self._read[end + 1 :]
        return from_bytes(found).removesuffix("\r")


def reason(error: OSError) -> str:
    """The system's words for an error."""
    if isinstance(error, TimeoutError):
        return os.strerror(ETIMEDOUT)
    return os.strerror(error.errno or EIO)


def first_group(pattern: Pattern, text: str) -> str | None:
    """What the first group of a pattern matches in a text, None for no match or no group."""
    found: Match | None = pattern.search(text)
    groups = found.groups() if found is not None else []
    return groups[1] if len(groups) > 1 else None


def open_path(scan: Scan, path: str) -> Link:
    """A connection to a Unix socket. Raises `ScanProblem`."""
    scan.ctx.facts[CALLED] = path
    try:
        return scan.ctx.world.sockets.connect(path, timeout=scan.timeout, patience=scan.timeout)
    except OSError as error:
        raise scan.problem(f"unable to connect to UNIX socket ({path}): {reason(error)}") from error


def open_host(scan: Scan, text: str) -> Link:
    """A connection to a host and a port, or the first one of a range. Raises `ScanProblem`."""
    host, _, ports = text.strip(SPACE).partition(" ")
    low, dash, high = ports.strip(SPACE).partition("-")
    if not low.isdigit() or (dash and not high.isdigit()):
        raise scan.problem(f"invalid socket '{text}'")
    return connect(scan, host, range(int(low), int(high if dash else low) + 1))


def connect(scan: Scan, host: str, ports: range) -> Link:
    """A connection to the first address and port that takes one. Raises `ScanProblem`."""
    found = findhost.find_by_name(scan.ctx, host)
    if not found.hosts:
        raise scan.problem(f"no IP address found for host {host}")
    failure = OSError(EBADF, "")
    for one in found.hosts:
        for port in ports:
            scan.ctx.facts[CALLED] = f"[{one.address}]:{port}"
            try:
                return scan.ctx.world.sockets.connect(
                    (one.address, port), timeout=scan.timeout, patience=scan.timeout
                )
            except OSError as error:
                failure = error.__cause__ if isinstance(error, BrokenOffError) else error  # type: ignore[assignment]
    raise scan.problem(f"failed to connect to any address for {host}: {reason(failure)}")


def words_of(text: str) -> list[str]:
    """The words of an option, separated by white space."""
    return [word for word in listtext.pieces(text, " ") if word]
