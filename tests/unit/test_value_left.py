"""What ``$value`` is after an expansion that failed, as a real Exim's next expansion shows it."""

from __future__ import annotations

import pytest

from drivers.api.errors import ExpansionError
from expander.api import Expander
from expander.config.profile import PROFILES
from expander.world.memory import MemoryWorld


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("${env{NO}x}", ""),
        ("${env{NO}{$nosuch}}", ""),
        ("${env{NO}{a}x}", "old"),
        ("${env{NO}{a}{$nosuch}}", "old"),
        ("${env{YES}x}", "set"),
        ("${env{YES}{$nosuch}}", "set"),
        ("${env{YES}{a}{$nosuch}}", "old"),
        ("${env{YES}{a}{b}{c}}", "old"),
        ("${extract{z}{a=1}x}", ""),
        ("${extract{z}{a=1}{$nosuch}}", ""),
        ("${extract{z}{a=1}{a}{$nosuch}}", "old"),
        ("${extract{a}{a=1}x}", "1"),
        ("${extract{a}{a=1}{x}y}", "old"),
        ("${extract{a}{a=1}{x}{$nosuch}}", "old"),
        ("${listextract{9}{a}{$nosuch}{b}}", ""),
    ],
)
def test_the_value_that_is_left(text: str, left: str) -> None:
    world = MemoryWorld(environment={"YES": "set"})
    expander = Expander(profile=PROFILES["debian-12"], world=world)
    expander.context.value = "old"
    with pytest.raises(ExpansionError):
        expander.expand(text)
    assert expander.expand("$value") == left
