"""Deliveries to other hosts: the same conversations, log lines and bounces as the installed Exim's."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import namespace
from delivery_lab import Scenario, same
from delivery_scenarios import SCENARIOS
from delivery_scenarios_2 import SCENARIOS as MORE
from delivery_scenarios_3 import SCENARIOS as OF_EVENTS
from delivery_scenarios_4 import SCENARIOS as OF_CONNECTIONS
from delivery_scenarios_5 import SCENARIOS as OF_TROUBLE
from delivery_scenarios_6 import SCENARIOS as OF_WAYS
from delivery_scenarios_7 import SCENARIOS as OF_RESUMPTION
from lmtp_scenarios import SCENARIOS as OF_LMTP
from real_exim import PROGRAM
from wrapper_scenarios import SCENARIOS as OF_WRAPPER

pytestmark = [
    pytest.mark.exim,
    pytest.mark.skipif(not PROGRAM, reason="no Exim is installed"),
    pytest.mark.skipif(os.geteuid() != 0, reason="Exim delivers for root alone"),
    pytest.mark.skipif(not namespace.possible("/etc/exim4"), reason="no other place for the configuration"),
]


ALL = {
    **SCENARIOS,
    **MORE,
    **OF_EVENTS,
    **OF_CONNECTIONS,
    **OF_TROUBLE,
    **OF_WAYS,
    **OF_RESUMPTION,
    **{f"LMTP here, {name}": scenario for name, scenario in OF_LMTP.items()},
}


@pytest.mark.parametrize("scenario", ALL.values(), ids=ALL)
def test_the_same_is_said_and_logged(scenario: Scenario) -> None:
    with TemporaryDirectory() as folder:
        place = Path(folder)
        place.chmod(0o755)
        ours, real = same(scenario, place)
    assert ours.heard == real.heard
    assert ours.log == real.log
    assert ours.panic == real.panic
    assert ours.box == real.box
    assert ours.kept == real.kept


@pytest.mark.parametrize("scenario", OF_WRAPPER.values(), ids=OF_WRAPPER)
def test_a_caller_who_waits_is_told_the_same(scenario: Scenario) -> None:
    with TemporaryDirectory() as folder:
        place = Path(folder)
        place.chmod(0o755)
        ours, real = same(scenario, place)
    assert ours == real
