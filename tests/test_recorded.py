"""The command line answers as a real Exim was recorded to answer."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from recorded import ANSWER, Entry, read_entries, run

ENTRIES = [
    pytest.param(entry, id=f"{path.stem}:{entry['title']}")
    for path in sorted((Path(__file__).parent / "recorded").glob("*.jsonl"))
    for entry in read_entries(path)
]


@pytest.mark.recorded
@pytest.mark.parametrize("entry", ENTRIES)
def test_the_answer_is_the_recorded_one(entry: Entry) -> None:
    found = run([sys.executable, "-m", "expander"], entry)
    compared = entry.get("compare", ANSWER)
    assert {key: found[key] for key in compared} == {key: entry[key] for key in compared}
