"""Expanding options and matching lists while a configuration is still being loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, Fatal, ForcedFail
from drivers.api.text import is_plain
from grammar.record import State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from drivers.api.limits import Limits
    from drivers.api.outside import World
    from expander.config.model import Config
    from expander.config.reporting import Reporter


class EarlyExpander(State):
    """Expands with what has been read of a configuration so far; plain text needs no machinery."""

    config: Config
    world: World
    limits: Limits | None
    report: Reporter

    def expand(self, text: str) -> str:
        """The value of a text; the text itself where Exim ends over it. Raises ``ExpansionError``."""
        if is_plain(text):
            return text
        from expander.api import Expander

        try:
            return Expander(config=self.config, world=self.world, limits=self.limits).expand(text)
        except Fatal as error:
            settings = self.config.options.settings.values()
            self.report.bare(error.message, next((one.span for one in settings if one.text == text), None))
            return text

    def match_domain(self, domain: str, text: str) -> None:
        """Go through a list of domains until one matches; what cannot be expanded is logged.

        Raises ``Fatal`` or ``Failed`` where Exim ends.
        """
        from expander.api import Expander
        from expander.lists.match import match_list

        try:
            expanded = self.expand(text)
        except ForcedFail:
            return
        except ExpansionError as problem:
            message = f'failed to expand "{text}" while checking a list: {problem.message}'
            self.report.note(message, "MAIN PANIC")
            return
        context = Expander(config=self.config, world=self.world, limits=self.limits).context
        match_list(context, "domain", domain, expanded)

    def kept(self, names: Iterable[str], keep: str) -> set[str]:
        """Those of the names of environment variables that a list keeps. Raises ``Fatal``."""
        from expander.api import Expander
        from expander.config.environment import kept

        context = Expander(config=self.config, world=self.world, limits=self.limits).context
        return kept(context, names, keep)
