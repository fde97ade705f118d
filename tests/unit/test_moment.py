"""Moments in their forms."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from drivers.values import moment
from expander.world.memory import MemoryWorld


@pytest.mark.parametrize(
    "seconds", [0, 60, -60, 3600, -3600, 20_700, -12_600, 50_400, -43_200, 1172, -1172, 30, -30]
)
def test_the_distance_from_utc_is_shown_as_the_library_does(seconds: int) -> None:
    when = datetime(2026, 2, 3, tzinfo=timezone(timedelta(seconds=seconds)))
    assert moment.offset(when) == f"{when:%z}"[:5]


def test_a_moment_without_a_zone_has_no_distance() -> None:
    assert moment.offset(datetime(2026, 2, 3)) == ""  # noqa: DTZ001 - that is the case


def test_the_zone_of_a_machine_is_read_again_when_its_file_has_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [1000.0]
    monkeypatch.setattr(moment, "monotonic", lambda: now[0])
    one, other = MemoryWorld(), MemoryWorld(files={moment.MACHINE_ZONE: _zone(b"X", 3600)})
    assert moment.zone("", one.files) is UTC
    assert _hours(other) == 1
    assert moment.zone("", one.files) is UTC
    assert _hours(other) == 1
    other.files.write(moment.MACHINE_ZONE, _zone(b"LONGER", 7200))
    assert _hours(other) == 1, "it was looked at just now"
    now[0] += moment.SHORTLY
    assert _hours(other) == 2


def _hours(world: MemoryWorld) -> float:
    distance = datetime(2026, 2, 3, tzinfo=moment.zone("", world.files)).utcoffset()
    assert distance is not None
    return distance / timedelta(hours=1)


def _zone(name: bytes, seconds: int) -> bytes:
    """A compiled zone that is always as far from UTC."""
    text = name + b"\0"
    counts = bytes(16) + (1).to_bytes(4, "big") + len(text).to_bytes(4, "big")
    head = b"TZif2" + bytes(15) + counts
    body = seconds.to_bytes(4, "big") + bytes(2) + text
    rule = b"\nXXX-%d\n" % (seconds // 3600)
    return head + body + head + body + rule
