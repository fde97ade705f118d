"""The client as log lines show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.values.peer import client_of, describe

if TYPE_CHECKING:
    from expander.session.machine import Session


def set_client(session: Session) -> None:
    """Work out ``$sender_fullhost`` and ``$sender_rcvhost`` from what is known of the client."""
    describe(session.ctx)


def client(session: Session, *, labelled: bool = False) -> str:
    """The client, with its ident where that is known; ``labelled`` with ``H=`` before it."""
    return f"{'H=' if labelled else ''}{client_of(session.ctx)}"
