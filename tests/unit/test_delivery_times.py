"""Times in the log lines of messages that come slowly."""

from __future__ import annotations

import re

import pytest

from expander.delivery.beginning import deliver
from expander.reception.local import LocalReception
from expander.reception.submission import Submission
from killing import site

SLOW = 100


@pytest.mark.parametrize(
    ("selector", "times"),
    [
        ("+queue_time", [0]),
        ("+queue_time -queue_time_exclusive", [SLOW]),
        ("+queue_time_overall", [SLOW]),
        ("+queue_time_overall +queue_time_exclusive", [SLOW]),
    ],
)
def test_the_time_of_reception_counts_where_it_shall(selector: str, times: list[int]) -> None:
    with site("  file = @DIR@/mail/box") as here:
        here.conf.write_text(f"log_selector = {selector} -millisec\n{here.conf.read_text()}")
        agent = here.agent()
        submission = Submission(agent.world.users.caller(), recipients=["user@example.test"], is_trusted=True)
        reception = LocalReception(agent, submission, agent.context())
        reception.started -= SLOW
        message = reception.receive(b"Subject: x\n\nbody\n")
        assert message is not None
        deliver(agent, message.name)
        log = (here.folder / "log/mainlog").read_text()
    assert "Completed" in log
    found = [(60 * int(m or 0)) + int(s) for m, s in re.findall(r" QT=(?:(\d+)m)?(\d+)s", log)]
    assert [any(abs(f - t) < SLOW / 4 for f in found) for t in times] == [True]
    assert len(found) == len(times)
