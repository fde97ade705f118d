"""Deliveries as transports see them: the addresses, the message, and what a delivery comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from grammar.record import Record

if TYPE_CHECKING:
    from drivers.api.links import Sockets
    from drivers.api.outside import Programs
    from drivers.api.protocols import Context
    from drivers.api.routing import Address, Host, Router

OK, DEFER, FAIL, PANIC = "OK", "DEFER", "FAIL", "PANIC"
"""What a transport says of an address: delivered, not now, never, and that something is wrong here."""

UNKNOWN = -1
NOT_REGULAR = -4
NOT_DIRECTORY = -5
BAD_OWNER = -6
BAD_MODE = -7
LOCK_FAILED = -9
NOT_ABSOLUTE = -21
EXIM_QUOTA = -22
FILTER_FAILED = -24
HEADER_FAILED = -25
EXPANSION_FAILED = -27
NO_GROUP = -28
NO_USER = -29
BAD_TRANSPORT = -30
UNKNOWN_FORMAT = -33
BAD_CREATION = -34
"""Numbers of errors that are Exim's own; those of the system are positive."""


class Form(Record):
    """How a message is written: what transports' options say of that.

    Lines that begin with ``check`` get ``escape`` in its place; ``crlf`` ends lines with CR and LF.
    ``with_headers`` and ``with_body`` leave a part out. The other switches add lines of deliveries.
    ``doubles_dots`` is for protocols in which a dot ends a message. ``size_limit`` cuts the body off, 0 does
    not, and each header line to ``longest_header``.
    """

    check: str = ""
    escape: str = ""
    crlf: bool = False
    with_headers: bool = True
    with_body: bool = True
    return_path: bool = False
    envelope_to: bool = False
    delivery_date: bool = False
    doubles_dots: bool = False
    is_original: bool = False
    size_limit: int = 0
    longest_header: int = 0


class Submitted(Record):
    """A message that a transport hands in: its sender ("" for none), its recipients, its text.

    ``more`` is what follows behind ``data``, piece by piece.
    """

    sender: str
    recipients: tuple[str, ...]
    data: bytes
    more: Iterable[bytes] = ()


class Failure(Exception):
    """A delivery came to nothing: a word of those above, Exim's number of the error, and its message.

    ``is_of_message`` tells that the message could not be made in its form; ``reason`` is what follows
    the place in such words.
    """

    def __init__(
        self,
        outcome: str,
        number: int,
        message: str,
        *,
        more: int = 0,
        freezes: bool = False,
        reason: str = "",
        is_of_message: bool = False,
    ) -> None:
        super().__init__(message)
        self.outcome = outcome
        self.reason = reason
        self.is_of_message = is_of_message or bool(reason)
        self.number = number
        self.message = message
        self.more = more
        self.freezes = freezes

    def while_writing(self, path: str) -> Failure:
        """The same for a message that was to go to a file, if it was the message that made trouble."""
        if not self.is_of_message:
            return self
        what = self.message.removesuffix(self.reason)
        words = f"{what} while writing to {path}{self.reason}"
        return Failure(self.outcome, self.number, words)


class PassedOn(Exception):
    """Another transport is to deliver in the place of this one; the text is its name."""


class Outward(Protocol):
    """What transports reach beyond files: commands and other hosts."""

    @property
    def programs(self) -> Programs:
        """Commands that messages are given to."""

    @property
    def sockets(self) -> Sockets:
        """Connections to other hosts."""


DUE, WAITS, EXPIRED = "due", "waits", "expired"
"""Of a host: it may be tried; it is not time to; nor is it, and the host fails for too long by now."""


class HostState(Record):
    """What earlier tries have told of a host: a word of those above, and when it was tried last, 0 for never.

    ``has_expired`` is true of a host that has been failing for longer than the rules allow, even if it may be
    tried now. ``for_message`` tells that it waits with this message alone.
    """

    word: str = DUE
    last_try: float = 0.0
    has_expired: bool = False
    for_message: bool = False


class Tries(Protocol):
    """What is remembered of tries, for transports that choose among hosts: "Retry configuration".

    Whatever they tell is written down when the delivery of the message is over. ``interface`` is the address
    that this side is to have, "" for any: what is known is known for each.
    """

    interface: str

    def state(self, host: Host, port: int) -> HostState:
        """What is known of a host at a port."""

    def failed(
        self,
        host: Host,
        port: int,
        number: int,
        more: int = 0,
        message: str = "",
        *,
        for_message: bool = False,
        names_host: bool = True,
    ) -> None:
        """A host could not be used: at all, or for this message. Number and words are of the error.

        With ``names_host`` the words are told behind the host.
        """

    def answered(self, host: Host, port: int, *, for_message: bool = True) -> None:
        """A host is well: forget what was known of it, and of the message there unless that is to be kept."""

    def silent(self, address: Address, number: int, more: int) -> None:
        """A host does not answer to an address; the numbers are of the error."""

    def put_off(self, address: Address) -> None:
        """A host has taken the text, but not for an address, which has number and words of the error."""

    def refused(self, address: Address) -> None:
        """A host takes an address at another time; the address has number and words of the error."""


class Job(Protocol):
    """One delivery of a local transport, to one address or to several together.

    ``uid`` and ``gid`` are the numbers that it runs under, ``home`` and ``directory`` where it is at home and
    where it works. ``message`` is the identification of the message, ``size`` how many bytes it has,
    ``is_trial`` forbids to deliver anything, ``only_checks`` lets a mailbox be got ready and its
    quota be looked at, but nothing be written, ``written`` counts the bytes of what was delivered.
    ``warns_above`` is how many bytes are left up to a mailbox's threshold for warnings, None where nobody
    is to be warned. ``before`` has the notes of earlier deliveries that were broken off. ``tell`` gets what
    is said to a host and by it, if somebody looks on.
    """

    @property
    def ctx(self) -> Context:
        """What expansions see."""

    @property
    def transport(self) -> Router:
        """The options."""

    @property
    def outward(self) -> Outward:
        """Commands and connections, which may be others than those of expansions."""

    @property
    def addresses(self) -> Sequence[Address]:
        """Those that are delivered to."""

    @property
    def ids(self) -> tuple[int, ...]:
        """The numbers that commands run under: those of the user, of the group, and of further groups."""

    uid: int
    gid: int
    home: str
    directory: str
    message: str
    size: int
    is_trial: bool
    only_checks: bool
    written: int
    warns_above: int | None
    before: Sequence[str]
    tell: Callable[[str], None] | None

    def note(self, text: str) -> None:
        """Write down how far the delivery is; if it is broken off, the next one has that in ``before``."""

    @property
    def tries(self) -> Tries:
        """What is remembered of the hosts."""

    def pieces(self, form: Form) -> Iterator[bytes]:
        """The message in its form, piece by piece. Raises `Failure`."""

    def parts(self, form: Form) -> tuple[bytes, Callable[[Form], Iterator[bytes]]]:
        """The header in its form, the empty line behind it, and what gives the body. Raises `Failure`."""

    def expand(self, option: str) -> str:
        """The expanded value of an option of the transport. Raises `Failure` with the option's name."""

    def spool_file(self, suffix: str) -> str:
        """The path of a file of the message on the spool, "-H" or "-D"."""

    def spool_data(self, suffix: str) -> Iterator[bytes]:
        """What is in it, piece by piece. Raises ``OSError``."""

    def submit(self, message: Submitted) -> str:
        """Hand in a message under the numbers of this delivery: its identification, "" if it is not taken."""

    def reply_is_known(self, path: str, key: str, now: int, again: int, limit: int) -> bool:
        """True if the file of replies says that one went to ``key``; else that is noted there.

        After ``again`` seconds, if that is not 0, another one may go. ``limit`` is the size of a file in
        which old notes make room for new ones, 0 for a database. Raises `Failure`.
        """

    def has_transport(self, name: str) -> bool:
        """True if there is a transport of that name."""

    def references(self) -> str:
        """The lines ``In-Reply-To:`` and ``References:`` of a reply."""

    def stamp(self) -> str:
        """The time as log lines begin with it."""


Deliver = Callable[[Job], None]
"""The work of a local transport.

It leaves ``result``, ``message`` and ``number`` in addresses that were not delivered to. It may raise
`Failure`, which is for all addresses."""
