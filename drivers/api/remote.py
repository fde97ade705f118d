"""Deliveries to other hosts as transports see them, and what log lines and bounces tell of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from drivers.api.transports import Job
from grammar.record import Record, State

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from drivers.api.authentication import Authenticate
    from drivers.api.routing import Address, Host

PENDING = "PENDING"
"""The result of an address for which another host may still be tried."""

TIMED_OUT = 110
CLOSED, MALFORMED = -18, -19
UNKNOWN_HOST, DNS_DEFERRED = -32, -36
TLS_REQUIRED, TLS_FAILED, AUTHENTICATION_FAILED = -38, -37, -42
RCPT_4XX, MAIL_4XX, DATA_4XX = -44, -45, -46
NOT_DUE = -54
UTF8_FORWARD = -49
"""Numbers of errors, as those in `drivers.api.transports`."""


class Sent(State):
    """Where and how an address was delivered to, or refused.

    ``own_address`` and ``own_port`` are this side's. ``facts`` are those of TLS by the names of their
    variables (``cipher``, ``peerdn``, ``certificate_verified``...), ``certificate`` is the server's in PEM.
    ``authenticator``, ``identity`` and ``sender`` tell of AUTH. The switches tell what was used;
    ``knows_dsn`` that the host sends notifications itself, ``continues`` marks a further message on a
    connection. ``return_path`` is the sender that the message had there. ``greeting`` and ``hello`` are what
    the host has said at first, ``proxy`` and ``proxy_port`` are of what was in between.
    """

    host: Host
    port: int
    own_address: str = ""
    own_port: int = 0
    facts: dict[str, str] | None = None
    certificate: str = ""
    authenticator: str = ""
    identity: str = ""
    sender: str = ""
    pipelining: bool = False
    early_pipelining: bool = False
    chunking: bool = False
    prdr: bool = False
    knows_dsn: bool = False
    continues: bool = False
    greeting: str = ""
    hello: str = ""
    proxy: str = ""
    proxy_port: int = 0
    return_path: str = ""

    def again(self) -> Sent:
        """The same for a further message on the connection."""
        values = {name: getattr(self, name) for name in type(self).record_fields}
        return type(self)(**values | {"continues": True, "early_pipelining": False})


class Carried(Record):
    """A connection that is kept for further deliveries.

    It was made by the transport of that name; ``count`` is how many messages went over it by now. ``line`` is
    the transport's own, by which it goes on.
    """

    transport: str
    host: Host
    port: int
    count: int
    line: Any


class RemoteJob(Job, Protocol):
    """One delivery of a remote transport, to one address or to several that have the same hosts.

    ``sender`` is the one that the message leaves with, "" for none. ``lines`` is how many lines the message
    has, ``is_wide`` tells that it was said to have 8-bit characters, ``is_international`` that it needs
    SMTPUTF8, ``converts`` what an ACL says of writing its addresses in ASCII: "1" always, "-1" where it is
    needed, "0" never, "" nothing. ``envelope_id`` and ``returns`` (2 for the header, 1 for all, 0 for
    neither) are what its sender wants of notifications. With ``is_all_or_nothing`` what fails for one fails
    for all.
    """

    sender: str
    lines: int
    is_wide: bool
    is_international: bool
    converts: str
    envelope_id: str
    returns: int
    carried: Carried | None
    is_all_or_nothing: bool

    @property
    def authenticate(self) -> Authenticate:
        """What authenticates this host to another one."""

    @property
    def client_mechanisms(self) -> Sequence[str]:
        """The mechanisms of all authenticators in their order, "" for one that is no client's."""

    def lists(self, option: str, host: Host) -> bool:
        """True if the list that is the option of that name has the host. Raises ``ExpansionError``."""

    def has_line_longer_than(self, limit: int) -> bool:
        """True if a line of the message has more bytes."""

    def event(self, name: str, data: str = "") -> str:
        """Raise an event about the connection: what the configuration answers, "" for nothing."""

    def is_waited_for(self, host: str) -> bool:
        """True if another message waits for a host."""

    def next_waiting(self, host: str) -> str:
        """The name of a message that waits for a host and may follow there, "" for none."""

    def note_waiting(self, hosts: Sequence[str]) -> None:
        """Note that the message waits for these hosts."""

    @property
    def has_more(self) -> bool:
        """True if other addresses of the message are to go over the same ``carried`` connection."""

    def pass_on(self, carried: Carried, message: str = "") -> None:
        """Keep a connection for another message, or for other addresses of this one."""

    def log_message(self, text: str) -> None:
        """Write a line to the log of the message."""

    def print_debug(self) -> None:
        """Tell what ``debug_print`` says, with the variables of the host that comes next."""

    def alone_at(self, host: Host) -> AbstractContextManager[bool]:
        """While no other process connects to the host: False if one does. See ``serialize_hosts``."""

    def put_off(self, address: Address, name: str, number: int) -> None:
        """Raise an event about an address that cannot be delivered to for now."""


DeliverAfar = Callable[[RemoteJob], None]
"""The work of a remote transport: leaves in each address a result, and in ``sent`` how it went."""

NOTIFIES: Sequence[tuple[int, str]] = ((4, "SUCCESS"), (8, "FAILURE"), (16, "DELAY"))
"""The words of NOTIFY by their flags; 2 stands for NEVER."""
