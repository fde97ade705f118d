"""What each word of ``log_selector`` changes in the logs, it changes in the same way for Exim."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable

import pytest
from delivered import plain
from installed import Installed, possible, root

from selector_effects import CONFIG, SELECTORS, Logged

pytestmark = [
    pytest.mark.exim,
    pytest.mark.skipif(not possible(), reason="no Exim can be run as an installation"),
]

_DIFFERS = [
    (re.compile(r"\[\d+\]"), "[PID]"),
    (re.compile(r"\bpid=\d+"), "pid=N"),
    (re.compile(r"\b(DT|QT|RT|D)=\d+(\.\d+)?s"), r"\1=TIME\2"),
    (re.compile(r"(?<=TIME)\.\d+"), ".N"),
    (re.compile(r"DATE\.\d{3}"), "DATE.N"),
    (re.compile(r"\d+ args: \S+ (-C \S+ )?"), "N args: exim "),
]
"""What is another one at each run, and what stands for it."""

OF_CHILDREN = re.compile(r".*cwd=.* args: exim .*-Mc\b.*\n")
"""What Exim logs of programs that it starts for itself."""


def logs(system: Installed, run: Callable[..., subprocess.CompletedProcess[bytes]], logged: Logged) -> str:
    """Main and reject log after all calls."""
    system.clear()
    for words, data in logged.calls:
        run(*words, data=data.encode())
    text = ""
    for which in ("main", "reject"):
        path = system.directory / f"log/{which}log"
        text += f"{which}:\n" + (plain(path.read_bytes()).decode("latin-1") if path.exists() else "")
    for pattern, stand_in in _DIFFERS:
        text = pattern.sub(stand_in, text)
    return OF_CHILDREN.sub("", text)


@pytest.mark.parametrize("name", SELECTORS)
def test_exim_logs_the_same_for_a_word(name: str) -> None:
    logged = SELECTORS[name]
    outcomes = []
    for setting in (f"log_selector = {logged.sign}{name}\n", ""):
        with root(CONFIG.replace("@MORE@", setting + logged.more)) as system:
            real = logs(system, system.exim, logged)
            assert logs(system, system.ours, logged) == real
        outcomes.append(real)
    assert outcomes[0] != outcomes[1]
