"""The client as log lines show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.values.log_selector import is_on
from drivers.values.peer import client_of, describe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from expander.session.machine import Session


def set_client(session: Session) -> None:
    """Work out ``$sender_fullhost`` and ``$sender_rcvhost`` from what is known of the client."""
    describe(session.ctx)


def log_refusal(session: Session, text: str, *, with_header: bool = False) -> None:
    """Write a line to the main log and to the reject log, there with the header that is known by then."""
    session.ctx.log(text)
    if session.reject_with is not None:
        session.reject_with(text, with_header)


def client(session: Session, *, labelled: bool = False) -> str:
    """The client, with its ident where that is known; ``labelled`` with ``H=`` before it.

    A client without a host is a user of this machine.
    """
    ctx = session.ctx
    if not ctx.facts.get("sender_host_address"):
        return f"{'U=' if labelled else ''}{ctx.facts.get('sender_ident') or 'UNKNOWN'}"
    return f"{'H=' if labelled else ''}{client_of(ctx)}"


def authenticated(facts: Mapping[str, str], selected: str) -> str:
    """How the client has authenticated: the authenticator, who it is, and the sender that it claims."""
    who = facts.get("authenticated_id", "")
    claimed = facts.get("authenticated_sender", "") if is_on(selected, "smtp_mailauth") else ""
    return ":".join(filter(None, (f"A={facts['sender_host_authenticated']}", who, claimed)))
