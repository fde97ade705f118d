"""The guide's examples in Python that make their own world: they run as they stand."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
GUIDE = ROOT / "docs" / "guide.md"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
BLOCKS = [block for block in BLOCK.findall(GUIDE.read_text(encoding="utf-8")) if "exim_session" in block]
WORLDS = [block for block in BLOCK.findall(GUIDE.read_text(encoding="utf-8")) if "VirtualWorld()" in block]
pytest_plugins = ["pytester"]


@pytest.mark.parametrize("block", WORLDS)
def test_an_example_with_a_world_runs(block: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(block, "guide", "exec"), {})
    assert "x@far.example" in capsys.readouterr().out


def test_the_examples_of_the_page_about_python_give_what_stands_there() -> None:
    """The blocks of the page share their names, as one who types them in would have it."""
    page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    typed = "\n".join(re.findall(r"^```pycon\n(.*?)^```$", page, re.DOTALL | re.MULTILINE))
    test = doctest.DocTestParser().get_doctest(typed, {}, "python.md", "docs/python.md", 0)
    told: list[str] = []
    found = doctest.DocTestRunner(verbose=False).run(test, out=told.append)
    assert found.attempted > 20
    assert found.failed == 0, "".join(told)


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
