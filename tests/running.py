"""Running an expansion with eximulate itself, in the state that a case wants."""

from __future__ import annotations

from pathlib import Path

from casefile import Outcome, Setup
from drivers.api.errors import Deferred, ExpansionError, ForcedFail
from drivers.api.limits import EXIM
from drivers.api.profile import Profile
from drivers.api.text import Tainted
from expander.api import Expander
from expander.config.load import load
from expander.config.profile import chosen
from expander.expand.mode import TAINT, Mode
from expander.message.headers import read_message
from expander.world.clock import StandingClock
from expander.world.real import RealWorld
from real_exim import prepare


def expander_for(
    setup: Setup, directory: Path, *, mode: Mode = TAINT, profile: Profile | None = None
) -> Expander:
    """An expander in the state that a case wants; its files are written into the directory."""
    world = RealWorld()
    world.environment = dict(setup.environment)
    if setup.clock is not None:
        world.clock = StandingClock(setup.clock)
    profile = profile or chosen(setup.profile)
    config = load(str(prepare(directory, setup)), profile=profile, world=world, macros={})
    expander = Expander(config=config, profile=profile, world=world, mode=mode, limits=EXIM)
    for name, value in setup.variables.items():
        expander.context.facts[name] = Tainted(value.replace("@DIR@", str(directory)))
    if setup.message:
        message = read_message(setup.message.encode("latin-1"))
        expander.context.headers, expander.context.body = message.headers, message.body
        expander.context.facts.update(message.facts)
    return expander


def outcome_of(expander: Expander, text: str) -> Outcome:
    """What a text comes to. Anything outside `ExpansionError` is a fault and goes through."""
    try:
        return Outcome("->", str(expander.expand(text)))
    except ForcedFail as error:
        kind, problem = "fail", error
    except Deferred as error:
        kind, problem = "defer", error
    except ExpansionError as error:
        kind, problem = "!!", error
    return Outcome(kind, problem.message, problem.span.text if problem.span else None)
