"""The conditions saslauthd and pwcheck, and the answers of their daemons."""

from __future__ import annotations

import pytest

from drivers.api.errors import Failed, Refused
from drivers.api.profile import Profile
from expander.api import Expander
from expander.config.profile import PROFILES
from expander.world.memory import MemoryWorld
from expander.world.sandbox import SandboxWorld

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


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (b"\0\2XX", "XX"),
        (b"\0\1O", "(null)"),
        (b"", "(null)"),
        (b"\0", "(null)"),
        (b"\0\5", ""),
        (b"\0\4X\0YZ", "X"),
        (b"\4\0" + b"X" * 1024, "X" * 1024),
        (b"\4\1OK" + b"X" * 1023, "(null)"),
    ],
)
def test_another_answer_fails(answer: bytes, message: str) -> None:
    with pytest.raises(Failed) as caught:
        ask("${if saslauthd{{j}{s}}{y}{n}}", answer)
    assert caught.value.message == message


def test_a_daemon_that_is_not_there() -> None:
    with pytest.raises(
        Failed, match="cannot connect to saslauthd daemon at /var/run/saslauthd/mux: No such file"
    ):
        Expander(profile=PROFILES["debian-12"], world=MemoryWorld()).expand("${if saslauthd{{j}{s}}{y}{n}}")


def test_a_fifth_string_is_too_many() -> None:
    with pytest.raises(Failed, match=r"^Too many arguments for 'saslauthd' \(max is 4\)$"):
        ask("${if saslauthd{{a}{b}{c}{d}{e}}{y}{n}}", b"\0\2OK")


def test_the_sandbox_refuses_connections() -> None:
    made = Expander(
        profile=PROFILES["debian-12"], world=SandboxWorld(MemoryWorld(servers={PLACE: b"\0\2OK"}))
    )
    with pytest.raises(Refused, match=f'connecting to "{PLACE}" refused'):
        made.expand("${if saslauthd{{a}{b}}{y}{n}}")


OLD = Profile("old", "4.96", PROFILES["debian-12"].features | {"pwcheck"}, "4.96")
PWCHECK = "/var/pwcheck/pwcheck"


def check(text: str, answer: bytes) -> tuple[str, list[bytes]]:
    asked: list[bytes] = []

    def daemon(request: bytes) -> bytes:
        asked.append(request)
        return answer

    made = Expander(profile=OLD, world=MemoryWorld(servers={PWCHECK: daemon}))
    return made.expand(f"${{if pwcheck{{{text}}}{{y}}{{n}}}}"), asked


@pytest.mark.parametrize(
    ("text", "answer", "found", "asked"),
    [
        ("joe:secret", b"OK", "y", [b"joe\0secret\0"]),
        ("joe:secret", b"OK really", "y", [b"joe\0secret\0"]),
        ("joe:secret", b"NO", "n", [b"joe\0secret\0"]),
        ("joe:secret", b"O", "n", [b"joe\0secret\0"]),
        ("joe:secret", b"", "n", [b"joe\0secret\0"]),
        ("joe:more:secret", b"OK", "y", [b"joe:more\0secret\0"]),
        ("joe:", b"OK", "y", [b"joe\0\0"]),
        ("joe", b"OK", "n", []),
    ],
)
def test_pwcheck_is_asked(text: str, answer: bytes, found: str, asked: list[bytes]) -> None:
    assert check(text, answer) == (found, asked)


def test_pwcheck_that_is_not_there() -> None:
    with pytest.raises(Failed, match=r"^cannot connect to pwcheck daemon$"):
        Expander(profile=OLD, world=MemoryWorld()).expand("${if pwcheck{a:b}{y}{n}}")
    with pytest.raises(Refused):
        Expander(profile=OLD, world=SandboxWorld(MemoryWorld())).expand("${if pwcheck{a:b}{y}{n}}")


def test_pwcheck_is_of_the_past() -> None:
    with pytest.raises(Failed, match='unknown condition "pwcheck"'):
        Expander(profile=PROFILES["4.99"], world=MemoryWorld()).expand("${if pwcheck{a:b}{y}{n}}")


@pytest.mark.parametrize("error", [ConnectionResetError, BrokenPipeError])
def test_a_daemon_that_hangs_up_says_nothing(error: type[OSError]) -> None:
    def daemon(_request: bytes) -> bytes:
        raise error

    world = MemoryWorld(servers={PLACE: daemon, PWCHECK: daemon})
    with pytest.raises(Failed, match=r"^\(null\)$"):
        Expander(profile=OLD, world=world).expand("${if saslauthd{{a}{b}}{y}{n}}")
    assert Expander(profile=OLD, world=world).expand("${if pwcheck{a:b}{y}{n}}") == "n"
