"""Another domain for an address: it goes on as its own child."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.routing import Address, Inherited
from drivers.api.text import tainted_like

if TYPE_CHECKING:
    from drivers.api.routing import Work


def change_domain(work: Work, domain: str, *, rewrites: bool = False) -> None:
    """Let the address go on with another domain; what it was is the parent.

    ``rewrites`` puts that domain into the header lines of the message as well.
    """
    address = work.address
    if rewrites:
        work.rewrite_domain(address.domain, domain)
    local_part = address.text.rpartition("@")[0]
    text = tainted_like(f"{local_part}@{domain}", address.text, domain)
    kept = Inherited(**{name: getattr(address.inherited, name) for name in Inherited.record_fields})
    work.go_on_with(Address(text, unique=text, parent=address, inherited=kept))
