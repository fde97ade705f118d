"""Retry and rewriting rules of two configurations, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.optionvalues import show_fixed, show_time
from expander.compare import order
from expander.compare.difference import Difference, Side
from expander.compare.values import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from expander.config.model import RetryRule, RetryStep, RewriteRule


def retry_rules(old: Sequence[RetryRule], new: Sequence[RetryRule]) -> Iterator[Difference]:
    """The retry rules that differ."""

    def key(rule: RetryRule) -> tuple[object, ...]:
        return rule.pattern, rule.error, rule.senders, rule.steps

    yield from _rules(
        "retry rule",
        [(key(rule), rule.pattern, Side(retry_text(rule), rule.span)) for rule in old],
        [(key(rule), rule.pattern, Side(retry_text(rule), rule.span)) for rule in new],
        len(("pattern", "error", "senders")),
    )


def rewrite_rules(old: Sequence[RewriteRule], new: Sequence[RewriteRule]) -> Iterator[Difference]:
    """The rewriting rules that differ."""

    def key(rule: RewriteRule) -> tuple[object, ...]:
        return rule.pattern, canonical(rule.replacement), "".join(sorted(rule.flags))

    def side(rule: RewriteRule) -> Side:
        return Side(f"{rule.pattern} {rule.replacement} {rule.flags}".rstrip(), rule.span)

    yield from _rules(
        "rewrite rule",
        [(key(rule), rule.pattern, side(rule)) for rule in old],
        [(key(rule), rule.pattern, side(rule)) for rule in new],
        1,
    )


_Rule = tuple[tuple[object, ...], str, Side]


def _rules(subject: str, old: list[_Rule], new: list[_Rule], head: int) -> Iterator[Difference]:
    """Rules are the same one, changed, where so many of their first parts are equal."""

    def alike(i: int, j: int) -> float:
        return float(old[i][0][:head] == new[j][0][:head])

    for step in order.steps([rule[0] for rule in old], [rule[0] for rule in new], alike):
        if step.kind == order.SAME:
            continue
        one = None if step.old is None else old[step.old]
        other = None if step.new is None else new[step.new]
        shown = one or other
        assert shown is not None
        sides = [None if rule is None else rule[2] for rule in (one, other)]
        yield Difference(step.kind, subject, shown[1], sides[0], sides[1], (), step.moved)


def retry_text(rule: RetryRule) -> str:
    """A retry rule as it is usually written."""
    senders = "" if rule.senders is None else f" senders={rule.senders}"
    return f"{rule.pattern} {rule.error}{senders} {'; '.join(map(_step, rule.steps))}".rstrip()


def _step(step: RetryStep) -> str:
    times = f"{step.letter},{show_time(step.cutoff)},{show_time(step.interval)}"
    return times if step.letter == "F" else f"{times},{show_fixed(step.factor)}"
