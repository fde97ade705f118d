"""Records and late patterns: the first of a class and the later ones, made otherwise, are the same."""

from __future__ import annotations

import re

import pytest

from grammar.patterns import late_pattern
from grammar.record import Record, State, made_by


def test_early_and_late_records_are_alike() -> None:
    class Pair(Record):
        left: int
        right: str = "r"

    class Bag(State):
        items: list[int] = made_by(default_factory=list)

    pairs = [Pair(1, right="x") for _ in range(40)]
    assert set(pairs) == {Pair(1, "x")}
    assert Pair(2).right == "r"
    bags = [Bag() for _ in range(40)]
    bags[0].items.append(1)
    bags[39].items.append(2)
    assert [bag.items for bag in bags[:2] + bags[38:]] == [[1], [], [], [2]]


@pytest.mark.parametrize(
    ("values", "named"), [((), {}), ((1, "x", 2), {}), ((1,), {"left": 2}), ((1,), {"wrong": 2})]
)
def test_the_first_record_refuses_what_later_ones_do(values: tuple[int, ...], named: dict[str, int]) -> None:
    class Pair(Record):
        left: int
        right: str = "r"

    with pytest.raises(TypeError):
        Pair(*values, **named)  # type: ignore[arg-type]


def test_a_late_pattern_is_a_pattern() -> None:
    pattern = late_pattern(r"(a)(B)?", re.IGNORECASE)
    found = pattern.match("xAb", 1)
    assert found is not None
    assert found.groups() == ("A", "b")
    assert (pattern.groups, pattern.sub("-", "ab a")) == (2, "- -")
