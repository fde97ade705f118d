"""The item readsocket against servers of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from conversations import TALKS
from drivers.api.errors import ExpansionError, Failed, Refused
from drivers.api.text import Tainted
from expander.api import Expander
from expander.config.profile import PROFILES
from expander.world.real import RealWorld
from expander.world.sandbox import SandboxWorld
from peer import Places


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Places]:
    with ExitStack() as stack:
        yield Places(tmp_path, stack)


def expander(profile: str = "debian-12", *allowed: str) -> Expander:
    made = Expander(profile=PROFILES[profile], world=SandboxWorld(RealWorld(), allowed))
    made.context.facts["sender_address"] = Tainted("joe@example.test")
    return made


@pytest.mark.parametrize("name", TALKS)
def test_a_talk(places: Places, name: str) -> None:
    made = expander("debian-12", "net")
    for text, expected in TALKS[name]:
        try:
            found = made.expand(places.filled(text))
        except ExpansionError as error:
            found = f"Failed: {error.message}"
        assert (text, found) == (text, places.filled(expected))


def test_later_releases_say_who_is_asked_for(places: Places) -> None:
    made = expander("4.99", "net")
    text = r"${readsocket{inet:127.0.0.1:@TLS@}{hi\n}{3s:tls=yes:sni=a.example}}"
    assert made.expand(places.filled(text)) == "b'hi\\n' open a.example 1\n"


def test_no_tls_on_the_other_side(places: Places) -> None:
    with pytest.raises(Failed, match="TLS connect failed: "):
        expander("debian-12", "net").expand(
            places.filled("${readsocket{inet:127.0.0.1:@PORT@}{hi}{3s:tls=yes}}")
        )


def test_the_sandbox_refuses_even_where_there_is_a_fail_string(places: Places) -> None:
    with pytest.raises(Refused, match=r"connecting to .* refused") as caught:
        expander().expand(places.filled("${readsocket{@UNIX@}{hi}{3s}{}{no}}"))
    assert caught.value.notes == ["--allow=net permits it"]
    assert places.unix.served == 0


def test_a_skipped_talk_is_not_held(places: Places) -> None:
    made = expander("debian-12", "net")
    assert made.expand(places.filled("${if eq{a}{b}{${readsocket{@UNIX@}{hi}}}{k}}")) == "k"
    assert places.unix.served == 0
