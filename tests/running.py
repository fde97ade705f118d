"""Running an expansion with eximulate itself, in the state that a case wants."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from casefile import Outcome, Setup
from drivers.api.errors import Deferred, ExpansionError, ForcedFail
from expander.api import Expander
from expander.config.profile import chosen
from real_exim import prepare

if TYPE_CHECKING:
    from expander.expand.mode import Mode


class FixedClock:
    """A clock that stands still; sleeping moves it on."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def now(self) -> float:
        """The time that was set."""
        return self.seconds

    def sleep(self, seconds: float) -> None:
        """Move on."""
        self.seconds += seconds


def outcome_of(expander: Expander, text: str) -> Outcome:
    """What a text comes to. Anything outside `ExpansionError` is a fault and goes through."""
    try:
        return Outcome("->", str(expander.expand(text)))
    except ForcedFail as error:
        return Outcome("fail", error.message, error.span and error.span.text)
    except Deferred as error:
        return Outcome("defer", error.message, error.span and error.span.text)
    except ExpansionError as error:
        return Outcome("!!", error.message, error.span and error.span.text)
