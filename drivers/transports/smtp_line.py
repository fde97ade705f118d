"""A connection to a host as TLS sees it: one of a delivery, or one of a callout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.api.protocols import Context
    from drivers.api.remote import Sent
    from drivers.api.routing import Host, Router
    from drivers.values.smtp_client import Conversation


class Purpose(Protocol):
    """What a connection is for: whose options count for it."""

    @property
    def ctx(self) -> Context:
        """What expansions see."""

    @property
    def transport(self) -> Router:
        """The options."""

    def event(self, name: str, data: str = "") -> str:
        """Raise an event about the connection: what the configuration answers, "" for nothing."""


class Line(Protocol):
    """A connection. ``dane`` are the TLSA records that have to be heeded, None without any.

    ``sent`` collects what is known of the connection. ``at_once`` tells that TLS begins without STARTTLS,
    ``is_fresh`` that nothing was heard under it yet. ``own_name`` is what ``host_name_extract`` makes of the
    host's reply to EHLO.
    """

    host: Host
    port: int
    wire: Conversation
    sent: Sent
    dane: Sequence[tuple[str, ...]] | None
    at_once: bool
    is_fresh: bool
    own_name: str

    @property
    def job(self) -> Purpose:
        """What the connection is for."""

    def lists(self, option: str) -> bool:
        """True if a host list of the transport has the host."""
