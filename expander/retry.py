"""Retry rules: which one is for a failing address or host, and when the next try is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.options import seconds
from drivers.api.text import lower
from expander.config.rules import retry_error_problem
from expander.lists.match import in_addresses, match_pattern
from grammar.patterns import late_pattern
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from expander.config.model import RetryRule, RetryStep
    from expander.expand.context import Context

ANY_ERROR, TIMEOUT, REFUSED, QUOTA = "*", "timeout", "refused", "quota"
AUTHENTICATION = "auth_failed"
_BY_BEGINNING = ("lost_connection", "lookup", "tls_required")
"""Errors of which the beginning is enough, in the order in which they are tried."""

_REPLY = late_pattern(r"(mail|rcpt|data)_4([0-9x]{2})")
_STANDS_FOR_ANY, _STANDS_FOR_DIGIT = "21", "4"
"""The digits that an error has in the place of those that are left open: ``xx``, or the last one."""


class RetryError(Record):
    """An error as retry rules name it.

    ``digits`` are the last two of a reply's code, "x" for any; ``host`` is "A" or "MX" where it counts how
    the host was found; ``connecting`` marks timeouts of the connection; ``unread`` is the time in seconds
    since a full mailbox was read.
    """

    name: str
    digits: str = ""
    host: str = ""
    connecting: bool = False
    unread: int = 0

    def covers(self, error: RetryError) -> bool:
        """True if a rule for this error is one for that error. See "Choosing which retry rule to use"."""
        if self.name == ANY_ERROR:
            return True
        if self.name != error.name or (self.host and self.host != error.host):
            return False
        if self.connecting and not error.connecting:
            return False
        alike = all(mine in {"x", its} for mine, its in zip(self.digits, error.digits, strict=True))
        return alike and self.unread <= error.unread


def read_error(text: str) -> RetryError:
    """The error that a text names. Raises `Failed` in Exim's words."""
    problem = retry_error_problem(text)
    if problem:
        raise Failed(problem)
    word = lower(text)
    reply = _REPLY.fullmatch(word)
    if reply:
        return RetryError(f"{reply[1]}_4", digits=reply[2])
    if word in {ANY_ERROR, REFUSED, TIMEOUT, QUOTA}:
        return RetryError(word)
    name = next((name for name in _BY_BEGINNING if name.startswith(word)), "")
    if name:
        return RetryError(name)
    name, _, second = word.partition("_")
    if name == "auth":
        return RetryError(AUTHENTICATION)
    if name == QUOTA:
        return RetryError(QUOTA, unread=seconds(second))
    if name == REFUSED:
        return RetryError(REFUSED, host="A" if second == "a" else "MX")
    if second.startswith("d"):
        return RetryError(TIMEOUT)
    connecting = second != "" and (second.startswith("connect") or "connect".startswith(second))
    host = second.removeprefix("connect_") if connecting else second
    if connecting and host == second:
        return RetryError(TIMEOUT, connecting=True)
    return RetryError(TIMEOUT, host="MX" if host.startswith("m") else "A", connecting=connecting)


def of_a_test(error: RetryError) -> RetryError:
    """An error with a real code in the place of one that leaves digits open."""
    if error.digits == "xx":
        return RetryError(error.name, digits=_STANDS_FOR_ANY)
    if error.digits == "0x":  # Exim takes it for none of the codes
        return RetryError(error.name, digits="--")
    return RetryError(
        error.name, error.digits.replace("x", _STANDS_FOR_DIGIT), error.host, error.connecting, error.unread
    )


def find_rule(
    ctx: Context,
    rules: Iterable[RetryRule],
    key: str,
    error: RetryError,
    *,
    domain: str | None = None,
    sender: str | None = None,
) -> RetryRule | None:
    """The first rule for an address or a domain and an error, None if there is none.

    A rule is tried with ``key`` and with the second ``domain`` before the next one. ``sender`` is None
    where there is no message. Raises `Fatal` where Exim ends.
    """
    addresses = [key if "@" in key else f"*@{key}", *([] if domain is None else [f"*@{domain}"])]
    for rule in rules:
        if not read_error(rule.error).covers(error):
            continue
        if rule.senders and (sender is None or not in_addresses(ctx, sender, rule.senders)):
            continue
        if any(match_pattern(ctx, address, rule.pattern) for address in addresses):
            if ctx.mode.cover is not None:
                ctx.mode.cover.retrying(rule)
            return rule
    return None


class Hint(Record):
    """What is remembered of failures, as times in seconds: the first, the last try, and the next one due."""

    first_failed: float
    last_try: float
    next_try: float


def step_at(rule: RetryRule, failing: float) -> RetryStep | None:
    """The step of a rule that holds after so many seconds of failures; the last one holds for ever."""
    last = rule.steps[-1] if rule.steps else None
    return next((step for step in rule.steps if step.cutoff >= failing), last)


def has_expired(rule: RetryRule, hint: Hint, now: float) -> bool:
    """True if the address has been failing for longer than the last step of the rule allows for."""
    return not rule.steps or now - hint.first_failed > rule.steps[-1].cutoff


def next_try(
    rule: RetryRule, hint: Hint, now: float, *, longest: float, random_below: Callable[[int], int]
) -> float:
    """When the next try is due after a failure at ``now``; a rule without steps asks for one at once.

    ``longest`` is the main option ``retry_interval_max`` in seconds. ``random_below`` gives a number below
    another, for the algorithm H. See "Calculating the retry interval" in the manual.
    """
    step = step_at(rule, now - hint.first_failed)
    if step is None:
        return now
    gap = float(step.interval)
    if step.letter != "F":
        last = min(hint.next_try - hint.last_try, now - hint.last_try)
        grown = int(last * step.factor) // 1000
        if step.letter == "G":
            gap = gap if last < gap else float(grown)
        elif grown > gap:
            spread = grown - step.interval
            gap += random_below(spread) // 2 + spread // 2
    return now + min(gap, longest)
