"""``-brt``: which retry rule is for an address or a domain, and an error. See this option in the manual."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Failed, Fatal
from drivers.values import interval
from expander import retry
from expander.cli import errors
from expander.cli.console import STDOUT, complain
from expander.cli.errors import too_long
from expander.cli.start import without_sender
from expander.config.rules import NO_TIMEOUT_DNS, is_of_dns

if TYPE_CHECKING:
    from expander.cli.start import Run
    from expander.config.model import RetryRule, RetryStep

LONGEST = 256
_WARNING = (
    "Warning: \"{}\" contains no '@' and no '.' characters. It is being \n"
    "treated as a one-component domain, not as a local part.\n\n"
)
_SHOWN = frozenset({retry.TIMEOUT, retry.REFUSED, retry.QUOTA, retry.AUTHENTICATION})
"""Errors that the answer names; for all others it shows an asterisk."""


def run(run: Run) -> int:
    """Find the rule: the exit status. Arguments: what fails, another domain for it, the error."""
    words = [too_long(word, LONGEST, "-brt") for word in run.options.arguments]
    if not words:
        STDOUT.write("-brt needs a domain or address argument\n")
        return errors.FAILURE
    key, *words = words
    if "@" not in key and "." not in key:
        STDOUT.write(_WARNING.format(key))
    domain = words.pop(0) if words and "." in words[0] else None
    error = retry.RetryError(retry.ANY_ERROR)
    if words:
        try:
            error = retry.of_a_test(retry.read_error(words[0]))
        except Failed as problem:
            STDOUT.write(f"{problem.message}\n")
            return errors.FAILURE
        if is_of_dns(words[0]):
            _complain(run, NO_TIMEOUT_DNS)
    context = without_sender(run)
    context.log_with = lambda text, panic: _complain(run, text, panic=bool(panic))
    sender, rules = run.options.sender, run.config.retry
    try:
        rule = retry.find_rule(context, rules, key, error, domain=domain, sender=sender)
    except Fatal as problem:
        STDOUT.flush()
        complain(errors.fatal(problem.message, verbose=run.options.verbose, stamp=run.config.stamp))
        return errors.FAILURE
    STDOUT.write("No retry information found\n" if rule is None else f"Retry rule: {_shown(rule)}\n")
    return 0


def _complain(run: Run, text: str, *, panic: bool = True) -> None:
    """Write a line of the log to standard error, if it is one that is shown there."""
    verbose = run.options.verbose
    if panic or verbose:
        STDOUT.flush()
        logs = "MAIN PANIC" if panic else "MAIN"
        complain(errors.logged(text, logs, verbose=verbose, stamp=run.config.stamp))


def _shown(rule: RetryRule) -> str:
    steps = "".join(f"{_step(step)}; " for step in rule.steps)
    return f"{rule.pattern}  {_error(retry.read_error(rule.error))}  {steps}"


def _error(error: retry.RetryError) -> str:
    if error.name not in _SHOWN:
        return "*"
    parts = [error.name, "connect" if error.connecting else "", error.host]
    parts.append(interval.show(error.unread) if error.unread else "")
    return "_".join(filter(None, parts))


def _step(step: RetryStep) -> str:
    """A step as it is shown; the factor of H is not."""
    shown = f"{step.letter},{interval.show(step.cutoff)},{interval.show(step.interval)}"
    if step.letter != "G":
        return shown
    whole, rest = divmod(step.factor, 1000)
    return f"{shown},{whole}.{f'{rest:03}'.rstrip('0') or '0'}"
