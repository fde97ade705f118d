"""Which messages wait for which hosts: the databases ``wait-<transport>``. See "Hints databases"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drivers.api.errors import ExpansionError
from expander.queue.spool import SpoolError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.api.routing import Router
    from expander.delivery.deliver import Delivery

MOST = 50
"""How many messages a record has; more of them are in records of their own, under numbered keys."""
IDENTITY = ("interface", "helo_data")
"""The options by which a host knows who this one is."""


class WaitingHosts:
    """What a transport remembers of the messages that wait for hosts, during a delivery."""

    def __init__(self, delivery: Delivery, transport: Router) -> None:
        self._delivery = delivery
        self._transport = transport
        self._hints = delivery.agent.hints
        self._database = f"wait-{transport.name[:200]}"

    def add(self, hosts: Sequence[str]) -> None:
        """Note that the message waits for these hosts."""
        own = self._delivery.message.name
        changes: dict[str, dict[str, Any] | None] = {}
        for host in dict.fromkeys(hosts):
            record = self._read(host) or {"sequence": 0, "messages": []}
            if any(own in known["messages"] for known in (record, *self._more(host, record["sequence"]))):
                continue
            if len(record["messages"]) >= MOST:
                changes[f"{host}:{record['sequence']}"] = self._made(record["sequence"], record["messages"])
                record = {"sequence": record["sequence"] + 1, "messages": []}
            changes[host] = self._made(record["sequence"], [*record["messages"], own])
        if changes:
            self._hints.update(self._database, changes)

    def has(self, host: str) -> bool:
        """True if the record of a host has another message, which may be gone by now."""
        record, own = self._read(host), self._delivery.message.name
        return record is not None and (record["sequence"] > 0 or record["messages"] != [own])

    def take(self, host: str) -> str:
        """The last message that waits for a host and may follow this one there, "" for none.

        It is forgotten, and so are those that are no more.
        """
        changes: dict[str, dict[str, Any] | None] = {}
        record, found = self._read(host), ""
        while record is not None:
            found, left = self._last(record["messages"])
            sequence = record["sequence"]
            if left:
                changes[host] = self._made(sequence, left)
                break
            record = None
            changes[host] = None
            for number in range(sequence - 1, -1, -1):
                key = f"{host}:{number}"
                record = self._read(key)
                if record is not None:
                    changes[key] = None
                    changes[host] = record = self._made(number, record["messages"])
                    break
            if found:
                break
        if changes:
            self._hints.update(self._database, changes)
        return found

    def _last(self, messages: Sequence[str]) -> tuple[str, list[str]]:
        """The last message that may follow, and all that stay in the record."""
        left = [name for name in messages if name != self._delivery.message.name]
        for name in reversed(list(left)):
            if not self._is_there(name):
                left.remove(name)
            elif self._is_alike(name):
                left.remove(name)
                return name, left
        return "", left

    def _is_there(self, name: str) -> bool:
        try:
            self._delivery.agent.spool.size(name, "-D")
        except OSError:
            return False
        return True

    def _is_alike(self, name: str) -> bool:
        """True if this host has the same name and address for the sender of another message."""
        try:
            sender = self._delivery.agent.spool.read_envelope(name).sender
        except (OSError, SpoolError):
            return False
        facts = self._delivery.ctx.facts
        own = facts.get("sender_address", "")
        if sender == own:
            return True
        before = self._identity()
        facts["sender_address"] = sender
        try:
            return self._identity() == before
        finally:
            facts["sender_address"] = own

    def _identity(self) -> list[str]:
        found = []
        for option in IDENTITY:
            try:
                found.append(self._delivery.ctx.expand(str(self._transport[option] or "")))
            except ExpansionError:
                found.append("")
        return found

    def _read(self, key: str) -> dict[str, Any] | None:
        return self._hints.read(self._database, key)

    def _more(self, host: str, sequence: int) -> list[dict[str, Any]]:
        keys = (f"{host}:{number}" for number in range(sequence - 1, -1, -1))
        return [record for key in keys if (record := self._read(key)) is not None]

    def _made(self, sequence: int, messages: Sequence[str]) -> dict[str, Any]:
        return {"written": self._delivery.now(), "sequence": sequence, "messages": list(messages)}
