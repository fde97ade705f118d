"""What is remembered of messages that wait for hosts, and connections that are kept for them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from delivery_lab import ours
from delivery_scenarios_4 import SCENARIOS
from drivers.values.hints import MemoryHints
from expander.delivery.deliver import Delivery
from expander.delivery.waiting_hosts import MOST, WaitingHosts
from expander.hints import SpoolHints
from expander.world.memory import MemoryWorld

HOST = "mx.far.test"


class Spool:
    """A spool in which messages are there by their names alone."""

    def __init__(self, names: set[str]) -> None:
        self.there = names

    def size(self, name: str, _suffix: str) -> int:
        """Raises ``OSError`` for a message that is not there."""
        if name not in self.there:
            raise FileNotFoundError(name)
        return 1

    def read_envelope(self, _name: str) -> SimpleNamespace:
        """Every message is of the same sender."""
        return SimpleNamespace(sender="")


def hosts_of(hints: Any, spool: Spool, message: str) -> WaitingHosts:
    """What a transport remembers, during the delivery of a message."""
    delivery = SimpleNamespace(
        agent=SimpleNamespace(hints=hints, spool=spool),
        message=SimpleNamespace(name=message),
        ctx=SimpleNamespace(facts={}),
        now=lambda: 1_000_000_000,
    )
    transport: Any = SimpleNamespace(name="peer")
    return WaitingHosts(cast("Delivery", delivery), transport)


def name(number: int) -> str:
    """The name of a message."""
    return f"1rabcd-{number:06d}-AB"


def test_the_last_message_comes_first_and_each_once() -> None:
    hints, spool = MemoryHints(), Spool({name(number) for number in range(3)})
    for number in (0, 1, 2, 1):
        hosts_of(hints, spool, name(number)).add([HOST, HOST])
    first = hosts_of(hints, spool, name(1))
    assert [first.take(HOST) for _ in range(3)] == [name(2), name(0), ""]
    assert hints.read("wait-peer", HOST) is None


def test_messages_that_are_gone_are_forgotten() -> None:
    hints, spool = MemoryHints(), Spool({name(0)})
    for number in range(4):
        hosts_of(hints, spool, name(number)).add([HOST])
    assert hosts_of(hints, spool, name(9)).take(HOST) == name(0)
    assert len(hints) == 0


def test_many_messages_have_several_records() -> None:
    count = 2 * MOST + 1
    hints, spool = MemoryHints(), Spool({name(number) for number in range(count)})
    for number in range(count):
        hosts_of(hints, spool, name(number)).add([HOST])
    assert len(hints) == 3
    last = hosts_of(hints, spool, name(count))
    taken = [last.take(HOST) for _ in range(count + 1)]
    assert taken[:2] == [name(count - 1), name(2 * MOST - 1)]
    assert sorted(taken[:-1]) == sorted(spool.there)
    assert taken[-1] == ""
    assert len(hints) == 0


def test_records_are_those_of_exim() -> None:
    hints = SpoolHints(MemoryWorld().files, "/spool/db")
    record = {"written": 1_000_000_000, "sequence": 2, "messages": [name(1), name(2)]}
    hints.write("wait-peer", HOST, record)
    assert hints.read("wait-peer", HOST) == record


@pytest.mark.parametrize("title", ["three messages", "a later message in groups", "a run of two stages"])
def test_messages_share_a_connection(title: str, tmp_path: Path) -> None:
    outcome = ours(SCENARIOS[title], tmp_path / "host", "4.99")
    last = outcome.heard[-1]
    assert sum(line.startswith("EHLO") for line in last) == 1
    assert sum(line.startswith("MAIL") for line in last) == sum(
        "Completed" in line for line in outcome.log
    ) + (title == "a later message in groups")
    assert sum("]* C=" in line for line in outcome.log) >= 1
