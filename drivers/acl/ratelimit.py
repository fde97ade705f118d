"""The condition that measures how fast a client, or what else a key stands for, is sending."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.acl.declare import PHASES
from drivers.acl.rate import Counted, Rates
from drivers.acl.ratelimit_text import ADDRESS, BYTE, RCPT, RateLimit, read
from drivers.acl.rates_kept import CMD, CONN, MAIL, known_rates
from drivers.api.acl import FAIL, OK, AclProblem
from drivers.api.text import Tainted
from drivers.values.hints import hints_of

if TYPE_CHECKING:
    from drivers.api.acl import Acl

_IN_MESSAGE = frozenset(PHASES[: PHASES.index("not_smtp") + 1])
_AFTER_RECIPIENTS = _IN_MESSAGE - {"rcpt", "mail"}

_CANNOT_UPDATE = (
    'error in arguments to "ratelimit" condition: "{}" must not have /leaky or /strict option, '
    "or cannot be used in {} ACL"
)


def ratelimit(acl: Acl, text: str) -> str:
    """True if the rate of the key's events, smoothed over the period, has reached the limit.

    Sets ``$sender_rate``, ``$sender_rate_limit`` and ``$sender_rate_period``. Raises `AclProblem` for wrong
    arguments. See "Rate limiting incoming messages".
    """
    facts = acl.ctx.facts
    asked = read(text)
    facts["sender_rate_limit"], facts["sender_rate_period"] = asked.limit_text, asked.period_text
    counted = _counted(acl, asked)
    per = MAIL if asked.per == BYTE else asked.per
    unique = [] if asked.unique is None else ["unique"]
    key = "/".join([asked.period_text, per, *unique, _key(acl, asked)])
    acl.debug(f"ratelimit condition count={counted.count:.0f} {asked.limit:.1f}/{key}")
    kept = CMD if counted.is_readonly else _kept(per, acl.where)
    known = known_rates(acl.ctx.state, kept)
    if key in known:
        rate = known[key]
        acl.debug(f"ratelimit found pre-computed rate {rate:.1f}")
    else:
        rates = Rates(hints_of(acl.ctx), acl.ctx.world.clock.now(), acl.debug)
        rate = rates.count(key, counted, asked.limit, asked.period)
        acl.debug(f"ratelimit computed rate {rate:.1f}")
        known[key] = rate
    facts["sender_rate"] = f"{rate:.1f}"
    return FAIL if rate < asked.limit else OK


def _kept(per: str, where: str) -> str:
    """How long a rate holds once it was worked out."""
    if per == RCPT and where != "rcpt":
        return MAIL
    return per if per in {CONN, MAIL} else CMD


def _key(acl: Acl, asked: RateLimit) -> str:
    return acl.ctx.facts.get("sender_host_address", "") if asked.key is None else asked.key


def _counted(acl: Acl, asked: RateLimit) -> Counted:
    """What is counted now; where the phase has nothing of that kind the rate is only read."""
    facts = acl.ctx.facts
    count, unique, is_readonly = asked.count, asked.unique, asked.is_readonly
    if asked.per == BYTE:
        is_readonly |= acl.where not in _IN_MESSAGE
        count = max(_number(facts.get("message_size", "")), 0) if count is None else count
    elif asked.per == MAIL and asked.is_per_given:
        is_readonly |= acl.where not in _IN_MESSAGE
    elif asked.per == RCPT and asked.is_per_address:
        is_readonly |= acl.where != "rcpt"
        if unique == ADDRESS:
            unique = Tainted(f"{facts.get('local_part', '')}@{facts.get('domain', '')}")
    elif asked.per == RCPT and acl.where != "rcpt":
        is_readonly |= acl.where not in _AFTER_RECIPIENTS
        count = _number(facts.get("recipients_count", "")) if count is None else count
    if is_readonly and not asked.is_readonly and asked.must_update:
        raise AclProblem(_CANNOT_UPDATE.format(RCPT if asked.per == RCPT else MAIL, acl.phase))
    count = 0 if is_readonly else 1 if count is None else count
    return Counted(float(count), unique, asked.is_strict, is_readonly)


def _number(text: str) -> int:
    return int(text) if text.lstrip("-").isdigit() else 0
