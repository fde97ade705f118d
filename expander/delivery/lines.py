"""The log lines of deliveries: ``=>``, ``->``, ``**``, ``==``. See "Logging deliveries" in the manual."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from drivers.api.text import lower, printing
from drivers.routers.finishing import is_local
from drivers.values.peer import RESUMED
from expander.config.log_selector import is_on
from grammar.record import Record

if TYPE_CHECKING:
    from drivers.api.remote import Sent
    from drivers.api.routing import Address
    from expander.queue.message import Message

RETRY_BASE = -51
"""Numbers of errors up to this one tell that it is not time to try again."""
WHOLE_SINCE = 5
"""Times of so many seconds and more are told in whole ones."""


class Told(Record):
    """What lines of one message share: the selectors, the message, the release."""

    selector: str
    message: Message
    is_new: bool = True
    now: float = 0.0

    def wants(self, word: str, *, default: bool = False) -> bool:
        """True if a selector is on."""
        return is_on(self.selector, word, default=default)


def top(address: Address) -> Address:
    """The recipient that an address comes of."""
    while address.parent is not None:
        address = address.parent
    return address


def shown_address(address: Address, told: Told, *, success: bool) -> str:
    """The address as log lines have it, with those that it comes of as far as they are wanted."""
    first = top(address)
    all_parents = told.wants("all_parents")
    adds_top = True
    router = address.router
    transport = address.transport
    local = transport is not None and is_local(transport)
    if address.kind or (success and router is not None and local and _logs_as_local(address)):
        text = _own(address) if address.kind else address.local_part
        if not address.kind and address.keeps_affixes:
            text = _with_affixes(address)
    else:
        text = f"{address.local_part}@{address.domain}" if address.local_part else str(address.text)
        if address.keeps_affixes and address.local_part:
            text = f"{_with_affixes(address)}@{address.domain}"
        at = text.rfind("@")
        same = lower(text) == lower(first.text) and text[:at] == first.text[:at]
        near = not all_parents or address.parent is None or address.parent is first
        if same and near and not _once(first):
            adds_top = False
    out = text
    parents = list(address.ancestors())
    if (all_parents or address.kind) and parents and parents[0] is not first:
        middle = [parent.text for parent in parents if parent is not first]
        out += f" ({', '.join(middle if all_parents else middle[:1])})"
    if adds_top:
        out += f" <{_once(first) or first.text}>"
    return out


def _with_affixes(address: Address) -> str:
    return f"{address.prefix}{address.local_part}{address.suffix}"


def _own(address: Address) -> str:
    is_relative = address.kind == "file" and address.text[:1] not in {"/", ""}
    if address.path or not is_relative or address.transport is None:
        return address.path or str(address.text)
    return f"save {address.text}"


def _once(first: Address) -> str:
    """The recipient that the option ``one_time`` has replaced by another one."""
    return first.once_of


def _logs_as_local(address: Address) -> bool:
    router = address.router
    if router is None:
        return False
    if router.options.is_set("log_as_local"):
        return bool(router["log_as_local"])
    return router.driver == "accept"


def delivered(
    address: Address, told: Told, mark: str, *, return_path: str | None, took: float, size: int
) -> str:
    """The line for a delivery; ``mark`` is "=" for the first address of one, "-" for others."""
    parts = [f"{mark}> {shown_address(address, told, success=True)}"]
    parts += _sender(told, return_path)
    if address.inherited.srs_sender is not None:
        parts.append(f"SRS=<{address.inherited.srs_sender}>")
    if address.router is not None:
        parts.append(f"R={address.router.name}")
    if address.transport is not None:
        parts.append(f"T={address.transport.name}")
    if told.wants("delivery_size"):
        parts.append(f"S={size}")
    if address.transport is not None and is_local(address.transport) and address.hosts:
        parts.append(f"H={address.hosts[0].name}")
    elif address.sent is not None:
        parts.append(_host(address.sent, told))
    text = " ".join(parts) + address.shadow
    if address.sent is not None:
        text += _conversation(address.sent, told)
    if told.wants("smtp_confirmation", default=True) and address.confirmation:
        escaped = address.confirmation.replace("\\", "\\\\").replace('"', '\\"')
        text += f' C="{escaped}"'
    return text + _times(told, took)


def _host(sent: Sent, told: Told) -> str:
    """The host that an address went to, and how this host was connected to it."""
    text = f"H={sent.host.name} [{sent.host.address}]"
    if told.wants("outgoing_port"):
        text += f":{sent.port}"
    if sent.continues:
        text += "*"
    if sent.proxy and told.wants("proxy"):
        text += f" PRX=[{sent.proxy}]"
        if told.wants("outgoing_port"):
            text += f":{sent.proxy_port}"
    if (
        sent.own_address
        and told.wants("incoming_interface")
        and told.wants("outgoing_interface", default=True)
    ):
        text += f" I=[{sent.own_address}]"
        if told.wants("outgoing_port"):
            text += f":{sent.own_port}"
    return text


def _conversation(sent: Sent, told: Told) -> str:
    """What log lines tell of TLS, AUTH and the extensions that were used."""
    text, facts = "", sent.facts or {}
    if facts and told.wants("tls_cipher", default=True):
        marks = told.wants("tls_resumption") and int(facts["resumption"]) & RESUMED
        text += f" X={facts['cipher']}{'*' if marks else ''}"
    if facts and told.wants("tls_certificate_verified", default=True):
        verified = "dane" if facts.get("dane") == "yes" else "yes"
        text += f" CV={verified if facts['certificate_verified'] == '1' else 'no'}"
    if facts.get("peerdn") and told.wants("tls_peerdn"):
        text += f' DN="{printing(facts["peerdn"])}"'
    if sent.authenticator:
        text += f" A={sent.authenticator}"
        if sent.identity:
            text += f":{sent.identity}"
        if sent.sender and told.wants("smtp_mailauth"):
            text += f":{sent.sender}"
    if sent.pipelining and told.wants("pipelining"):
        text += " L*" if sent.early_pipelining else " L"
    if sent.prdr:
        text += " PRDR"
    if sent.chunking:
        text += " K"
    return text


def _sender(told: Told, return_path: str | None) -> list[str]:
    parts = []
    if told.wants("sender_on_delivery"):
        parts.append(f"F=<{told.message.sender}>")
    if told.message.facts.get("queue_name"):
        parts.append(f"Q={told.message.facts['queue_name']}")
    if return_path is not None and told.wants("return_path_on_delivery"):
        parts.append(f"P=<{return_path}>")
    return parts


def _times(told: Told, took: float) -> str:
    text = ""
    if told.wants("queue_time"):
        message = told.message
        is_exclusive = message.complete and told.wants("queue_time_exclusive", default=True)
        text += f" QT={interval(told.now - (message.complete if is_exclusive else message.received), told)}"
    if told.wants("deliver_time"):
        text += f" DT={interval(took, told)}"
    return text


def interval(seconds: float, told: Told) -> str:
    """A length of time as log lines have it."""
    from drivers.values.interval import show

    if told.wants("millisec") and seconds < WHOLE_SINCE:
        return f"{max(seconds, 0):.3f}s"
    return show(int(max(seconds, 0)))


def _escaped(message: str) -> str:
    """What is wrong with an address, without bytes that do not print; its lines stay lines."""
    return "\n".join(map(printing, message.split("\n")))


def failed(address: Address, told: Told, *, took: float = 0.0, return_path: str | None = None) -> str:
    """The line for an address that failed; the return path is that of the delivery that was tried."""
    text = f"** {shown_address(address, told, success=False)}"
    return_path = return_path if address.sent is None else address.sent.return_path
    text += "".join(f" {part}" for part in _sender(told, return_path))
    if address.router is not None:
        text += f" R={address.router.name}"
    if address.transport is not None:
        text += f" T={address.transport.name}"
    if address.sent is not None:
        text += f" {_host(address.sent, told)}"
    gap = " :" if told.is_new else ":"
    if address.number > 0:
        text += f"{gap} {os.strerror(address.number)}"
        gap = ":"
    if address.message is not None:
        text += f"{gap} {_escaped(address.message)}"
    if told.wants("deliver_time"):
        text += f" DT={interval(took, told)}"
    return text


def deferred(address: Address, told: Told, *, took: float = 0.0, routing: bool = False) -> str:
    """The line for an address that could not be delivered to for now, without its mark."""
    text = shown_address(address, told, success=False)
    if told.message.facts.get("queue_name"):
        text += f" Q={told.message.facts['queue_name']}"
    if not routing and address.transport is not None:
        text += f" R={address.router.name}" if address.router is not None else ""
        text += f" T={address.transport.name}"
    elif address.router is not None:
        text += f" R={address.router.name}"
    else:
        text += " routing" if routing else " transporting"
    text += f" defer ({address.number})"
    if address.number > 0:
        text += f": {os.strerror(address.number)}"
    if address.sent is not None and not routing:
        text += f" {_host(address.sent, told)}"
    if told.wants("deliver_time"):
        text += f" DT={interval(took, told)}"
    if address.message:
        text += f": {_escaped(address.message)}"
    return text


def unrouted(address: Address, told: Told) -> str:
    """What the message's own log says of an address that no router has taken."""
    gap = " :" if told.is_new else ":"
    return f"routing failed for {address.text}{gap} {address.message}"
