"""What can be expected: each a function that says what there is instead, or nothing where all is well."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError
from drivers.api.text import to_display
from expander.testing import deliveries
from expander.testing.matching import is_part, is_whole
from grammar.scenario_words import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from expander.delivery.delivered import Delivered, Outcome
    from expander.session.verdict import Verdict
    from expander.testing.steps import Seen
    from grammar.ast.scenarios import Expectation

    Found = tuple[bool, str]


def check(seen: Seen, expectation: Expectation) -> str | None:
    """What there is instead of what is expected, None if it is so. Raises `ScenarioError` for nonsense."""
    look = _LOOKS[expectation.what]
    try:
        holds, found = look(seen, expectation.text)
    except _NotThereError as lack:
        raise ScenarioError(f'"expect {expectation.what}" needs {lack} before it', expectation.line) from None
    except re.error as problem:
        raise ScenarioError(f"bad pattern: {problem}", expectation.line) from None
    return None if holds is not expectation.negated else found


class _NotThereError(Exception):
    """Nothing was done that the expectation could look at."""


def _value(seen: Seen, text: str) -> Found:
    if seen.value is None:
        if seen.failure is None:
            raise _NotThereError("an expansion")
        return False, f"the expansion failed: {seen.failure}"
    return is_whole(text, to_display(seen.value)), f'the value "{to_display(seen.value)}"'


def _failure(seen: Seen, text: str) -> Found:
    if seen.failure is None:
        return False, f'the value "{to_display(seen.value or "")}"'
    return text == "" or is_part(text, to_display(seen.failure)), f"the failure: {to_display(seen.failure)}"


def _reply(seen: Seen, text: str) -> Found:
    if seen.reply is None:
        raise _NotThereError("a session")
    shown = to_display(str(seen.reply))
    return is_part(text, shown) if not text.isdigit() else str(seen.reply.code) == text, shown


def _acl(seen: Seen, text: str) -> Found:
    if seen.session is None:
        raise _NotThereError("a session")
    words = text.split()
    shown = [_described(verdict) for verdict in seen.session.verdicts]
    found = any(_is_meant(verdict, words) for verdict in seen.session.verdicts)
    return found, f"decided: {'; '.join(shown) or 'nothing'}"


def _is_meant(verdict: Verdict, words: Sequence[str]) -> bool:
    """A name, then any of: a verb, an outcome, ``line N``, ``phase NAME``."""
    rest = iter(words)
    for word in rest:
        if word == "line":
            if next(rest, "") != str(verdict.line):
                return False
        elif word == "phase":
            if next(rest, "") != verdict.phase:
                return False
        elif word not in {verdict.acl, verdict.verb, verdict.outcome}:
            return False
    return True


def _described(verdict: Verdict) -> str:
    line = f" line {verdict.line}" if verdict.line else ""
    return " ".join(filter(None, (verdict.acl, verdict.verb, verdict.outcome))) + line


def _log(seen: Seen, text: str) -> Found:
    shown = [to_display(line) for line in seen.log]
    return any(is_part(text, line) for line in shown), f"the log: {' / '.join(shown) or 'empty'}"


def _message(seen: Seen, text: str) -> Found:
    if seen.session is None:
        raise _NotThereError("a session")
    if not seen.session.messages:
        return False, "no message was taken"
    body = to_display(seen.session.messages[-1].body.decode("latin-1"))
    return text == "" or is_part(text, body), f'the body "{body}"'


def _header(seen: Seen, text: str) -> Found:
    if seen.session is None:
        raise _NotThereError("a session")
    if not seen.session.messages:
        return False, "no message was taken"
    lines = [to_display(line.rstrip("\n")) for _, line in seen.session.messages[-1].headers]
    return any(is_part(text, line) for line in lines), f"the header: {' / '.join(lines)}"


def _sender(seen: Seen, text: str) -> Found:
    if seen.session is None:
        raise _NotThereError("a session")
    if not seen.session.messages:
        return False, "no message was taken"
    sender = to_display(seen.session.messages[-1].sender)
    return is_whole(text or '""', sender), f'the sender "{sender}"'


def _variable(seen: Seen, text: str) -> Found:
    name, _, value = text.partition(" ")
    name = name.removeprefix("$")
    context = seen.session.context if seen.session is not None else seen.expander and seen.expander.context
    if context is None:
        raise _NotThereError("a session or another step")
    try:
        there = to_display(context.expand(f"${{{name}}}"))
    except ExpansionError as problem:
        raise ScenarioError(to_display(problem.message), 0) from None
    return is_whole(value.strip() or '""', there), f'${name} is "{there}"'


def _of_deliveries(look: Callable[[Sequence[Delivered], str], Found]) -> Callable[[Seen, str], Found]:
    """A look at deliveries alone."""

    def after(seen: Seen, text: str) -> Found:
        if not seen.delivered:
            raise _NotThereError("a delivery")
        return look(seen.delivered, text)

    return after


def _among(what: str, values: Callable[[Seen], list[str]]) -> Callable[[Seen, str], Found]:
    def look(seen: Seen, text: str) -> Found:
        if not seen.reports and not seen.delivered:
            raise _NotThereError("a route or a delivery")
        found = values(seen)
        return any(is_whole(text, value) for value in found), f"{what}: {', '.join(found) or 'none'}"

    return look


def _routers(seen: Seen) -> list[str]:
    if not seen.reports:
        return [name for outcome in _outcomes(seen) for name in outcome.routers]
    return [report.address.router.name for report in seen.reports if report.address.router is not None]


def _transports(seen: Seen) -> list[str]:
    if not seen.reports:
        return [outcome.transport for outcome in _outcomes(seen) if outcome.transport]
    return [report.address.transport.name for report in seen.reports if report.address.transport is not None]


def _outcomes(seen: Seen) -> list[Outcome]:
    return deliveries.outcomes(seen.delivered)


def _hosts(seen: Seen) -> list[str]:
    found = []
    for report in seen.reports:
        for host in report.address.hosts:
            name, address = to_display(host.name), host.address or ""
            found += [name, address, f"{name} {address}".strip()]
    return [name for name in dict.fromkeys(found) if name]


def _children(seen: Seen) -> list[str]:
    return [to_display(report.address.text) for report in seen.reports if report.address.ancestors()]


def _ended(outcome: str, of_delivery: str) -> Callable[[Seen, str], Found]:
    after = _of_deliveries(deliveries.ended(of_delivery))

    def look(seen: Seen, text: str) -> Found:
        if not seen.reports:
            return after(seen, text)
        told = [(report.outcome, to_display(report.address.message or "")) for report in seen.reports]
        holds = any(ended == outcome and (not text or is_part(text, said)) for ended, said in told)
        return holds, "; ".join(f"{ended} {said}".strip() for ended, said in told)

    return look


_NAMES = {"router": _routers, "transport": _transports, "host": _hosts, "child": _children}
_ENDS = {"undeliverable": "FAIL", "deferred": "DEFER", "discarded": "DISCARD"}
_LOOKS: dict[str, Callable[[Seen, str], Found]] = {
    "value": _value,
    "failure": _failure,
    "reply": _reply,
    "acl": _acl,
    "log": _log,
    "message": _message,
    "header": _header,
    "sender": _sender,
    "variable": _variable,
    "router": _among("the routers", _routers),
    "transport": _among("the transports", _transports),
    "host": _among("the hosts", _hosts),
    "child": _among("the children", _children),
    "undeliverable": _ended(_ENDS["undeliverable"], "failed"),
    "deferred": _ended(_ENDS["deferred"], "deferred"),
    "discarded": _ended(_ENDS["discarded"], "discarded"),
    "delivered": _of_deliveries(deliveries.ended("delivered")),
    "file": _of_deliveries(deliveries.file),
    "command": _of_deliveries(deliveries.command),
    "sent": _of_deliveries(deliveries.sent),
    "waiting": _of_deliveries(deliveries.waiting),
}

OF_VALUES = frozenset({"value", "failure"})
OF_ROUTES = frozenset({"router", "transport", "host", "child", *_ENDS})
OF_DELIVERIES = frozenset({"delivered", "file", "command", "sent", "waiting"})
"""What is expected of expansions, of routes and of deliveries."""


def candidates(seen: Seen, what: str) -> list[str]:
    """All that could have been what was expected, where there can be several."""
    if what == "log":
        return [to_display(line) for line in seen.log]
    if what in _NAMES:
        return _NAMES[what](seen)
    if seen.session is None:
        return []
    if what == "acl":
        return [_described(verdict) for verdict in seen.session.verdicts]
    if what == "header" and seen.session.messages:
        return [to_display(line.rstrip("\n")) for _, line in seen.session.messages[-1].headers]
    return []
