"""What is remembered of tries of hosts, as transports see it: "Retry configuration" in the manual."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Deferred
from drivers.api.routing import Retried
from drivers.api.transports import DEFER, DUE, EXPIRED, UNKNOWN, WAITS, Failure, HostState
from expander.delivery.retry_hints import host_key
from expander.delivery.retrying import keys
from expander.routing.truth import late

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.api.routing import Address, Host, Router
    from expander.delivery.deliver import Delivery


def found_by(host: Host) -> int:
    """What qualifies errors by how the host was found: by an MX record, or by its address alone."""
    return ord("A" if host.preference is None else "M")


class HostTries:
    """See `drivers.api.transports.Tries`. What is told stays with the addresses until the end."""

    def __init__(self, delivery: Delivery, addresses: Sequence[Address], transport: Router) -> None:
        self._delivery = delivery
        self._addresses = addresses
        try:
            self._with_address = late(delivery.ctx, transport, "retry_include_ip_address", "transport")
        except Deferred as problem:
            raise Failure(DEFER, UNKNOWN, problem.message) from None
        self._with_sender = bool(transport["address_retry_include_sender"])

    def state(self, host: Host, port: int) -> HostState:
        """What is known of a host at a port."""
        hints, now = self._delivery.retry_hints, self._delivery.now()
        key = self._key(host, port)
        known = hints.find(key, now)
        if known is not None and now < known.next_try and not self._delivery.is_forced:
            word = EXPIRED if known.has_expired else WAITS
            return HostState(word, known.last_try, has_expired=known.has_expired)
        of_message = hints.find(self._message_key(key), now)
        if of_message is not None and now < of_message.next_try and not self._delivery.is_forced:
            return HostState(WAITS, of_message.last_try, for_message=True)
        last = known.last_try if known is not None else 0
        return HostState(DUE, last, has_expired=known is not None and known.has_expired)

    def failed(
        self,
        host: Host,
        port: int,
        number: int,
        more: int = 0,
        message: str = "",
        *,
        for_message: bool = False,
    ) -> None:
        """A host could not be used: for nobody, or only for this message."""
        key = self._key(host, port)
        if for_message:
            key = self._message_key(key)
        text = f"H={host.name} [{host.address}]: {message}" if message else ""
        more |= found_by(host)
        self._note(Retried(key, number, more, text, of_host=True, of_message=for_message))

    def answered(self, host: Host, port: int, *, for_message: bool = True) -> None:
        """A host is well: forget what was known of it, and of the message there unless that is to be kept."""
        key = self._key(host, port)
        for name in (key, self._message_key(key)) if for_message else (key,):
            if self._delivery.retry_hints.is_there(name):
                self._note(Retried(name, deletes=True, of_host=True))

    def silent(self, address: Address, number: int, more: int) -> None:
        """A host does not answer to an address."""
        address.retried.append(Retried(keys(address).of_address, number, more))

    def refused(self, address: Address) -> None:
        """A host takes an address at another time."""
        key = keys(address).of_address
        if self._with_sender:
            key += f":<{self._delivery.message.sender}>"
        text = address.message or ""
        if address.sent is not None:
            host = address.sent.host
            address.more |= found_by(host)
            text = f"H={host.name} [{host.address}]: {text}"
        address.retried.append(Retried(key, address.number, address.more, text))

    def _note(self, retried: Retried) -> None:
        for address in self._addresses:
            address.retried.append(retried)

    def _key(self, host: Host, port: int) -> str:
        return host_key(host, port, with_address=self._with_address)

    def _message_key(self, key: str) -> str:
        return f"{key}:{self._delivery.message.name}"
