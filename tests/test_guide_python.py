"""The guide's examples in Python that make their own world: they run as they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from guide_tool import GUIDE

BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
BLOCKS = [block for block in BLOCK.findall(GUIDE.read_text(encoding="utf-8")) if "exim_session" in block]
WORLDS = [block for block in BLOCK.findall(GUIDE.read_text(encoding="utf-8")) if "VirtualWorld()" in block]
pytest_plugins = ["pytester"]
ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("block", WORLDS)
def test_an_example_with_a_world_runs(block: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(block, "guide", "exec"), {})
    assert "x@far.example" in capsys.readouterr().out


def test_there_are_examples() -> None:
    assert (len(WORLDS), len(BLOCKS)) == (1, 1)


def test_the_example_for_pytest_passes(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    sample = ROOT / "samples" / "small-site" / "exim.conf"
    (pytester.path / "pytest.ini").write_text(f"[pytest]\nexim_config = {sample}\nexim_profile = debian-12\n")
    given = "import pytest\n\n@pytest.fixture\ndef exim_world(exim_world):\n"
    (pytester.path / "conftest.py").write_text(f'{given}    return exim_world.user("mail", uid=8)\n')
    pytester.makepyfile(*BLOCKS)
    pytester.runpytest_subprocess("-p", "expander.testing.plugin").assert_outcomes(passed=1)
