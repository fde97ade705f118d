"""What became of an address at each router, for people and programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drivers.api.text import Tainted, to_display
from expander.routing.verify import Verification, VerifyOptions
from grammar.record import State, made_by

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.api.routing import Address
    from expander.expand.context import Context
    from expander.routing.engine import Tried

WORDS = {
    "OK": "takes it", "DECLINE": "declines", "PASS": "passes it on", "FAIL": "fails it", "DEFER": "defers it",
    "DISCARD": "discards it", "REROUTED": "changes the domain",
}  # fmt: skip
"""What is said of a router that ran."""


class Report(State):
    """One address with the routers that it came to, in their order.

    ``outcome`` is "OK", "FAIL", "DEFER" or "DISCARD", "" for a pipe, file or reply, which no router sees.
    """

    address: Address
    tried: list[Tried] = made_by(default_factory=list)
    outcome: str = ""


def routed(ctx: Context, address: str, *, is_recipient: bool = True, verifies: bool = False) -> list[Report]:
    """Route an address and all that comes of it; each of them in the order in which it was routed.

    ``verifies`` lets routers do as they do while an address is verified, as a recipient or as a sender; else
    it is tested as with ``-bt``. Raises `Failed` for what is no address, and `Unsupported`.
    """
    from drivers.values import mailbox

    parsed = mailbox.parse(address).address
    tried: dict[int, list[Tried]] = {}
    verification = Verification(
        ctx,
        is_recipient=is_recipient,
        options=VerifyOptions(qualifies=True),
        full=True,
        purpose=None if verifies else "",
        is_test=not verifies,
        watch=lambda found, step: tried.setdefault(id(found), []).append(step),
    )
    verification.verify(Tainted(parsed))
    return [Report(found, tried.get(id(found), []), outcome) for found, outcome in verification.routed]


def step_line(router: str, passed: Sequence[str], stopped_by: str, value: str, outcome: str) -> str:
    """What became of an address at one router, in a line."""
    said = f"skipped by {stopped_by}" + (f" = {value}" if value else "")
    if not stopped_by:
        said = WORDS.get(outcome, outcome or "skipped")
    held = f" (passed: {', '.join(passed)})" if passed else ""
    return f"{router}: {to_display(said)}{held}"


def lines(report: Report) -> list[str]:
    """The report in lines of text, further to the right the more parents the address has."""
    address = report.address
    indent = "  " * len(address.ancestors())
    found = [f"{indent}{to_display(address.text)}"]
    for tried in report.tried:
        line = step_line(tried.router, tried.passed, tried.stopped_by, tried.value, tried.outcome)
        found.append(f"{indent}  {line}")
    if address.transport is not None:
        found.append(f"{indent}  transport: {address.transport.name}")
    for host in address.hosts:
        where = f" [{host.address}]" if host.address else ""
        port = "" if host.port is None else f" port {host.port}"
        preference = "" if host.preference is None else f" MX {host.preference}"
        found.append(f"{indent}  host: {to_display(host.name)}{where}{preference}{port}")
    if report.outcome in {"FAIL", "DEFER"}:
        what = "undeliverable" if report.outcome == "FAIL" else "not now"
        found.append(f"{indent}  {what}: {to_display(address.message or '')}")
    return found


def plain(report: Report) -> dict[str, Any]:
    """The report as plain data."""
    address = report.address
    return {
        "address": to_display(address.text),
        "kind": address.kind or "address",
        "parents": [to_display(parent.text) for parent in address.ancestors()],
        "routers": [
            {
                "name": tried.router,
                "stopped_by": tried.stopped_by or None,
                "value": to_display(tried.value) or None,
                "passed": list(tried.passed),
                "outcome": tried.outcome or None,
            }
            for tried in report.tried
        ],
        "outcome": report.outcome or None,
        "message": None if address.message is None else to_display(address.message),
        "transport": None if address.transport is None else address.transport.name,
        "hosts": [
            {
                "name": to_display(host.name),
                "address": host.address or None,
                "preference": host.preference,
                "port": host.port,
            }
            for host in address.hosts
        ],
    }
