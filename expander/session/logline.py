"""The client as log lines show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import Tainted
from drivers.values.peer import Peer, client_of

if TYPE_CHECKING:
    from expander.session.machine import Session


def set_client(session: Session) -> None:
    """Work out ``$sender_fullhost`` and ``$sender_rcvhost`` from what is known of the client."""
    facts = session.ctx.facts
    peer = Peer(
        facts.get("sender_host_address", ""),
        facts.get("sender_host_name", ""),
        facts.get("sender_helo_name"),
        facts.get("sender_ident", ""),
    )
    facts.update(sender_fullhost=Tainted(peer.full_host), sender_rcvhost=Tainted(peer.received_host))


def client(session: Session, *, labelled: bool = False) -> str:
    """The client, with its ident where that is known; ``labelled`` with ``H=`` before it."""
    return f"{'H=' if labelled else ''}{client_of(session.ctx.facts)}"
