"""The lookup of users that only the virtual host has."""

from __future__ import annotations

from expander.api import Expander
from expander.config.profile import PROFILES
from expander.world.real import RealWorld
from expander.world.virtual_host import from_environment


def test_a_user_of_the_virtual_host() -> None:
    host = from_environment({"EXIMULATE_CALLER": "joe:1234:55:Joe Doe:/home/joe:staff"})
    expander = Expander(profile=PROFILES["debian-12"], world=RealWorld(host))
    assert expander.expand("${lookup passwd{joe}}").startswith("*:1234:55:Joe Doe:/home/joe:")
    assert expander.expand("[${lookup passwd{1234}}]") == "[]"
