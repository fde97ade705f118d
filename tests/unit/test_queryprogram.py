"""The queryprogram router and text from outside."""

from __future__ import annotations

import pytest

from expander.configuration import load
from expander.world.account import Finished
from expander.world.memory import MemoryWorld

CONFIG = b"""\
qualify_domain = example.com
begin routers
ask:
  driver = queryprogram
  command = /usr/bin/ask $local_part
  command_user = nobody
"""


@pytest.mark.parametrize(
    ("release", "words"),
    [
        ("debian-12", "Tainted arg 1 for queryprogram router command: 'someone'"),
        ("4.97", "unknown here"),
        ("4.99", "unknown here"),
    ],
)
def test_words_of_the_command_may_come_from_outside_in_later_releases(release: str, words: str) -> None:
    world = MemoryWorld(programs={"/usr/bin/ask": lambda *_: Finished(0, b"FAIL unknown here\n")})
    config = load(CONFIG, world=world, profile=release)
    assert config.route("someone@example.com").message == words
