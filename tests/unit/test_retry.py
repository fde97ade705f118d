"""Retry rules: errors, and when the next try is due."""

from __future__ import annotations

import pytest

from drivers.api.errors import Failed
from expander.config.model import RetryRule, RetryStep
from expander.retry import Hint, has_expired, next_try, read_error
from grammar.source import Source, Span

SPAN = Span(Source("-", ""), 0, 0)
MINUTE, HOUR, DAY = 60, 3600, 86400


def rule(*steps: RetryStep) -> RetryRule:
    return RetryRule("*", "*", None, steps, SPAN)


USUAL = rule(
    RetryStep("F", 2 * HOUR, 15 * MINUTE),
    RetryStep("G", 16 * HOUR, HOUR, 1500),
    RetryStep("F", 4 * DAY, 6 * HOUR),
)


def due(rules: RetryRule, hint: Hint, now: float, *, longest: float = DAY, number: int = 0) -> float:
    """In how many seconds the next try is due."""
    return next_try(rules, hint, now, longest=longest, random_below=lambda _: number) - now


def test_the_step_is_that_of_the_time_since_the_first_failure() -> None:
    assert due(USUAL, Hint(0, 0, 0), 0) == 15 * MINUTE
    assert due(USUAL, Hint(0, 6300, 7200), 2 * HOUR) == 15 * MINUTE  # a step lasts to its very end
    assert due(USUAL, Hint(0, 6300, 7200), 2 * HOUR + 1) == HOUR
    assert due(USUAL, Hint(0, 50_000, 57_600), 20 * HOUR) == 6 * HOUR
    assert due(USUAL, Hint(0, 9 * DAY, 9 * DAY), 10 * DAY) == 6 * HOUR


def test_the_gap_grows_by_the_factor_from_the_last_one() -> None:
    assert due(USUAL, Hint(0, 7200, 7200 + HOUR), 7200 + HOUR) == 1.5 * HOUR
    # A try that came sooner than it was due counts with the time that has passed.
    assert due(USUAL, Hint(0, 7200, 7200 + 2 * HOUR), 7200 + HOUR + 60) == int((HOUR + 60) * 1.5)
    assert due(USUAL, Hint(0, 7200, 7200 + 2 * HOUR), 7200 + 60) == HOUR


def test_h_adds_something_random_between_half_of_the_growth_and_all_of_it() -> None:
    random = rule(RetryStep("H", DAY, HOUR, 2000))
    hint = Hint(0, 0, 3 * HOUR)
    assert due(random, hint, 3 * HOUR) == HOUR + 5 * HOUR // 2
    assert due(random, hint, 3 * HOUR, number=5 * HOUR - 1) == HOUR + 5 * HOUR // 2 + (5 * HOUR - 1) // 2
    assert due(random, Hint(0, 0, 0), 0) == HOUR


def test_no_gap_is_longer_than_the_option_permits() -> None:
    assert due(rule(RetryStep("F", 4 * DAY, 2 * DAY)), Hint(0, 0, 0), 0) == DAY
    assert due(USUAL, Hint(0, 0, 0), 0, longest=60) == 60


def test_the_last_cutoff_ends_it_and_a_rule_without_steps_at_once() -> None:
    assert not has_expired(USUAL, Hint(0, 0, 0), 4 * DAY)
    assert has_expired(USUAL, Hint(0, 0, 0), 4 * DAY + 1)
    assert has_expired(rule(), Hint(0, 0, 0), 0)
    assert due(rule(), Hint(0, 0, 0), 5) == 0


@pytest.mark.parametrize(
    ("of_rule", "error", "covers"),
    [
        ("*", "refused_A", True),
        ("refused", "refused_MX", True),
        ("refused_A", "refused_MX", False),
        ("refused", "timeout", False),
        ("timeout_MX", "timeout_connect_MX", True),
        ("timeout_connect", "timeout_MX", False),
        ("timeout_connect", "timeout_connect_A", True),
        ("rcpt_4xx", "rcpt_452", True),
        ("rcpt_45x", "rcpt_452", True),
        ("rcpt_45x", "rcpt_421", False),
        ("rcpt_452", "mail_452", False),
        ("quota_1d", "quota_2d", True),
        ("quota_2d", "quota_1d", False),
        ("quota", "quota_1d", True),
        ("timeout_dns", "timeout_A", True),
        ("LOST", "lost_connection", True),
    ],
)
def test_an_error_of_a_rule_covers_those_that_are_more_special(
    of_rule: str, error: str, covers: bool
) -> None:
    assert read_error(of_rule).covers(read_error(error)) is covers


def test_an_error_that_there_is_not_is_refused_in_words() -> None:
    with pytest.raises(Failed, match="unknown or malformed retry error"):
        read_error("bogus")
