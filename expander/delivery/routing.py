"""Takes the recipients of a message through the routers, and sorts out what comes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Deferred, Unsupported
from drivers.api.routing import DEFER, DISCARD, FAIL, OF_ITSELF, Address, Inherited
from drivers.api.text import Tainted, lower
from drivers.values import mailbox
from expander.delivery import retrying
from expander.routing import rewriting
from expander.routing.engine import Engine
from expander.routing.filter_file import BAD_REPLY
from expander.routing.queues import Queues
from expander.routing.splitting import split
from expander.routing.verify import errors_address

if TYPE_CHECKING:
    from expander.delivery.deliver import Delivery
    from expander.expand.context import Context
    from expander.queue.message import Recipient

_FORBIDDEN = {
    "pipe": (-11, "delivery to pipe forbidden"),
    "file": (-12, "delivery to file forbidden"),
    "reply": (-13, "autoreply forbidden"),
}


class Routing:
    """The routing of one message; the queues have what is to be delivered afterwards."""

    def __init__(self, delivery: Delivery) -> None:
        self.delivery = delivery
        self.ctx = delivery.ctx
        self.queues = Queues()
        self._engine = Engine(self.ctx, purpose="", verify=lambda found: errors_address(self.ctx, found))
        self._known: dict[str, Address] = {}
        self.duplicates: list[Address] = []
        self.ready: list[Address] = []

    def run(self, addresses: list[Address]) -> None:
        """Route all; what fails or waits is told to the delivery at once."""
        self.queues.waiting.extend(reversed(addresses))
        while self.queues.waiting:
            ready = self.ready
            while self.queues.waiting:
                address = self.queues.waiting.pop()
                if address.kind:
                    self._take_special(address)
                elif self._is_new(address):
                    ready.append(address)
            ready[:] = reversed([address for address in reversed(ready) if not self._is_queued(address)])
            while ready:
                self._route(ready.pop())

    def _take_special(self, address: Address) -> None:
        """A pipe, a file or a reply: it goes straight to its transport, if it may."""
        delivery = self.delivery
        parent = address.parent
        if parent is not None and not address.text.startswith(BAD_REPLY):
            address.domain, address.local_part = parent.domain, parent.local_part
        origin = parent.unique if parent is not None else ""
        special = f"{address.text}:{origin or _top(address).text}"
        address.unique = special if address.kind != "reply" else f"{origin}:{address.text}"
        if not address.is_allowed:
            address.number, address.message = _FORBIDDEN[address.kind]
            delivery.fail(address)
            return
        if address.text.startswith(BAD_REPLY):
            address.message = "filter autoreply generated syntactically invalid recipient"
            address.ignores_errors = True
            delivery.fail(address)
            return
        if address.transport is None:
            address.number = -30 if address.router is not None else -1
            address.panics = True
            delivery.defer(address, routing=True)
            return
        if address.unique in delivery.message.done:
            return
        if address.unique in self._known:
            self._repeat(address)
            return
        self._known[address.unique] = address
        if address.text == "/dev/null" and address.kind == "file":
            delivery.bypassed(address)
            return
        self.queues.local.append(address)

    def _is_new(self, address: Address) -> bool:
        """Complete an address; False if it is dealt with already."""
        ctx, delivery = self.ctx, self.delivery
        if not mailbox.has_domain(address.text):
            address.text = rewriting.completed(ctx, address.text, is_recipient=True, by_rules=False)
        try:
            split(ctx, address)
        except Deferred as problem:
            address.message = problem.message
            address.number = -35
            delivery.defer(address, routing=True)
            return False
        address.unique = _unique(address)
        if self._is_held(address):
            return False
        if address.unique.startswith(OF_ITSELF):
            return True  # whether it is done depends on its transport
        done = delivery.message.done
        return address.unique not in done and address.text not in done

    def without_duplicates(self, addresses: list[Address]) -> list[Address]:
        """The addresses that were routed, in their order, each but once."""
        kept = []
        for address in addresses:
            if not address.kind:
                first = self._known.setdefault(address.unique, address)
                if first is not address:
                    first.also.append(address)
                    self._repeat(address)
                    continue
            kept.append(address)
        return kept

    def _is_held(self, address: Address) -> bool:
        """True for a domain for which nothing is to be delivered: ``hold_domains``."""
        delivery = self.delivery
        if delivery.is_forced:
            return False
        try:
            if not is_in(self.ctx, "hold_domains", address):
                return False
            address.message, address.number = "domain is held", -23
        except Deferred:
            address.message, address.number = "hold_domains lookup deferred", -35
        delivery.defer(address, routing=True, plainly=True)
        return True

    def _is_queued(self, address: Address) -> bool:
        """True for a domain that waits for a run of the queue: ``queue_domains``."""
        delivery = self.delivery
        if delivery.in_queue_run or delivery.is_forced:
            return False
        try:
            if not is_in(self.ctx, "queue_domains", address):
                return False
            address.message, address.number = "domain is in queue_domains", -56
        except Deferred:
            address.message, address.number = "queue_domains lookup deferred", -35
        delivery.defer(address, routing=True)
        return True

    def _repeat(self, address: Address) -> None:
        self.ctx.debug(f"{address.unique} is a duplicate address: discarded")
        self.duplicates.append(address)

    def _route(self, address: Address) -> None:
        delivery, ctx = self.delivery, self.ctx
        if not retrying.may_route(delivery, address):
            delivery.defer(address, routing=True)
            return
        errors = address.inherited.errors_address
        ctx.facts["return_path"] = delivery.message.sender if errors is None else errors
        ctx.state["delivered address"] = address
        try:
            outcome = self._engine.route(address, self.queues)
        except Unsupported as problem:
            address.message = problem.message
            outcome = DEFER
        finally:
            ctx.facts["return_path"] = delivery.message.sender
        if outcome != DEFER:
            retrying.routed(address)
        if outcome == FAIL:
            delivery.fail(address)
        elif outcome == DEFER:
            if not address.number:
                address.number = -1
            retrying.not_routed(address)
            delivery.defer(address, routing=True)
        elif outcome == DISCARD:
            delivery.discard(address)


def is_in(ctx: Context, option: str, address: Address) -> bool:
    """True if the domain of an address is in the list of an option. Raises ``Deferred``."""
    domains = ctx.options.get(option)
    if not domains:
        return False
    from drivers.values.memberships import in_list

    ctx.facts["domain"] = address.domain
    return in_list(ctx, "domain", address.domain, str(domains)) is not None


def recipients(delivery: Delivery) -> list[Address]:
    """The addresses of the envelope that are not dealt with."""
    found = []
    for recipient in delivery.message.recipients:
        if recipient.address in delivery.message.done:
            continue
        address = _as_address(recipient)
        if recipient.parent >= 0:
            address.once_of = delivery.message.recipients[recipient.parent].address
        found.append(address)
    return found


def _as_address(recipient: Recipient) -> Address:
    text = Tainted(recipient.address)
    address = Address(text, unique=text, inherited=Inherited())
    address.recipient = recipient
    address.inherited.errors_address = recipient.errors_to
    return address


def _unique(address: Address) -> str:
    """By what an address is known: the case of its domain does not count."""
    head, _, tail = address.text.rpartition("@")
    name = f"{head}@{lower(tail)}"
    comes_of_itself = any(lower(other.text) == lower(address.text) for other in address.ancestors())
    return f"{OF_ITSELF}{name}" if comes_of_itself else name


def _top(address: Address) -> Address:
    while address.parent is not None:
        address = address.parent
    return address
