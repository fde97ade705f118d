"""The commands of the case files give the answers that stand there."""

from __future__ import annotations

from pathlib import Path

import pytest

from commandcase import Command, all_commands
from loading.runner import ask_eximulate

COMMANDS = all_commands()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_a_command_gives_the_recorded_answer(command: Command, tmp_path: Path) -> None:
    assert command.asked(ask_eximulate, tmp_path) == command.answer


def test_commands_are_different() -> None:
    assert len({command.id for command in COMMANDS}) == len(COMMANDS) > 100
