"""Retry rules: those that are missing, and those that are never used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.options import dequote, seconds
from drivers.api.text import lower
from drivers.values.interval import show
from expander.lint.finding import REMARK, WARNING, Finding, Note
from expander.lint.rule import rule
from grammar.ast.config import RetryRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.survey import Survey
    from grammar.ast.config import RetryStep

_RETRY = "Retry configuration"
_SMTP = (
    "begin routers\ndns:\n  driver = dnslookup\n  transport = smtp\n"
    "begin transports\nsmtp:\n  driver = smtp\n"
)


@rule(
    "EXR040",
    "no-retry-rules",
    severity=WARNING,
    section=_RETRY,
    bad=_SMTP,
    good=_SMTP + "begin retry\n* * F,2h,15m; G,16h,1h,1.5; F,4d,6h\n",
)
def no_retry_rules(survey: Survey) -> Iterator[Finding]:
    """There is no retry rule at all.

    A delivery that fails for the time being is then not tried again: Exim finds "retry timeout exceeded" and
    returns the message to its sender.
    """
    remote = [transport for transport in survey.config.transports if transport.driver == "smtp"]
    if remote and not survey.lines_of(RetryRule) and not survey.incomplete:
        message = "there are no retry rules: the first temporary error makes a message bounce"
        yield Finding("EXR040", message, remote[0].span, severity=WARNING)


@rule(
    "EXR041",
    "no-general-retry-rule",
    severity=REMARK,
    section=_RETRY,
    bad="begin retry\nexample.org * F,2h,15m\n",
    good="begin retry\nexample.org * F,2h,15m\n* * F,4d,1h\n",
)
def no_general_retry_rule(survey: Survey) -> Iterator[Finding]:
    """No retry rule is for all hosts and all errors: what none covers is not tried again.

    Where the configuration delivers to other hosts that is a warning: a temporary error of a host, or of a
    kind, that no rule names makes the message bounce.
    """
    rules = survey.lines_of(RetryRule)
    if rules and not survey.incomplete and not any(_matches_all(one) for one in rules):
        remote = any(transport.driver == "smtp" for transport in survey.config.transports)
        severity = WARNING if remote else REMARK
        message = "no retry rule is for all hosts and all errors"
        yield Finding("EXR041", message, rules[-1].pattern.span, severity=severity)


def _matches_all(one: RetryRule) -> bool:
    return dequote(one.pattern.text)[0] == "*" and one.error.text == "*" and one.senders is None


@rule(
    "EXR042",
    "unreachable-retry-rule",
    severity=WARNING,
    section=_RETRY,
    bad="begin retry\n* * F,2h,15m\nexample.org * F,4d,1h\n",
    good="begin retry\nexample.org * F,4d,1h\n* * F,2h,15m\n",
)
def unreachable_retry_rule(survey: Survey) -> Iterator[Finding]:
    """An earlier retry rule is for the same hosts and errors, or for all.

    Exim takes the first that fits.
    """
    before: list[RetryRule] = []
    for one in survey.lines_of(RetryRule):
        earlier = next((other for other in before if _covers(other, one)), None)
        if earlier is not None:
            note = Note("this one comes first", earlier.span)
            message = "this retry rule is never used"
            yield Finding("EXR042", message, one.pattern.span, severity=WARNING, notes=(note,))
        before.append(one)


def _covers(earlier: RetryRule, later: RetryRule) -> bool:
    same = dequote(earlier.pattern.text)[0] == dequote(later.pattern.text)[0]
    senders = earlier.senders is None or (
        later.senders is not None and later.senders.text == earlier.senders.text
    )
    errors = earlier.error.text == "*" or lower(earlier.error.text) == lower(later.error.text)
    return errors and senders and (same or dequote(earlier.pattern.text)[0] == "*")


@rule(
    "EXR043",
    "odd-retry-times",
    severity=WARNING,
    section=_RETRY,
    bad="begin retry\n* * F,2h,15m; G,1h,1h,1.5\n",
    good="begin retry\n* * F,2h,15m; G,16h,1h,1.5\n",
)
def odd_retry_times(survey: Survey) -> Iterator[Finding]:
    """The times of a retry rule make a part of it useless.

    Each part holds until the time that it names, counted from the first failure: one that ends before the
    part in front of it is never used. An interval that is longer than the whole part is not kept.
    """
    for one in survey.lines_of(RetryRule):
        end = 0
        for step in one.steps:
            cutoff, interval = _times(step)
            if cutoff is None or interval is None:
                continue
            if cutoff <= end:
                message = f"this part is never used: the one before it lasts until {show(end)}"
                yield Finding("EXR043", message, step.span, severity=WARNING)
            elif interval > cutoff:
                message = f"the interval of {show(interval)} is longer than the part, {show(cutoff)}"
                yield Finding("EXR043", message, step.span, severity=WARNING)
            end = max(end, cutoff)


def _times(step: RetryStep) -> tuple[int | None, int | None]:
    """The cutoff and the interval in seconds, None for what is no time."""
    texts = (step.cutoff, step.interval)
    numbers = [seconds(text) if text is not None else -1 for text in texts]
    cutoff, interval = (number if number > 0 else None for number in numbers)
    return cutoff, interval
