"""The connection of a callout as the smtp transport's work on connections sees it: TLS, events, AUTH."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.authentication import FAULTY, NOT_ADVERTISED, REFUSED, mechanisms
from drivers.api.errors import Unsupported
from drivers.api.remote import AUTHENTICATION_FAILED, Sent
from drivers.api.text import printing
from drivers.transports.smtp_trouble import Trouble
from expander import events

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from drivers.api.routing import Host, Router
    from drivers.values.smtp_client import Conversation
    from expander.expand.context import Context


class CalloutLine:
    """A connection of a callout. See `drivers.transports.smtp_line` for its attributes.

    ``matches`` says whether an option, a list of hosts, has the host.
    """

    wire: Conversation

    def __init__(
        self, ctx: Context, transport: Router, host: Host, port: int, matches: Callable[[str], bool]
    ) -> None:
        self.ctx = ctx
        self.transport = transport
        self.host = host
        self.port = port
        self.sent = Sent(host, port)
        self.dane: Sequence[tuple[str, ...]] | None = None
        self.at_once = transport["protocol"] == "smtps"
        self.is_fresh = False
        self.own_name = ""
        self._matches = matches

    @property
    def job(self) -> CalloutLine:
        """Whose options count: those of the transport, as for the callout as a whole."""
        return self

    def lists(self, option: str) -> bool:
        """True if a host list of the transport has the host."""
        return option in self.transport.options and self._matches(option)

    def event(self, name: str, data: str = "") -> str:
        """Raise an event: what the configuration answers, "" for nothing."""
        return events.raised(self.ctx, str(self.transport["event_action"] or ""), name, data)

    def connected(self, wire: Conversation) -> None:
        """Go on over a link."""
        self.wire = wire
        self.sent.own_address, self.sent.own_port = wire.link.own_address()

    def secure(self) -> None:
        """Go on under TLS. Raises `Trouble`, and `Unsupported` for options that are not imitated."""
        from drivers.transports import smtp_hosts, smtp_tls

        words = smtp_hosts.unsupported(self.transport)
        if words:
            raise Unsupported(words)
        self.wire.forget()
        smtp_tls.secure(self)
        self.is_fresh = True

    def authenticate(self, hello: str, converse: Callable[[str], str], *, is_required: bool) -> None:
        """Authenticate this host by what the other one offers in its reply to EHLO. Raises `Trouble`."""
        from expander.delivery.authentication import authenticating

        problem, offered = NOT_ADVERTISED, mechanisms(hello)
        if offered:
            assert self.ctx.config is not None, "a transport is of a configuration"
            begin = authenticating(self.ctx.config, self.ctx, self.event)
            done = begin(self.host.name, self.host.address, offered, converse)
            if done.outcome == REFUSED:
                words = f"SMTP error from remote mail server after {self.wire.sent}: {printing(done.words)}"
                raise Trouble(words, text=done.words, quits=True)
            if done.outcome == FAULTY:
                raise Trouble(done.words, AUTHENTICATION_FAILED, quits=True)
            problem = done.words
            if done.authenticator:
                self.sent.authenticator, self.sent.identity = done.authenticator, done.identity
                return
        if is_required:
            words = f"authentication required but {problem}"
            raise Trouble(words, AUTHENTICATION_FAILED, quits=True)
