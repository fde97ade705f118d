"""How the calling host is described in log lines and in ``Received:``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from drivers.api.text import lower

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Peer:
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
        known = {lower(self.name), f"[{own}]", f"[ipv6:{own}]"}
        return None if said in known else self.helo

    @property
    def full_host(self) -> str:
        """The value of ``$sender_fullhost``."""
        if not self.address:
            return ""
        # Without a name the HELO name is shown even where it is the address in brackets.
        helo = self._telling_helo if self.name else self.helo
        return " ".join(filter(None, (self.name, "" if helo is None else f"({helo})", self._place)))

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


def client_of(facts: Mapping[str, str]) -> str:
    """The client as log lines show it behind their ``H=``: the host, and its ident if that is known."""
    ident = facts.get("sender_ident", "")
    return f"{facts.get('sender_fullhost', '')}{f' U={ident}' if ident else ''}"
