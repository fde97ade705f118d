"""The way of an address through the routers as a tree of plain records, for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from drivers.api.text import to_display
from expander.routing.report import Report, routed, step_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from drivers.api.routing import Address
    from expander.expand.context import Context


@dataclass(frozen=True, slots=True)
class HostOf:
    """A host that mail is to go to; ``address`` is "" for one without, and ``why`` says why then.

    ``preference`` is that of the MX record, ``port`` a TCP port, None where nothing says them. ``secure``
    tells that DNSSEC vouches for the address.
    """

    name: str
    address: str = ""
    preference: int | None = None
    port: int | None = None
    secure: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """What became of an address at one router.

    ``passed`` are the preconditions that held, in their order. Where the router did not run, ``stopped_by``
    names the one that did not, and ``value`` is its list, file or condition. ``outcome`` is what the router
    said: "OK", "DECLINE", "PASS", "FAIL", "DEFER", "DISCARD" or "REROUTED"; "" where it did not run.
    """

    router: str
    passed: tuple[str, ...] = ()
    stopped_by: str = ""
    value: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """An address, the routers that it came to, and what it became.

    ``kind`` is "address", or "pipe", "file" or "reply" for what no router sees. ``outcome`` is "OK", "FAIL",
    "DEFER" or "DISCARD", "" where nothing was routed; ``message`` says why. ``transport`` is a name, None
    where there is none. ``children`` are the addresses that stand in its place, each with its own.
    """

    address: str
    kind: str = "address"
    outcome: str = ""
    message: str = ""
    transport: str | None = None
    hosts: tuple[HostOf, ...] = ()
    steps: tuple[Step, ...] = ()
    children: tuple[Route, ...] = ()

    @property
    def ends(self) -> tuple[Route, ...]:
        """The addresses without children, from the first to the last: what mail comes to in the end."""
        if not self.children:
            return (self,)
        return tuple(end for child in self.children for end in child.ends)

    def explain(self) -> str:
        """The tree in lines of text: every router, and what stopped it or what it said."""
        return "\n".join(self._lines(""))

    def _lines(self, indent: str) -> list[str]:
        found = [f"{indent}{to_display(self.address)}"]
        found += [
            f"{indent}  {step_line(step.router, step.passed, step.stopped_by, step.value, step.outcome)}"
            for step in self.steps
        ]
        if self.transport is not None:
            found.append(f"{indent}  transport: {self.transport}")
        for host in self.hosts:
            found.append(f"{indent}  host: {to_display(host.name)} {host.address or f'({host.why})'}")
        if self.outcome in {"FAIL", "DEFER"}:
            what = "undeliverable" if self.outcome == "FAIL" else "not now"
            found.append(f"{indent}  {what}: {to_display(self.message)}")
        for child in self.children:
            found += child._lines(f"{indent}  ")  # noqa: SLF001 - they are of one class
        return found


def route(
    ctx: Context,
    address: str,
    *,
    sender: str = "",
    verifies: str = "",
    facts: Mapping[str, str] | None = None,
) -> Route:
    """Route an address, and all that comes of it.

    ``sender`` is the sender of the message, ``facts`` are further variables. ``verifies`` is "recipient" or
    "sender" to let routers do as they do while an address is verified; else it is tested as with ``-bt``.
    Raises `Failed` for what is no address, and `Unsupported`.
    """
    from expander.setting import assign

    for name, value in {"sender_address": sender, **(facts or {})}.items():
        assign(ctx, name, value)
    return tree_of(routed(ctx, address, is_recipient=verifies != "sender", verifies=bool(verifies)), address)


def tree_of(reports: Sequence[Report], address: str) -> Route:
    """The tree of what was routed; addresses that were changed in their places are parents as well."""
    known = {id(report.address): report for report in reports}
    order: list[Address] = []
    children: dict[int, list[Address]] = {}
    for report in reports:
        below = report.address
        while below.parent is not None:
            siblings = children.setdefault(id(below.parent), [])
            if any(each is below for each in siblings):
                break
            siblings.append(below)
            below = below.parent
        else:
            order.append(below)

    def made(of: Address) -> Route:
        report = known.get(id(of)) or Report(of)
        return _of_report(report, tuple(map(made, children.get(id(of), ()))))

    return made(order[0]) if order else Route(address, outcome="OK")


def _of_report(report: Report, children: tuple[Route, ...]) -> Route:
    address = report.address
    return Route(
        str(address.text),
        address.kind or "address",
        report.outcome,
        address.message or "",
        None if address.transport is None else address.transport.name,
        tuple(
            HostOf(host.name, host.address, host.preference, host.port, host.secure, host.why)
            for host in address.hosts
        ),
        tuple(
            Step(tried.router, tried.passed, tried.stopped_by, tried.value, tried.outcome)
            for tried in report.tried
        ),
        children,
    )
