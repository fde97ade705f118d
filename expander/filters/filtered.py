"""A filter run on a message, for programs: what it would do, as plain records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from drivers.api.text import Tainted, to_display
from drivers.values.filter_kind import SIEVE, kind_of

if TYPE_CHECKING:
    from expander.expand.context import Context


@dataclass(frozen=True, slots=True)
class FilterDelivery:
    """Something that a filter sets up: ``kind`` is "address", "file", "pipe" or "reply"."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Filtered:
    """What a filter would do with a message.

    ``outcome`` is "delivered" (normal delivery does not take place), "not delivered", "fail", "freeze",
    "defer" or "error"; ``message`` is the text of the last four, ``line`` where a Sieve script is wrong, as
    Exim counts lines. ``headers_added`` are whole header lines, ``headers_removed`` names. ``told`` are the
    lines that a test with ``-bf`` prints of an Exim filter.
    """

    kind: str
    outcome: str
    message: str = ""
    line: int = 0
    deliveries: tuple[FilterDelivery, ...] = ()
    headers_added: tuple[str, ...] = ()
    headers_removed: tuple[str, ...] = ()
    told: tuple[str, ...] = ()

    def explain(self) -> str:
        """The same in lines of text."""
        where = f" (line {self.line})" if self.line else ""
        lines = [f"{self.kind} filter: {self.outcome}{where}" + (f": {self.message}" if self.message else "")]
        lines += [f"  {each.kind}: {each.text}" for each in self.deliveries]
        lines += [f"  adds: {line.rstrip()}" for line in self.headers_added]
        lines += [f"  removes: {name}" for name in self.headers_removed]
        return to_display("\n".join(lines))


def filtered(
    ctx: Context, text: str, message: bytes, *, sender: str = "", recipient: str = "", is_system: bool = False
) -> Filtered:
    """Run a filter, whose first line tells its kind, on a message; nothing is delivered.

    ``recipient`` is whose filter it is; with ``is_system`` the text is the system filter. Raises
    ``Fatal`` where Exim ends, and ``Unsupported``.
    """
    from expander.setting import take_message

    take_message(ctx, message)
    local_part, _, domain = recipient.rpartition("@")
    facts = ctx.facts
    facts["sender_address"] = facts["return_path"] = Tainted(sender)
    facts["local_part"] = facts["original_local_part"] = Tainted(local_part)
    facts["domain"] = facts["original_domain"] = Tainted(domain)
    if not is_system and kind_of(text) == SIEVE:
        return _sieve(ctx, text)
    from expander.filters.run import interpret

    told: list[str] = []
    found = interpret(ctx, text, is_system=is_system, tell=told.append)
    return Filtered(
        "system" if is_system else "exim",
        found.outcome,
        found.message,
        0,
        tuple(FilterDelivery(each.kind, str(each.text)) for each in found.deliveries),
        found.headers_added,
        found.headers_removed,
        tuple("".join(told).splitlines()),
    )


def _sieve(ctx: Context, text: str) -> Filtered:
    from drivers.api.sieve import Settings
    from expander.filters.sieve import interpret

    found = interpret(ctx, text, Settings(owner=""))
    kinds = {"redirect": "address"}
    deliveries = [
        FilterDelivery(kinds.get(each.kind, "file"), str(each.address)) for each in found.deliveries
    ]
    deliveries += [FilterDelivery("reply", str(reply.to)) for reply in found.replies]
    if found.error is not None:
        return Filtered("sieve", "error", found.error, found.line, tuple(deliveries))
    return Filtered("sieve", "delivered", deliveries=tuple(deliveries))
