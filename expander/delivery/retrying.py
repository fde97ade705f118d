"""What becomes of addresses that could not be delivered to for now: another try, or the end of tries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.retry import AUTHENTICATION, QUOTA, REFUSED, TIMEOUT, RetryError, find_rule

if TYPE_CHECKING:
    from drivers.api.routing import Address
    from expander.config.model import RetryRule
    from expander.delivery.deliver import Delivery

EXPIRED = "retry timeout exceeded"
ADDRESS_RETRY, DOMAIN_RETRY = -51, -60
"""Between these numbers nothing was tried: the time for that has not come, or the address was held."""

NEVER_TRIED = frozenset({-23, -35, -55, -56, -57, -58})
_NAMES = {-22: QUOTA, 111: REFUSED, 110: TIMEOUT, -42: AUTHENTICATION, 122: QUOTA}


def rule_for(delivery: Delivery, address: Address) -> RetryRule | None:
    """The retry rule for an address that was deferred, None if there is none."""
    config = delivery.agent.config
    error = RetryError(_NAMES.get(address.number, "other"))
    key = f"{address.local_part}@{address.domain}" if _by_local_part(address) else address.domain
    return find_rule(
        delivery.ctx, config.retry, key or str(address.text), error, sender=delivery.message.sender
    )


def _by_local_part(address: Address) -> bool:
    driver = address.transport if address.transport is not None else address.router
    return driver is None or bool(driver["retry_use_local_part"])


def expire(delivery: Delivery) -> None:
    """Give up the addresses that no rule lets be tried again."""
    kept: list[Address] = []
    for address in reversed(delivery.deferred):
        if _waits(delivery, address):
            kept.insert(0, address)
            continue
        address.message = f"{address.message}: {EXPIRED}" if address.message else EXPIRED
        address.user_message = f"{address.user_message}: {EXPIRED}" if address.user_message else EXPIRED
        parent = f" <{address.parent.text}>" if address.parent is not None else ""
        delivery.ctx.log(f"** {address.text}{parent}: {EXPIRED}")
        delivery.log_message(f"** {address.text}{parent}: {EXPIRED}")
        delivery.expired(address)
    delivery.deferred = kept


def _waits(delivery: Delivery, address: Address) -> bool:
    if address.waits or address.freezes or address.number in NEVER_TRIED:
        return True
    return address.number <= ADDRESS_RETRY or rule_for(delivery, address) is not None
