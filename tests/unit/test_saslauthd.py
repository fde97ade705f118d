"""The condition saslauthd and the answers of its daemon."""

from __future__ import annotations

import pytest

from drivers.api.errors import Failed
from expander.api import Expander
from expander.config.profile import PROFILES
from expander.world.memory import MemoryWorld

PLACE = "/var/run/saslauthd/mux"


def ask(text: str, answer: bytes) -> tuple[str, list[bytes]]:
    asked: list[bytes] = []

    def daemon(request: bytes) -> bytes:
        asked.append(request)
        return answer

    world = MemoryWorld(servers={PLACE: daemon})
    return Expander(profile=PROFILES["debian-12"], world=world).expand(text), asked


@pytest.mark.parametrize(
    ("answer", "found"),
    [(b"\0\2OK", "y"), (b"\0\6OK yes", "y"), (b"\0\5OK", "y"), (b"\0\2NO", "n"), (b"\0\6NO bad", "n")],
)
def test_the_daemon_says_yes_or_no(answer: bytes, found: str) -> None:
    text, asked = ask("${if saslauthd{{joe}{secret}}{y}{n}}", answer)
    assert text == found
    assert asked == [b"\0\3joe\0\6secret\0\0\0\0"]


def test_service_and_realm_are_told() -> None:
    assert ask("${if saslauthd{{j}{s}{smtp}{r}}{y}{n}}", b"\0\2OK")[1] == [b"\0\1j\0\1s\0\4smtp\0\1r"]


@pytest.mark.parametrize(("answer", "message"), [(b"\0\2XX", "XX"), (b"\0\1O", "(null)"), (b"", "(null)")])
def test_another_answer_fails(answer: bytes, message: str) -> None:
    with pytest.raises(Failed) as caught:
        ask("${if saslauthd{{j}{s}}{y}{n}}", answer)
    assert caught.value.message == message


def test_a_daemon_that_is_not_there() -> None:
    with pytest.raises(
        Failed, match="cannot connect to saslauthd daemon at /var/run/saslauthd/mux: No such file"
    ):
        Expander(profile=PROFILES["debian-12"], world=MemoryWorld()).expand("${if saslauthd{{j}{s}}{y}{n}}")
