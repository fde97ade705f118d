"""How the calling host is described in log lines and in ``Received:``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import Tainted, is_tainted, logged, lower, printing
from drivers.values import ip
from drivers.values.log_selector import selects
from grammar.record import Record

if TYPE_CHECKING:
    from drivers.api.protocols import Context


BLANK = r"\040"
NO_SOCKET = "sender_host_notsocket"
"""The fact that a session is held over standard input, whatever host the caller tells."""


class Peer(Record):
    """What is known of the calling host; empty texts stand for what is not known.

    ``name`` is the verified host name, ``helo`` the argument of HELO or EHLO, None without one. ``port`` is
    the port to be shown: None unless the log selector ``incoming_port`` asks for it.
    """

    address: str
    name: str = ""
    helo: str | None = None
    ident: str = ""
    port: int | None = None

    @property
    def _place(self) -> str:
        return f"[{self.address}]" + (f":{self.port}" if self.port else "")

    @property
    def _telling_helo(self) -> str | None:
        """The HELO name, None where it says what name or address say already."""
        if not self.helo:
            return self.helo
        said = lower(self.helo)
        own = lower(self.address)
        return None if said in {lower(self.name), f"[{own}]"} or self._is_own_literal(said) else self.helo

    def _is_own_literal(self, said: str) -> bool:
        """True for the address in brackets, however it is written."""
        if not (said.startswith("[") and said.endswith("]")):
            return False
        address = ip.parse(said[1:-1].removeprefix("ipv6:").removeprefix("ipv4:"))
        return address is not None and address == ip.parse(self.address)

    @property
    def full_host(self) -> str:
        """The value of ``$sender_fullhost``."""
        if not self.address:
            return ""
        # Without a name the HELO name is shown even where it is the address in brackets.
        helo = self._telling_helo if self.name else self.helo
        named = f"{self.name} " if self.name else ""
        return f"{named}{self._place}" if helo is None else f"{named}({helo}) {self._place}"

    @property
    def received_host(self) -> str:
        """The value of ``$sender_rcvhost``."""
        if not self.address:
            return ""
        helo = self._telling_helo
        said = [] if helo is None else [f"helo={helo}"]
        if self.ident:
            said.append(f"ident={self.ident}")
        if self.name:
            gap = "\n\t" if len(said) > 1 else " "
            return f"{self.name}{gap}({' '.join([self._place, *said])})"
        if self.port:
            said.insert(0, f"port={self.port}")
        return f"[{self.address}]" + (f" ({' '.join(said)})" if said else "")


def describe(ctx: Context) -> None:
    """Work out ``$sender_fullhost`` and ``$sender_rcvhost`` from what is known of the client."""
    facts = ctx.facts
    port = facts.get("sender_host_port", "")
    peer = Peer(
        facts.get("sender_host_address", ""),
        facts.get("sender_host_name", ""),
        facts.get("sender_helo_name"),
        facts.get("sender_ident", ""),
        int(port) if port and selects(ctx, "incoming_port") else None,
    )
    facts.update(sender_fullhost=Tainted(peer.full_host), sender_rcvhost=Tainted(peer.received_host))


def connection_of(ctx: Context) -> str:
    """Who is at the other end, as the log names connections: the host; without a socket, the user."""
    facts = ctx.facts
    return str(facts.get("sender_ident" if facts.get(NO_SOCKET) else "sender_fullhost") or "")


def client_of(ctx: Context) -> str:
    """The client as log lines show it behind their ``H=``.

    That is the host, the interface that it came to where the log selector ``incoming_interface`` asks for
    it, and its ident if that is known.
    """
    facts = ctx.facts
    ident = facts.get("sender_ident", "")
    own = ""
    if facts.get("received_ip_address") and selects(ctx, "incoming_interface"):
        own = f" I=[{facts['received_ip_address']}]:{facts.get('received_port', '')}"
    return f"{facts.get('sender_fullhost', '')}{own}{f' U={ident}' if ident else ''}"


def authenticated_of(ctx: Context) -> str:
    """How the client has authenticated and as whom, as log lines show it; "" where it has not."""
    facts = ctx.facts
    if not facts.get("sender_host_authenticated"):
        return ""
    parts, identity = [f"A={facts['sender_host_authenticated']}"], facts.get("authenticated_id", "")
    if identity or is_tainted(identity):  # one that came to nothing shows as nothing
        parts.append(identity)
        if facts.get("authenticated_sender") and selects(ctx, "smtp_mailauth"):
            parts.append(facts["authenticated_sender"])
    return ":".join(parts)


SUPPORTED, ASKED, OFFERED, ISSUED, RESUMED = 1, 2, 4, 8, 16
"""The bits of ``$tls_in_resumption`` and ``$tls_out_resumption``; see `drivers.variables.tls`."""


def secured_of(ctx: Context) -> list[str]:
    """What log lines show of TLS on the client's connection: one text for each item that is wanted."""
    facts, found = ctx.facts, []
    if facts.get("tls_in_cipher") and selects(ctx, "tls_cipher"):
        resumed = int(facts.get("tls_in_resumption") or 0) & RESUMED and selects(ctx, "tls_resumption")
        found.append(f"X={facts['tls_in_cipher']}{'*' if resumed else ''}")
    if facts.get("tls_in_cipher") and selects(ctx, "tls_certificate_verified"):
        is_verified = facts.get("tls_in_certificate_verified") == "1"
        found.append(f"CV={'yes' if is_verified else 'no'}")
    if facts.get("tls_in_peerdn") and selects(ctx, "tls_peerdn"):
        found.append(f'DN="{logged(facts["tls_in_peerdn"])}"')
    if facts.get("tls_in_sni") and selects(ctx, "tls_sni"):
        found.append(f"SNI={printing(facts['tls_in_sni']).replace(' ', BLANK)}")
    return found
