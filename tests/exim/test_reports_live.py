"""What senders are told, and what is remembered of failures: the installed Exim beside eximulate."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from installed import Installed, possible

from expander.delivery.retry_hints import Known
from expander.hints import SpoolHints
from expander.world.real_files import RealFiles
from expander.world.rights import Rights
from report_scenarios import SCENARIOS, Scenario

pytestmark = [pytest.mark.exim, pytest.mark.skipif(not possible(), reason="no name space to run Exim in")]

_NAME = re.compile(r"(?:\b|(?<=E))[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}\b")
_VARYING = (
    (re.compile(r"\w{3}, \d+ \w{3} \d{4} [0-9:]{8} [+-]\d{4}"), "DATE"),
    (re.compile(r"(?<=^From )(\S+) \w{3} \w{3} +\d+ [0-9:]{8} \d{4}", re.MULTILINE), r"\1 DATE"),
    (re.compile(r"\d+-eximdsn-\d+"), "BOUNDARY"),
    (re.compile(r"(?<=<= <> )(.* S=)\d+"), r"\1SIZE"),
    (re.compile(r"^\d{4}-\d\d-\d\d [0-9:]{8} ", re.MULTILINE), ""),
    (re.compile(r"\bpid=\d+"), "pid=PID"),
)


def uniform(text: str) -> str:
    """A text without what differs from one run to the next."""
    names: dict[str, str] = {}
    for found in _NAME.finditer(text):
        names.setdefault(found[0], f"NAME{len(names)}")
    text = _NAME.sub(lambda found: names[found[0]], text)
    for pattern, instead in _VARYING:
        text = pattern.sub(instead, text)
    return text


def by_message(lines: list[str]) -> list[str]:
    """Lines of a log in their order for each message: several are delivered at the same time."""
    return sorted(lines, key=lambda line: found[0] if (found := _NAME.match(line)) else "")


def outcome(place: Installed, scenario: Scenario, *, ours: bool) -> str:
    """What is in the logs and in the mailbox once a scenario is over."""
    place.clear()
    for name, text in scenario.files:
        (place.directory / "spool" / name).write_text(text)
        (place.directory / "spool" / name).chmod(0o644)
    run = place.ours if ours else place.exim
    if scenario.smtp:
        run("-odi", "-bs", data=scenario.smtp.replace("\n", "\r\n").encode())
        for _ in range(50):  # Exim delivers beside the session
            if place.queue:
                time.sleep(0.1)
    else:
        run("-odi", "-f", scenario.sender, *scenario.to.split(), data=scenario.data)
    if scenario.waits:
        time.sleep(scenario.waits)
        run("-qf")
        time.sleep(0 if ours else 0.3)  # what Exim makes of a warning is delivered beside the run
    text = "".join(f"{line}\n" for line in by_message(place.log()))
    text += "".join(f"panic: {line}\n" for line in place.log("panic"))
    box = place.directory / "spool/box"
    return uniform(text + (box.read_text("latin-1") if box.exists() else ""))


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_senders_are_told(name: str, tmp_path: Path) -> None:
    scenario = SCENARIOS[name]
    place = Installed(tmp_path, scenario.config)
    assert outcome(place, scenario, ours=True) == outcome(place, scenario, ours=False)


def remembered(place: Installed) -> Known:
    record = SpoolHints(RealFiles(Rights()), str(place.directory / "spool/db")).read(
        "retry", "R:example.test"
    )
    assert record is not None
    return Known(**record)


def test_each_goes_on_from_what_the_other_remembers(tmp_path: Path) -> None:
    scenario = Scenario(routers="given:\n  driver = redirect\n  allow_defer\n  data = :defer: not now\n")
    place = Installed(tmp_path, scenario.config)
    for first, second in ((place.exim, place.ours), (place.ours, place.exim)):
        place.clear()
        first("-odi", "-f", scenario.sender, "a", data=scenario.data)
        before = remembered(place)
        assert (before.number, before.text, before.next_try - before.last_try) == (-1, "not now", 900)
        second("-q")
        assert place.log()[-2].endswith("== a@example.test routing defer (-52): retry time not reached")
        time.sleep(1.1)
        second("-qf")
        after = remembered(place)
        assert after.first_failed == before.first_failed
        assert after.last_try > before.last_try
