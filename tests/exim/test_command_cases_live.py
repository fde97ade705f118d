"""The installed Exim gives the answers of the case files of commands."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from commandcase import Command, all_commands
from loading.runner import ask_exim


@pytest.fixture
def open_path() -> Iterator[Path]:
    """A directory that the user whom Exim runs as can reach."""
    with TemporaryDirectory() as path:
        Path(path).chmod(0o777)
        yield Path(path)


@pytest.mark.exim
@pytest.mark.skipif(os.geteuid() != 0, reason="only root may name a configuration and stay root")
@pytest.mark.parametrize("command", all_commands(), ids=lambda command: command.id)
def test_the_real_exim_says_the_same(command: Command, open_path: Path) -> None:
    assert command.asked(ask_exim, open_path) == command.answer
