"""The item run: taint, time, what a command is given, and what it leaves behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.api.errors import Failed
from drivers.api.text import Tainted, is_tainted
from drivers.items import process
from expander.api import Expander
from expander.config.environment import with_zone
from expander.config.profile import PROFILES
from expander.world.memory import MemoryWorld
from expander.world.real import RealWorld


@pytest.fixture
def made() -> Expander:
    expander = Expander(profile=PROFILES["debian-12"], world=RealWorld())
    expander.context.facts["sender_address"] = Tainted("joe")
    return expander


@pytest.mark.parametrize(
    ("text", "logged"),
    [
        ("${run{/bin/$sender_address}{y}{n}}", "/bin/joe"),
        ("${run,preexpand{/bin/echo $sender_address}}", "/bin/echo"),
        ("${if eq{a}{a}{${run{$sender_address x}{y}{n}}}}", "joe"),
    ],
)
def test_tainted_commands_are_not_run(made: Expander, text: str, logged: str) -> None:
    lines: list[str] = []
    made.context.log_with = lambda line, _panic: lines.append(line)
    with pytest.raises(Failed, match="couldn't create child process: Operation not permitted"):
        made.expand(text)
    assert lines == [f"Attempt to exec tainted path: '{logged}'"]


def test_the_output_of_a_tainted_argument_is_not_tainted(made: Expander) -> None:
    found = made.expand("${run{/bin/echo -n $sender_address}}")
    assert found == "joe"
    assert not is_tainted(found)


def test_a_command_that_takes_too_long(made: Expander, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "TIME_LIMIT", 0.2)
    with pytest.raises(Failed, match=r"^command timed out$"):
        made.expand("${run{/bin/sh -c 'sleep 5 & sleep 5'}{y}{n}}")


def test_a_signal_is_told_and_stays_as_the_status(made: Expander) -> None:
    with pytest.raises(Failed, match=r"^command killed by signal 15$"):
        made.expand("${run{/bin/sh -c 'echo x; kill \\$\\$'}{y}{n}}")
    assert made.expand("$runrc <$value>") == "-15 <x\n>"


def test_a_command_sees_the_environment_of_the_world(made: Expander) -> None:
    made.context.world.environment.clear()
    made.context.world.environment.update(A="1", B="\xe9")
    assert made.expand("${run{/usr/bin/env}}") == "A=1\nB=\xe9\n"


def test_files_of_a_command_are_for_their_owner(made: Expander, tmp_path: Path) -> None:
    made.expand(f"${{run{{/bin/touch {tmp_path}/file}}}}")
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600


def test_nothing_runs_where_the_options_are_wrong() -> None:
    ran: list[object] = []
    world = MemoryWorld(programs={"/bin/x": lambda argv, _data: ran.append(argv) or b""})
    expander = Expander(profile=PROFILES["debian-12"], world=world)
    with pytest.raises(Failed, match=r"^bad option 'x' for run$"):
        expander.expand("${run,x{${run{/bin/x}}}}")
    assert not ran


@pytest.mark.parametrize(
    ("given", "zone", "left"),
    [
        ({"TZ": "A"}, "", {}),
        ({"TZ": "A"}, "UTC", {"TZ": "A"}),
        ({}, "UTC", {}),
        ({"X": "1"}, "Europe/Paris", {"X": "1", "TZ": "Europe/Paris"}),
    ],
)
def test_the_zone_is_told_to_commands(given: dict[str, str], zone: str, left: dict[str, str]) -> None:
    assert with_zone(given, zone) == left
