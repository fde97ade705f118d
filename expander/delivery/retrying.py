"""Retry rules at work: when addresses are tried again, and when no more. See "Retry configuration"."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from drivers.api.routing import Retried
from drivers.api.text import lower, printing
from expander.delivery.retry_errors import error_of
from expander.delivery.retry_hints import ROUTING, TRANSPORT, Known
from expander.retry import Hint, find_rule, next_try
from grammar.record import Record

if TYPE_CHECKING:
    from drivers.api.routing import Address
    from expander.config.model import RetryRule
    from expander.delivery.deliver import Delivery

EXPIRED = "retry timeout exceeded"
ROUTING_WAITS, ROUTING_NUMBER = "retry time not reached", -52
LOCAL_WAITS, LOCAL_NUMBER = "Retry time not yet reached", -53
LONGEST_TEXT = 150
DAY = 86400


class Keys(Record):
    """Under which keys of the retry database an address is found, with and without its local part."""

    of_address: str
    of_domain: str


def keys(address: Address, kind: str = ROUTING) -> Keys:
    """The keys of an address for routing, or for its transport."""
    if address.kind:
        return Keys(f"{kind}{address.unique}", f"{kind}{address.unique}")
    local_part = address.local_part or address.lowered
    return Keys(f"{kind}{local_part}@{address.domain}", f"{kind}{lower(address.domain)}")


def may_route(delivery: Delivery, address: Address) -> bool:
    """False if the time has not come to route an address again; the address says so then."""
    hints, now, both = delivery.retry_hints, delivery.now(), keys(address)
    domain = hints.find(both.of_domain, now)
    own = hints.find(both.of_address, now)
    if own is None:
        own = hints.find(f"{both.of_address}:<{delivery.message.sender}>", now)
    address.was_tried = domain is not None or own is not None
    if not delivery.in_queue_run or delivery.is_forced:
        return True
    waits = domain is not None and now < domain.next_try and not domain.has_expired
    if not waits and (own is None or now >= own.next_try):
        return True
    if domain is not None and _is_over(delivery, both.of_domain, address, domain):
        return True
    if own is not None and _is_over(delivery, both.of_address, address, own):
        return True
    address.message, address.number, address.waits = ROUTING_WAITS, ROUTING_NUMBER, True
    return False


def may_deliver(delivery: Delivery, address: Address) -> bool:
    """False if the time has not come to deliver locally again; the address says so then."""
    now, key = delivery.now(), _transport_key(address)
    known = delivery.retry_hints.find(key, now, old=True)
    address.was_delivered_before = known is not None
    if known is None or not delivery.in_queue_run or delivery.is_forced:
        return True
    if delivery.retry_hints.is_old(known, now) or now >= known.next_try or known.has_expired:
        return True
    if _is_over(delivery, key, address, known):
        return True
    address.message, address.number, address.waits = LOCAL_WAITS, LOCAL_NUMBER, True
    return False


def _is_over(delivery: Delivery, key: str, address: Address, known: Known) -> bool:
    """True if the message waits for longer than the rules allow, so that one last try is due."""
    rule = _rule(delivery, Retried(key, known.number, known.more), address)
    if rule is None or not rule.steps:
        return True
    return delivery.now() - delivery.message.received > rule.steps[-1].cutoff


def _transport_key(address: Address) -> str:
    both = keys(address, TRANSPORT)
    transport = address.transport
    by_local_part = transport is None or bool(transport["retry_use_local_part"])
    return both.of_address if by_local_part else both.of_domain


def routed(address: Address) -> None:
    """Forget what is known of failures to route an address."""
    if address.was_tried:
        both = keys(address)
        for key in (both.of_domain, both.of_address):
            address.retried.append(Retried(key, deletes=True))


def not_routed(address: Address) -> None:
    """Note that an address could not be routed for now."""
    both, router = keys(address), address.router
    key = both.of_address if router is not None and router["retry_use_local_part"] else both.of_domain
    address.retried.append(_noted(key, address))


def delivered(address: Address) -> None:
    """Forget what is known of failures of a local transport."""
    if address.was_delivered_before:
        address.retried.append(Retried(_transport_key(address), deletes=True))


def not_delivered(address: Address) -> None:
    """Note that a local transport could not deliver for now."""
    address.retried.append(_noted(_transport_key(address), address))


def _noted(key: str, address: Address) -> Retried:
    return Retried(key, address.number, address.more, address.message or "")


def _rule(delivery: Delivery, retried: Retried, address: Address) -> RetryRule | None:
    key, domain = retried.key[len(ROUTING) :], None
    if retried.of_host:
        key, domain = key.partition(":")[0], address.domain
    error = error_of(retried.number, retried.more)
    sender = delivery.message.sender
    return find_rule(delivery.ctx, delivery.agent.config.retry, key, error, domain=domain, sender=sender)


def update(delivery: Delivery) -> None:
    """Write down what is known of the tries, and give up addresses that the rules let no more be tried."""
    changes: dict[str, Known | None] = {}
    over: dict[int, bool] = {}
    for address in (*reversed(delivery.deferred), *delivery.failed, *delivery.succeeded):
        for retried in address.retried:
            if (
                retried.of_message
                and not retried.deletes
                and any(address is one for one in delivery.succeeded)
            ):
                continue  # another host has taken the message
            if id(retried) not in over:
                over[id(retried)] = not retried.deletes and _written(delivery, address, retried, changes)
            if retried.deletes:
                changes.setdefault(retried.key, None)
    kept: list[Address] = []
    given_up: list[list[Address]] = []
    for address in reversed(delivery.deferred):
        tries = [retried for retried in address.retried if not retried.deletes]
        if not tries or not all(over[id(retried)] for retried in tries):
            kept.insert(0, address)
        elif given_up and any(retried is tries[0] for retried in given_up[-1][0].retried):
            given_up[-1].append(address)
        else:
            given_up.append([address])
    for group in given_up:  # those that were tried together keep their order
        for address in group:
            _give_up(delivery, address)
        for address in reversed(group):
            delivery.expired(address)
    delivery.deferred = kept
    delivery.retry_hints.update(changes)


def _written(
    delivery: Delivery, address: Address, retried: Retried, changes: dict[str, Known | None]
) -> bool:
    """Note one try that failed; True if it was the last one, or has no rule."""
    rule, now = _rule(delivery, retried, address), delivery.now()
    if rule is None:
        return True
    known = delivery.retry_hints.find(retried.key, now)
    first, age = known.first_failed if known is not None else now, int(now - delivery.message.received)
    failing = now - first if retried.of_host else max(now - first, age)
    has_expired = not any(failing <= step.cutoff for step in rule.steps)
    is_late = bool(rule.steps) and not has_expired and age > rule.steps[-1].cutoff
    due = now if is_late else _next(delivery, rule, Hint(now - failing, *_last(known, now)), now)
    words = os.strerror(retried.number) if retried.number > 0 else retried.message or "unknown error"
    more, text = retried.more, printing(words)[:LONGEST_TEXT]
    changes[retried.key] = Known(now, first, now, due, has_expired, retried.number, more, text)
    return has_expired or is_late


def _last(known: Known | None, now: int) -> tuple[int, int]:
    return (now, now) if known is None else (known.last_try, known.next_try)


def _next(delivery: Delivery, rule: RetryRule, hint: Hint, now: int) -> int:
    longest = int(delivery.ctx.options.get("retry_interval_max") or DAY)
    return int(next_try(rule, hint, now, longest=longest, random_below=delivery.agent.world.random.below))


def _give_up(delivery: Delivery, address: Address) -> None:
    address.message = f"{address.message}: {EXPIRED}" if address.message else EXPIRED
    address.user_message, address.passes_message = EXPIRED, False
    if not delivery.message.sender and not address.inherited.errors_address:
        address.ignores_errors = True  # a bounce is given up, not kept
    parent = f" <{address.parent.text}>" if address.parent is not None else ""
    delivery.ctx.log(f"** {address.text}{parent}: {EXPIRED}")
    delivery.log_message(f"** {address.text}{parent}: {EXPIRED}")
