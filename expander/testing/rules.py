"""The steps of scenarios that ask the rules for rewriting and for retries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Failed, Fatal
from drivers.api.text import from_argument, to_display
from grammar.scenario_words import ScenarioError

if TYPE_CHECKING:
    from expander.config.model import RetryStep
    from expander.expand.context import Context
    from grammar.ast.scenarios import Step


def rewrite(ctx: Context, step: Step) -> str:
    """``rewrite ADDRESS [PLACE]``: the address after the rules for a place, by the flag that names it.

    Without a place it is the envelope's sender (``F``). Raises `ScenarioError`.
    """
    from expander.rewriting import section, where

    words = step.text.split()
    address, place, *more = words if len(words) > 1 else (*words, where.ENVELOPE_FROM, "")[:2]
    if more or place not in where.NAMES or "@" not in address:
        places = ", ".join(where.NAMES)
        raise ScenarioError(f'"rewrite" wants an address with a domain and one of {places}', step.line)
    try:
        return section.rewrite_address(ctx, from_argument(address), place)
    except (Failed, Fatal) as problem:
        raise ScenarioError(f"{address}: {to_display(problem.message)}", step.line) from None


def retry(ctx: Context, step: Step) -> str:
    """``retry ADDRESS [ERROR]``: pattern, error and steps of the rule for a failure, as they are written.

    It is "none" if there is no rule. Raises `ScenarioError`.
    """
    from expander import retry as retrying

    words = step.text.split()
    if not 1 <= len(words) <= 2:
        raise ScenarioError('"retry" wants an address or a domain, and an error', step.line)
    error = retrying.RetryError(retrying.ANY_ERROR)
    rules = ctx.config.retry if ctx.config is not None else []
    try:
        if words[1:]:
            error = retrying.of_a_test(retrying.read_error(words[1]))
        rule = retrying.find_rule(ctx, rules, from_argument(words[0]), error)
    except (Failed, Fatal) as problem:
        raise ScenarioError(f"{words[0]}: {to_display(problem.message)}", step.line) from None
    if rule is None:
        return "none"
    return " ".join([rule.pattern, rule.error, "; ".join(map(_shown, rule.steps))]).strip()


def _shown(step: RetryStep) -> str:
    from drivers.values import interval

    shown = f"{step.letter},{interval.show(step.cutoff)},{interval.show(step.interval)}"
    return shown if step.letter == "F" else f"{shown},{step.factor / 1000:g}"
