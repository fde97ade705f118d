"""Every word of ACLs changes what a client is told or what is logged, or a list says why none shows."""

from __future__ import annotations

import pytest

from drivers.api.registry import names
from expander.acl.verify_words import KEYWORDS
from expander.api import Expander
from expander.config.load import load
from expander.config.profile import PROFILES
from expander.session.machine import Session
from expander.world.memory import MemoryWorld
from word_effects import EFFECTS, ELSEWHERE, Effect

MAIN = "tls_advertise_hosts =\ntimezone = UTC\nkeep_environment =\nspool_directory = /spool\n"


def session(effect: Effect, *, with_word: bool) -> tuple[str, list[str], float]:
    """The replies, the log, and how long it took."""
    text = MAIN + effect.config(with_word=with_word)
    world = MemoryWorld(files={"/x": text.encode()}, zones={"example.test": "", "test": ""})
    config = load("/x", profile=PROFILES[effect.profile], world=world)
    logged: list[str] = []
    context = Expander(config=config, world=world).context
    context.log_with = lambda line, _panic: logged.append(line)
    context.facts["sender_host_address"] = "192.0.2.9"
    said: list[str] = []
    began = world.clock.now()
    machine = Session(context, said.append)
    machine.start()
    for line in ("EHLO client.test", *effect.lines, "QUIT"):
        data = f"{line}\r\n".encode("latin-1")
        if machine.wants == "command":
            machine.command(data)
        else:
            machine.data(data)
    return "".join(said), logged, world.clock.now() - began


@pytest.mark.parametrize("effect", EFFECTS.values(), ids=EFFECTS)
def test_a_word_makes_a_difference(effect: Effect) -> None:
    assert session(effect, with_word=True) != session(effect, with_word=False)


def test_every_word_has_an_effect_or_a_reason() -> None:
    words = {
        f"{family} {name}"
        for family in ("acl-condition", "acl-modifier", "acl-control")
        for name in names(family)
    }
    words |= {f"verify {name}" for name in KEYWORDS}
    assert words == EFFECTS.keys() | ELSEWHERE.keys()
    assert not EFFECTS.keys() & ELSEWHERE.keys()
