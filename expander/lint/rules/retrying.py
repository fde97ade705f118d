"""Retry rules and rewriting rules: those that are never used, and those that do not do what they seem to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.options import dequote, seconds
from drivers.api.text import SPACE, lower
from drivers.values import mailbox
from drivers.values.interval import show
from expander.lint.beginnings import outcomes
from expander.lint.finding import REMARK, WARNING, Finding, Note
from expander.lint.places import value_source
from expander.lint.rule import rule
from grammar.ast.config import RetryRule, RewriteRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.survey import Survey
    from grammar.ast.config import RetryStep

_RETRY = "Retry configuration"
_REWRITE = "Address rewriting"
_SMTP = (
    "begin routers\ndns:\n  driver = dnslookup\n  transport = smtp\n"
    "begin transports\nsmtp:\n  driver = smtp\n"
)
_ALL = ("*", "*@*")
_ALL_FLAGS = frozenset("bcfhrstEFT")


def _retry_rules(survey: Survey) -> list[RetryRule]:
    sections = [section for section in survey.config.tree.sections if section.name == "retry"]
    return [node for section in sections for node in section.body if isinstance(node, RetryRule)]


def _rewrite_rules(survey: Survey) -> list[RewriteRule]:
    sections = [section for section in survey.config.tree.sections if section.name == "rewrite"]
    return [node for section in sections for node in section.body if isinstance(node, RewriteRule)]


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
    if remote and not _retry_rules(survey) and not survey.incomplete:
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
    """No retry rule is for all hosts and all errors: what none covers is not tried again."""
    rules = _retry_rules(survey)
    if rules and not any(_matches_all(one) and one.error.text == "*" for one in rules):
        message = "no retry rule is for all hosts and all errors"
        yield Finding("EXR041", message, rules[-1].pattern.span, severity=REMARK)


def _matches_all(one: RetryRule) -> bool:
    return dequote(one.pattern.text)[0] in _ALL[:1] and one.senders is None


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
    for one in _retry_rules(survey):
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
    for one in _retry_rules(survey):
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


@rule(
    "EXR050",
    "unreachable-rewriting-rule",
    severity=WARNING,
    section=_REWRITE,
    bad="begin rewrite\n*@* $1@example.org q\nann@example.net bob@example.org\n",
    good="begin rewrite\nann@example.net bob@example.org\n*@* $1@example.org q\n",
)
def unreachable_rewriting_rule(survey: Survey) -> Iterator[Finding]:
    """An earlier rule is for all addresses and has the flag `q`, with which no further rule is looked at."""
    before: list[RewriteRule] = []
    for one in _rewrite_rules(survey):
        earlier = next((other for other in before if _ends_all(other, one)), None)
        if earlier is not None:
            note = Note("this one comes first", earlier.span)
            message = "this rewriting rule is never used"
            yield Finding("EXR050", message, one.pattern.span, severity=WARNING, notes=(note,))
        before.append(one)


def _flags(one: RewriteRule) -> str:
    return one.flags.text if one.flags is not None else ""


def _ends_all(earlier: RewriteRule, later: RewriteRule) -> bool:
    """True if rewriting always ends before the later rule."""
    certain = "fail" not in earlier.replacement.text and "R" not in _flags(earlier)
    if "q" not in _flags(earlier) or not certain:
        return False
    same = dequote(earlier.pattern.text)[0] == dequote(later.pattern.text)[0]
    if not same and dequote(earlier.pattern.text)[0] not in _ALL:
        return False
    return _used_for(later) <= _used_for(earlier)


def _used_for(one: RewriteRule) -> frozenset[str]:
    """The addresses that a rule is for, as flags; without any it is for all of them."""
    chosen = set(_flags(one))
    if "S" in chosen:
        return frozenset("S")
    if "h" in chosen:
        chosen |= set("bcfrst")
    if "E" in chosen:
        chosen |= set("FT")
    return frozenset(chosen & (_ALL_FLAGS - set("hE"))) or _ALL_FLAGS - set("hE")


@rule(
    "EXR051",
    "rewritten-to-no-address",
    section=_REWRITE,
    bad="begin rewrite\n*@old.example.org example.org\n",
    good="begin rewrite\n*@old.example.org $1@example.org\n",
)
def rewritten_to_no_address(survey: Survey) -> Iterator[Finding]:
    """What a rule puts in the place of an address is no whole address.

    The address stays as it was, and each time there is a line in the panic log.
    """
    for one in _rewrite_rules(survey):
        source = value_source(one.replacement.span)
        if one.replacement.text == "*" or set("QS") & set(_flags(one)):
            continue
        for found in outcomes(survey, source):
            known = found.text.strip(SPACE)
            problem = _address_problem(known) if found.whole and known not in {"", "<>"} else None
            if problem is not None:
                pattern = dequote(one.pattern.text)[0]
                yield Finding("EXR051", f"Rewrite of {pattern} yielded {problem}", found.span)


def _address_problem(text: str) -> str | None:
    """What Exim's log says of a rewritten address, None for one that is right."""
    try:
        address = mailbox.parse(text)
    except Failed as problem:
        return f"unparseable address: {problem.message.rstrip()} in address {text}"
    return None if address.domain else f'unqualified address "{text}"'
