"""The guide: every command in it is run, and prints what the guide says.

``python tests/guide_tool.py`` writes what they print into the guide.
"""

from __future__ import annotations

from pathlib import Path

from guide_tool import commands, runner, without_times


def test_the_guide_shows_what_the_commands_print(tmp_path: Path) -> None:
    run = runner(tmp_path)
    for command, expected in commands():
        assert without_times(run(command, expected)) == without_times(expected), command
