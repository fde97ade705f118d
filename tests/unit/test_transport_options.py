"""Each option of a local transport has an effect, or is refused by its name."""

from __future__ import annotations

import re
from pathlib import Path

TOP = Path(__file__).parents[2]
PLACES = ("drivers/transports", "drivers/routers", "expander/delivery", "expander/routing", "expander/config")
LOCAL = ("*", "appendfile", "pipe", "autoreply", "queuefile")
BY_OTHERS = {"event_action", "driver", "*expand_maildir_use_size_file"}
"""Names that are read where the names of options are put together, or that nobody can set."""


def names() -> list[str]:
    rows = (TOP / "tests/names/transport-options.txt").read_text().splitlines()
    found = [row.split("\t")[0].partition(".") for row in rows]
    return sorted({name for driver, _, name in found if driver in LOCAL})


def test_no_option_is_without_effect() -> None:
    code = "".join(path.read_text() for place in PLACES for path in (TOP / place).glob("*.py"))
    read = set(re.findall(r'"([a-z_]+)"', code)) | {"message_prefix", "message_suffix"}
    assert [name for name in names() if name not in read | BY_OTHERS] == []
