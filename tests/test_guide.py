"""The pages with commands: every one of these is run, and prints what the page says.

``python tests/guide_tool.py`` writes what they print into the pages.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from guide_tool import PAGES, commands, is_possible, runner, without_times


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_pages_show_what_the_commands_print(page: Path, tmp_path: Path) -> None:
    if not is_possible(page):
        pytest.skip("Debian 12's package exim4-config is not installed")
    run = runner(tmp_path)
    for command, expected in commands(page):
        assert without_times(run(command, expected)) == without_times(expected), command
