"""The addresses that routing ended with, as ``-bt`` shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.routers.finishing import is_local

if TYPE_CHECKING:
    from collections.abc import Callable

    from drivers.api.routing import Address, Transport
    from expander.routing.verify import Verification

_UNKNOWN = "unknown"


class Shown:
    """Shows results; addresses that have been shown before are marked as duplicates.

    With ``harness`` hosts that DNSSEC vouches for are marked, as an Exim does that was built for its tests.
    """

    def __init__(self, say: Callable[[str], None], *, harness: bool = False) -> None:
        self._say = say
        self._known: set[str] = set()
        self._harness = harness

    def show(self, verification: Verification) -> None:
        """Show the results of a verification that was to show all, the last local address first."""
        queues = verification.queues
        if not verification.text:
            return
        if verification.all_is_well and not queues.local and not queues.remote:
            self._say(f"mail to {verification.text} is discarded\n")
        for address in (*reversed(queues.local), *reversed(queues.remote)):
            self._say(self._address(address))

    def _address(self, address: Address) -> str:
        lines = [str(address.text)]
        if address.unique in self._known:
            lines[0] += "   [duplicate, would not be delivered]"
        self._known.add(address.unique)
        lines += [f"    <-- {parent.text}" for parent in address.ancestors()]
        router = address.router.name if address.router is not None else ""
        transport = address.transport
        lines.append(f"  router = {router}, transport = {transport.name if transport else 'unset'}")
        if transport is not None and address.hosts and not _overrides(transport):
            lines += self._hosts(address, transport)
        return "".join(f"{line}\n" for line in lines)

    def _hosts(self, address: Address, transport: Transport) -> list[str]:
        width = max(len(host.name) for host in address.hosts)
        room = max(len(host.address or _UNKNOWN) for host in address.hosts)
        lines = []
        for host in address.hosts:
            line = f"  host {host.name.ljust(width)} "
            if host.address or not is_local(transport):
                line += f"[{host.address or _UNKNOWN}]".ljust(room + 2)
            else:
                line += f" {'':{room}} "
            if host.preference is not None:
                line += f" MX={host.preference}"
            if host.port is not None:
                line += f" port={host.port}"
            if self._harness and host.secure:
                line += " AD"
            if host.why:
                line += " ** unusable **"
            lines.append(line)
        return lines


def _overrides(transport: Transport) -> bool:
    return transport.driver == "smtp" and bool(transport["hosts_override"]) and bool(transport["hosts"])
