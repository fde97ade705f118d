"""One run of a remote transport."""

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from drivers.api.acl import OK
from drivers.api.transports import UNKNOWN, Failure
from expander import events
from expander.delivery import content, told_events, turns
from expander.delivery.job import LocalJob
from expander.delivery.waiting_hosts import WaitingHosts
from expander.lists import conditions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from drivers.api.authentication import Authenticate
    from drivers.api.remote import Carried
    from drivers.api.routing import Address, Host, Router
    from expander.delivery.deliver import Delivery


class RemoteJob(LocalJob):
    """A delivery of a remote transport; see `drivers.api.remote.RemoteJob` for the attributes."""

    tells_at_once = False

    def __init__(self, delivery: Delivery, addresses: Sequence[Address], transport: Router) -> None:
        super().__init__(delivery, addresses, transport)
        message = delivery.message
        self.sender = self.return_path
        self.lines = sum(text.count("\n") for _, text in message.headers) + message.body.count(b"\n")
        self.is_wide = False
        self.is_international = message.facts.get("message_smtputf8") == "yes"
        self.converts = message.facts.get("utf8_downconvert", "")
        self.envelope_id = message.envelope_id
        self.returns = message.returns
        self.carried = delivery.carried
        self.is_all_or_nothing = delivery.wraps
        self._told_number: int | None = None

    def check_size(self) -> None:
        """Do nothing: that was done for each address by itself."""

    def _return_path(self) -> str:
        try:
            return super()._return_path()
        except Failure as failure:
            words = failure.message.replace(f" in {self.transport.name} transport: ", ": ", 1)
            raise Failure(failure.outcome, UNKNOWN, words) from None

    @cached_property
    def authenticate(self) -> Authenticate:
        """What authenticates this host to another one."""
        from expander import events
        from expander.delivery.authentication import authenticating

        action = str(self.transport["event_action"] or "")
        return authenticating(
            self.delivery.agent.config,
            self.ctx,
            lambda name, data: events.raised(self.ctx, action, name, data),
        )

    @property
    def client_mechanisms(self) -> Sequence[str]:
        """The mechanisms of all authenticators in their order, "" for one that is no client's."""
        from expander.delivery.authentication import client_mechanisms

        return client_mechanisms(self.delivery.agent.config)

    def lists(self, option: str, host: Host) -> bool:
        """True if the host list that an option of the transport holds has the host."""
        text = str(self.transport[option] or "")
        if not text:
            return False
        if text == "*":
            return True
        found = conditions.given_host_matches(self.ctx, host.name, host.address, text, option=option)
        return found.word == OK

    def has_line_longer_than(self, limit: int) -> bool:
        """True if a line of the message has more bytes."""
        return content.has_line_longer_than(self.delivery.message, limit)

    def event(self, name: str, data: str = "") -> str:
        """Raise an event about the connection: what the configuration answers, "" for nothing."""
        action = str(self.transport["event_action"] or "")
        if not action:
            return ""
        facts = self.ctx.facts
        names = "router_name", "transport_name"
        before = {fact: facts.get(fact, "") for fact in names}
        facts["router_name"] = ""
        if self._told_number is not None:  # Exim forgets the transport then, and remembers the number
            facts["transport_name"] = ""
        try:
            return events.raised(self.ctx, action, name, data, self._told_number or 0)
        finally:
            facts.update(before)

    def is_waited_for(self, host: str) -> bool:
        """True if another message waits for a host."""
        with self.ctx.world.storage.as_itself():
            return WaitingHosts(self.delivery, self.transport).has(host)

    def next_waiting(self, host: str) -> str:
        """The name of a message that waits for a host and may follow there, "" for none."""
        with self.ctx.world.storage.as_itself():
            return WaitingHosts(self.delivery, self.transport).take(host)

    def note_waiting(self, hosts: Sequence[str]) -> None:
        """Note that the message waits for these hosts."""
        with self.ctx.world.storage.as_itself():
            WaitingHosts(self.delivery, self.transport).add(hosts)

    @property
    def has_more(self) -> bool:
        """True if other addresses of the message are to go over the same ``carried`` connection."""
        carried = self.carried
        return carried is not None and any(
            host.name == carried.host.name for address in self.delivery.waiting_afar for host in address.hosts
        )

    def pass_on(self, carried: Carried, message: str = "") -> None:
        """Keep a connection for another message, or for other addresses of this one."""
        if message:
            self.delivery.passed_on.append((carried, message))
            self.delivery.carried = None
        else:
            self.delivery.carried = carried

    def log_message(self, text: str) -> None:
        """Write a line to the log of the message."""
        with self.ctx.world.storage.as_itself():
            self.delivery.log_message(text)

    @contextmanager
    def alone_at(self, host: Host) -> Iterator[bool]:
        """While no other process connects to the host: False if one does."""
        if not self.lists("serialize_hosts", host):
            yield True
            return
        key = f"host-serialize-{host.name}"
        with self.ctx.world.storage.as_itself():
            may_run = turns.begin(self.delivery.agent, key, 1)
        try:
            yield may_run
        finally:
            if may_run:
                with self.ctx.world.storage.as_itself():
                    turns.end(self.delivery.agent, key)

    def put_off(self, address: Address, name: str, number: int) -> None:
        """Raise an event about an address that cannot be delivered to for now."""
        why = address.message, os.strerror(number) if number == address.number and number > 0 else ""
        data = ": ".join(filter(None, why))
        port = self.ctx.facts.get("host_port")
        told_events.of_address(self.delivery, address, name, data, number, port=port)
        self._told_number = number
