"""The client as log lines show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import Tainted, lower

if TYPE_CHECKING:
    from expander.session.machine import Session


def set_client(session: Session) -> None:
    """Work out ``$sender_fullhost`` and ``$sender_rcvhost`` from what is known of the client."""
    facts = session.ctx.facts
    address, name = facts.get("sender_host_address", ""), facts.get("sender_host_name", "")
    helo, ident = facts.get("sender_helo_name"), facts.get("sender_ident", "")
    shown = helo
    if helo and helo.startswith("[") and helo.endswith("]") and helo[1:-1].removeprefix("IPv6:") == address:
        shown = None
    if name and helo and lower(helo) == lower(name):
        helo = shown = None
    facts["sender_fullhost"] = Tainted(
        f"{f'{name} ' if name else ''}{'' if helo is None else f'({helo}) '}[{address}]"
    )
    more = [f"[{address}]"] if name else []
    more += [] if shown is None else [f"helo={shown}"]
    more += [f"ident={ident}"] if ident else []
    known = "\n\t".join((" ".join(more[:2]), more[2])) if len(more) > 2 else " ".join(more)
    first = name or f"[{address}]"
    facts["sender_rcvhost"] = Tainted(f"{first} ({known})" if known else first)


def client(session: Session, *, labelled: bool = False) -> str:
    """The client, with its ident where that is known; ``labelled`` with ``H=`` before it."""
    facts = session.ctx.facts
    ident = facts.get("sender_ident", "")
    return f"{'H=' if labelled else ''}{facts.get('sender_fullhost', '')}{f' U={ident}' if ident else ''}"
