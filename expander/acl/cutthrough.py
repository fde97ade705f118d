"""The connection that a callout leaves open, so that the message can go over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.values.smtp_client import Reply
from grammar.record import State, made_by

if TYPE_CHECKING:
    from drivers.api.routing import Address, Host
    from expander.acl.callout_client import Client
    from expander.expand.context import Context


class Held(State):
    """A connection to the next host; ``addresses`` are the recipients that the host has taken there.

    ``may_begin`` permits a callout to leave its connection here. ``was_cancelled`` tells that there was one
    that cannot be used for all.
    """

    may_begin: bool = False
    client: Client | None = None
    host: Host | None = None
    addresses: list[Address] = made_by(default_factory=list)
    was_cancelled: bool = False

    def hold(self, client: Client, host: Host, address: Address) -> bool:
        """Keep a connection if it may be kept: the caller goes on as if it were closed."""
        if not self.may_begin or self.client is not None or not _can_be_used(address):
            return False
        self.client, self.host, self.addresses = client, host, [address]
        return True

    def ask(self, address: Address, host: Host | None) -> Reply | None:
        """What the host says of a further recipient; the connection is given up unless it takes it.

        None if it is not there to be asked.
        """
        if self.client is None or self.host is None:
            return None
        if any(known.text == address.text for known in self.addresses):
            return Reply("250")
        reply: Reply | None = None
        first = self.addresses[0]
        same = host is not None and (host.address, host.port) == (self.host.address, self.host.port)
        if same and address.transport is first.transport:
            reply = self.client.recipient(address.text)
            if reply.code == "2":
                self.addresses.append(address)
                return reply
        self.cancel()
        return reply

    def begin_text(self) -> bool:
        """Announce the text: true if the host wants it."""
        return self.client is not None and self.client.command("DATA").code == "3"

    def shut_down(self, ctx: Context) -> None:
        """Close the connection because this is only a test, which is told."""
        client, self.client = self.client, None
        if client is not None:
            client.finish(waits=True, is_late=True)
            ctx.debug("----------- cutthrough shutdown (host-checking mode) ------------")

    def cancel(self, *, is_lost: bool = False) -> None:
        """Close the connection. From one that ``is_lost`` no reply has come."""
        client, self.client = self.client, None
        if client is not None:
            self.was_cancelled = True
            tells = client.line.sent.facts is not None  # of one under TLS the log is told that it is lost
            client.finish(waits=is_lost and tells, says_quit=tells or not is_lost)


def _can_be_used(address: Address) -> bool:
    """True unless the transport changes the text of the message as a whole."""
    transport = address.transport
    if transport is None or transport["protocol"] == "lmtp":
        return False
    names = ("transport_filter", "dkim_domain")
    return not any(transport[name] for name in names)
