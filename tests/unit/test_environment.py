"""Which environment variables the configuration leaves."""

from __future__ import annotations

import pytest

from expander.config.environment import pruned, with_zone


def test_what_is_kept_and_what_is_added() -> None:
    given = {"PATH": "/bin", "CASE_A": "1", "CASE_B": "2", "X": "3"}
    kept = pruned(given, "PATH : !CASE_B : ^CASE", "<; ADDED=a:b ; X=4 ; PATH")
    assert kept == {"CASE_A": "1", "ADDED": "a:b", "X": "4"}
    assert pruned(given, None, None) == {}


@pytest.mark.parametrize(
    ("zone", "left"),
    [
        ("UTC", {"TZ": "CET", "A": "1"}),
        ("utc", {"TZ": "CET", "A": "1"}),
        ("EST5", {"A": "1", "TZ": "EST5"}),
        ("", {"A": "1"}),
        (None, {"A": "1"}),
    ],
)
def test_the_time_zone(zone: str | None, left: dict[str, str]) -> None:
    assert with_zone({"TZ": "CET", "A": "1"}, zone) == left
