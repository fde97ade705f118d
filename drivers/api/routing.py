"""Routing as routers see it: addresses, what is known of them, and the work on one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from grammar.record import State, made_by

if TYPE_CHECKING:
    from drivers.api.outside import Account
    from drivers.api.protocols import Context
    from drivers.api.remote import Sent
    from drivers.values import ip

OK, DECLINE, PASS, FAIL, DEFER = "OK", "DECLINE", "PASS", "FAIL", "DEFER"
"""What a router says of an address: taken, not mine, for a later router, it fails, not now."""

REROUTED, DISCARD = "REROUTED", "DISCARD"
"""The address goes on as a child with another domain; the message is not for anybody."""

SENDER, RECIPIENT, EXPN, TESTING = "sender", "recipient", "expn", ""
"""What an address is routed for: to verify it, for EXPN, or else to be delivered or tested."""


KEEPS_RIGHTS = "keeps_rights"
"""Set where Exim keeps its rights whatever is verified: a test of addresses, errors addresses included."""

NOT_LOGGED = "hosts that are not found are not logged"
"""A true value under this name in the state: addresses are but tested."""

SILENT = "nothing is logged"
"""Under this name the state tells that a driver with ``disable_logging`` is at work."""

REPORT = "what tells of errors in redirections"
"""Under this name the state has what is given a recipient and a report, while mail is delivered."""


class Host(State):
    """A host that an address is to be sent to.

    ``preference`` is that of its MX record and ``port`` a TCP port, None without one. ``rank`` orders hosts
    of the same name or group. ``address`` is "" until it is found; ``why`` tells of a host without one:
    "ignored", "failed", "deferred" or "insecure".
    """

    name: str
    address: str = ""
    preference: int | None = None
    port: int | None = None
    group: int = -1
    rank: int = 0
    secure: bool = False
    why: str = ""


class Inherited(State):
    """What the children of an address have from it.

    ``variables`` are those of the form ``r_...`` without that; ``errors_address`` is where errors go, None
    for the sender and "" for nowhere; ``srs_sender`` is the sender that SRS has made, None for none.
    """

    address_data: str | None = None
    variables: dict[str, str] = made_by(default_factory=dict)
    errors_address: str | None = None
    domain_data: str | None = None
    local_part_data: str | None = None
    headers_add: tuple[str, ...] = ()
    headers_remove: tuple[str, ...] = ()
    srs_sender: str | None = None

    def copied(self) -> Inherited:
        """The same with variables of its own."""
        return Inherited(
            self.address_data,
            dict(self.variables),
            self.errors_address,
            self.domain_data,
            self.local_part_data,
            self.headers_add,
            self.headers_remove,
            self.srs_sender,
        )


class Transport(Protocol):
    """A transport of the configuration."""

    name: str
    driver: str

    def __getitem__(self, name: str) -> Any:
        """The value of an option."""


class Options(Protocol):
    """The typed values of a driver's options, defaults included."""

    def __getitem__(self, name: str) -> Any:
        """The value of an option. Raises ``KeyError``."""

    def __contains__(self, name: object) -> bool:
        """True for an option that the profile has."""

    def is_set(self, name: str) -> bool:
        """True if the configuration sets the option."""


class Router(Transport, Protocol):
    """A router of the configuration."""

    @property
    def options(self) -> Options:
        """Its options."""


class Retried(State):
    """What is to be noted of a try under a key of the retry database; ``deletes`` forgets what is there.

    ``number``, ``more`` and ``message`` tell of the error; ``of_host`` marks keys of hosts, ``of_message``
    those of a host with one message.
    """

    key: str
    number: int = 0
    more: int = 0
    message: str = ""
    deletes: bool = False
    of_host: bool = False
    of_message: bool = False


OF_ITSELF = "\\0\\"
"""What stands before the unique name of an address that has itself among its ancestors."""


class Address(State):
    """An address on its way through the routers.

    ``local_part`` is what the router in hand sees, without affixes; ``cased`` and ``lowered`` are the whole
    local part as it is written and in lower case. ``router`` is the one that had the address last,
    ``start`` where to begin. ``kind`` is "pipe", "file" or "reply" for what is no address; ``error`` has the
    words of the system for what went wrong. ``passes_message`` lets the message be told to SMTP clients.

    What follows is for deliveries. ``uid`` and ``gid`` are the numbers that routers want, ``home`` and
    ``directory`` where a local delivery is at home and where it works, the first of these expanded already
    if ``is_home_expanded``. ``reply`` has the options of a reply that a filter wants, ``mode`` the
    permissions of its file, ``expands`` lets the command of a pipe be expanded. ``number`` tells an error
    as Exim does, by the system's number or a negative one of its own; ``more`` qualifies it. ``result`` is
    what the transport says, ``output`` what its command wrote, ``shares`` the address with which the output
    is kept that it has in common with others, ``recipient`` where the message on the queue names the address;
    ``is_filter`` marks what stands for the system filter, ``panics`` what the panic log is told of, ``waits``
    what is tried again whatever the retry rules say; ``also`` are duplicates, which are delivered to with it.
    ``retried`` is what is to be noted of tries; ``was_tried`` and ``was_delivered_before`` tell that
    something is known of failures to route it, and of failures of its transport. ``is_once`` is set by the
    option ``one_time`` of redirections, ``once_of`` is the recipient in whose place it was put so.
    ``is_hidden`` keeps senders from seeing it. ``sent`` tells of the host that has taken or refused it,
    ``path`` of the file or folder that a file is saved to. ``kept`` are `$0` and its like and `$thisaddress`
    as a filter left them for the command of a pipe. ``keeps_affixes`` lets log lines show the local part as
    others were told it, with its affixes. ``lists`` has what named lists have said of the address, by the
    scope in which that is remembered.
    """

    text: str
    unique: str = ""
    domain: str = ""
    local_part: str = ""
    cased: str = ""
    lowered: str = ""
    parent: Address | None = None
    router: Router | None = None
    start: str = ""
    prefix: str = ""
    prefix_v: str = ""
    suffix: str = ""
    suffix_v: str = ""
    message: str | None = None
    user_message: str | None = None
    error: str = ""
    passes_message: bool = False
    freezes: bool = False
    transport: Transport | None = None
    hosts: list[Host] = made_by(default_factory=list)
    inherited: Inherited = made_by(default_factory=Inherited)
    self_hostname: str = ""
    kind: str = ""
    is_allowed: bool = True
    bad_transport: bool = False
    local_host_removed: bool = False
    uid: int | None = None
    gid: int | None = None
    home: str = ""
    is_home_expanded: bool = False
    directory: str = ""
    reply: Mapping[str, str] | None = None
    mode: int | None = None
    expands: bool = False
    ignores_errors: bool = False
    number: int = 0
    more: int = 0
    result: str = ""
    confirmation: str = ""
    shadow: str = ""
    output: bytes = b""
    shares: Address | None = None
    is_done: bool = False
    keeps_affixes: bool = False
    is_filter: bool = False
    panics: bool = False
    waits: bool = False
    also: list[Address] = made_by(default_factory=list)
    recipient: Any = None
    sent: Sent | None = None
    retried: list[Retried] = made_by(default_factory=list)
    is_once: bool = False
    is_hidden: bool = False
    path: str = ""
    once_of: str = ""
    was_tried: bool = False
    was_delivered_before: bool = False
    kept: tuple[tuple[str, ...], str] | None = None
    lists: dict[str, Any] = made_by(default_factory=dict)

    def ancestors(self) -> Sequence[Address]:
        """The parent, its parent and so on."""
        found: list[Address] = []
        parent = self.parent
        while parent is not None:
            found.append(parent)
            parent = parent.parent
        return found

    @property
    def done_as(self) -> str:
        """The name by which it is noted that the address is dealt with.

        An address that comes of itself is not the one that it comes of: its transport belongs to the name.
        """
        if not self.unique.startswith(OF_ITSELF) or self.transport is None:
            return self.unique
        return f"{self.unique.removeprefix(OF_ITSELF)}/{self.transport.name}"


class Work(Protocol):
    """One address at one router."""

    ctx: Context
    router: Router
    address: Address
    purpose: str
    """`SENDER`, `RECIPIENT`, `EXPN` or `TESTING`."""

    is_test: bool
    """True for ``-bt``."""

    user: Account | None
    """The local user that ``check_local_user`` has found."""

    def transport(self, name: str) -> Transport | None:
        """The transport of that name."""

    def transports(self) -> Sequence[Transport]:
        """All transports, in the order of the configuration."""

    def verified(self, address: str) -> str | None:
        """An address for errors, completed, if it can be verified as a recipient; None if not."""

    def own_addresses(self) -> set[ip.Address]:
        """The addresses of this host."""

    def rewritten(self, address: str, *, by_rules: bool) -> str:
        """An address of a recipient with its domain, after the rewriting rules if they are wanted."""

    def child_failed(self) -> None:
        """Tell that the process ended which Exim would have started for this router."""

    def rewrite_domain(self, old: str, new: str) -> None:
        """Put a domain in the place of another one in the header lines of the message."""

    def take(self) -> None:
        """Put the address in the queue of its transport."""

    def go_on_with(self, address: Address) -> None:
        """Route another address before all others that wait."""

    def run_filter(self, text: str, kind: str, rights: Options) -> FilterResult:
        """Run a filter ("exim" or "sieve"). Raises `Unsupported` where there is no interpreter."""


class FilterResult(State):
    """What a filter came to.

    ``outcome`` is "delivered", "not delivered", "fail", "defer", "freeze" or "error"; ``addresses`` are those
    that it generated, in their order, with pipes, files and replies among them.
    """

    outcome: str
    addresses: list[Address]
    message: str | None = None


class Refusal(Exception):
    """A router cannot go on: the outcome; messages are in the address."""

    def __init__(self, outcome: str) -> None:
        super().__init__(outcome)
        self.outcome = outcome


Route = Callable[[Work], str]
"""The work of a router: one of the words above; it leaves messages and results in the address.

It may raise `Refusal`, which stands for its outcome.
"""
