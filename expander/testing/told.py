"""Configurations that remember what was done with them, so that it can be explained afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from expander.testing.virtual import VirtualConfiguration

if TYPE_CHECKING:
    from expander.configuration import Configuration
    from expander.filters.filtered import Filtered
    from expander.routing.routes import Route
    from expander.routing.verified import VerifiedAddress
    from expander.session.talk import SmtpSession
    from expander.testing.virtual import VirtualWorld


class Explains(Protocol):
    """Something that can say in lines of text how it came about."""

    def explain(self) -> str:
        """The lines."""


class TellingConfiguration(VirtualConfiguration):
    """A configuration in a world; ``told`` keeps its sessions and results in the order they were made in."""

    def __init__(self, loaded: Configuration, world: VirtualWorld, told: list[Explains]) -> None:
        super().__init__(loaded, world)
        self.told = told

    def session(self, *values: Any, **named: Any) -> SmtpSession:
        """A session, as with `Configuration`."""
        made = super().session(*values, **named)
        self.told.append(made)
        return made

    def route(self, *values: Any, **named: Any) -> Route:
        """The way of an address, as with `Configuration`."""
        made = super().route(*values, **named)
        self.told.append(made)
        return made

    def verify(self, *values: Any, **named: Any) -> VerifiedAddress:
        """How an address verifies, as with `Configuration`."""
        made = super().verify(*values, **named)
        self.told.append(made)
        return made

    def filter(self, *values: Any, **named: Any) -> Filtered:
        """What a filter does, as with `Configuration`."""
        made = super().filter(*values, **named)
        self.told.append(made)
        return made
