"""One address at one router: what the router's driver is given to work with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.routing import Address, FilterResult, Inherited
from drivers.values import interfaces

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.api.outside import Account
    from drivers.api.protocols import Context
    from drivers.api.routing import Options, Router, Transport
    from drivers.values import ip
    from expander.routing.engine import Engine
    from expander.routing.queues import Queues

CHILD_FAILED = "what a failed child does"
"""Under this name the state has what is called when a process that Exim would have started fails."""


class Working:
    """The work of a router on an address; see `drivers.api.routing.Work` for the attributes."""

    def __init__(
        self, engine: Engine, router: Router, address: Address, queues: Queues, user: Account | None
    ) -> None:
        self.ctx: Context = engine.ctx
        self.router = router
        self.address = address
        self.purpose = engine.purpose
        self.is_test = engine.is_test
        self.user = user
        self._context = engine.ctx  # the same, with all that is not for drivers
        self._queues = queues
        self._verify = engine.verify
        self._transports = engine.transports

    def transport(self, name: str) -> Transport | None:
        """The transport of that name."""
        for found in self._transports:
            if found.name == name:
                return found
        return None

    def transports(self) -> Sequence[Transport]:
        """All transports, in the order of the configuration."""
        return self._transports

    def verified(self, address: str) -> str | None:
        """An address for errors, completed, if it can be verified as a recipient; None if not."""
        return self._verify(Address(address, inherited=Inherited()))

    def own_addresses(self) -> set[ip.Address]:
        """The addresses of this host."""
        state = self.ctx.state
        found: set[ip.Address] | None = state.get("own addresses")
        if found is None:
            found = state["own addresses"] = interfaces.addresses(self.ctx)
        return found

    def rewritten(self, address: str, *, by_rules: bool) -> str:
        """An address of a recipient with its domain, after the rewriting rules if they are wanted."""
        from expander.routing import rewriting

        return rewriting.completed(self._context, address, is_recipient=True, by_rules=by_rules)

    def child_failed(self) -> None:
        """Tell that the process ended which Exim would have started for this router."""
        tell = self.ctx.state.get(CHILD_FAILED)
        if tell is not None:
            tell()

    def rewrite_domain(self, old: str, new: str) -> None:
        """Put a domain in the place of another one in the header lines of the message."""
        from expander.rewriting.section import with_domain

        headers = self._context.headers
        lines = with_domain(self._context, headers, old, new) if isinstance(headers, list) else None
        if lines is not None and isinstance(headers, list):
            headers[:] = lines  # they are those of the message itself

    def take(self) -> None:
        """Put the address in the queue of its transport."""
        self._queues.take(self.address)

    def go_on_with(self, address: Address) -> None:
        """Route another address before all others that wait."""
        self._queues.waiting.append(address)

    def run_filter(self, text: str, kind: str, rights: Options) -> FilterResult:
        """Run a filter ("exim" or "sieve"). Raises `Unsupported` where there is no interpreter."""
        from expander.routing import filter_file

        return filter_file.run(self, text, kind, rights)
