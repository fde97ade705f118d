"""How it came to what was found in the place of what was expected: who decided where, by which values."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from drivers.api.errors import EximError
from drivers.api.text import printing, to_display
from expander.lint.places import in_file
from expander.routing.report import step_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from expander.api import Expander
    from expander.config.model import Config
    from expander.expand.trace import Step
    from expander.routing.engine import Tried
    from expander.routing.report import Report
    from expander.session.talk import SmtpSession
    from expander.session.verdict import Verdict
    from grammar.source import Span

_NAMED = re.compile(r"(?:^|[\s:;,!])\+(\w+)", re.ASCII)
MOST_STEPS = 12
WIDEST = 72
ALIKE = 0.5
"""How much two texts have to have in common for one to be named beside the other."""

REFUSING = frozenset({"denied", "deferred", "dropped", "discarded", "error"})


def place(span: Span) -> str:
    """``file:line`` of a piece of a configuration."""
    origin = in_file(span)
    return f"{to_display(origin.source.name)}:{origin.position()[0]}"


def of_reply(session: SmtpSession, verdicts: int, log: int) -> list[str]:
    """What decided since so many verdicts and lines of the log; nothing where no ACL was asked."""
    decided = [line for verdict in session.verdicts[verdicts:] for line in _of_verdict(session, verdict)]
    return [*decided, *(f"log: {to_display(line)}" for line in session.log[log:])]


def of_session(session: SmtpSession) -> list[str]:
    """The verdict that counted: the last one that refused something, or else the last."""
    refused: list[Verdict] = [one for one in session.verdicts if one.outcome in REFUSING]
    last = refused or list(session.verdicts)
    return _of_verdict(session, last[-1]) if last else []


def _of_verdict(session: SmtpSession, verdict: Verdict) -> list[str]:
    config = session.context.config
    named = of_lists(config, [one.value for one in verdict.values]) if config is not None else []
    return [verdict.explain(), *(f"  {line}" for line in named)]


def of_lists(config: Config, texts: Sequence[str]) -> list[str]:
    """The named lists that are named in texts: what they hold, and where they stand."""
    names = dict.fromkeys(name for text in texts for name in _NAMED.findall(text))
    found = [one for name in names for one in config.lists.values() if one.name == name]
    return [f"+{one.name} = {_short(' '.join(one.text.split()))} at {place(one.span)}" for one in found]


def of_routes(config: Config, reports: Sequence[Report]) -> list[str]:
    """What each router said of each address, with the line that stopped or took it."""
    return [line for report in reports for line in _of_route(config, report)]


def _of_route(config: Config, report: Report) -> Iterator[str]:
    address = report.address
    indent = "  " * len(address.ancestors())
    yield f"{indent}{to_display(address.text)}"
    for tried in report.tried:
        line = step_line(tried.router, tried.passed, tried.stopped_by, tried.value, tried.outcome)
        yield f"{indent}  {line} at {_of_router(config, tried)}"
    if address.transport is not None:
        transport = config.instance("transport", address.transport.name)
        where = f" at {place(transport.span)}" if transport is not None else ""
        yield f"{indent}  transport: {address.transport.name}{where}"
    for host in address.hosts:
        yield f"{indent}  host: {to_display(host.name)} {host.address or ''}".rstrip()
    yield from (f"{indent}  {line}" for line in of_lists(config, [one.value for one in report.tried]))
    if report.outcome in {"FAIL", "DEFER"}:
        what = "undeliverable" if report.outcome == "FAIL" else "not now"
        yield f"{indent}  {what}: {to_display(address.message or '')}"


def _of_router(config: Config, tried: Tried) -> str:
    router = config.instance("router", tried.router)
    if router is None:
        return tried.router
    setting = router.setting(tried.stopped_by) if tried.stopped_by else None
    return place(setting.span if setting is not None else router.span)


def of_value(expander: Expander, text: str) -> list[str]:
    """What the pieces of an expansion came to, the outer ones first, but for what stands for itself."""
    from expander.trace.steps import explain

    try:
        explained = explain(expander, text)
    except EximError:
        return []
    lines = list(_steps(explained.steps, 0))
    more = [f"... and {len(lines) - MOST_STEPS} more"] if len(lines) > MOST_STEPS else []
    return [*lines[:MOST_STEPS], *more] if len(lines) > 1 else []


def _steps(steps: Sequence[Step], level: int) -> Iterator[str]:
    from expander.trace.steps import text_of

    for step in steps:
        if step.kind == "sequence":
            yield from _steps(step.steps, level)
            continue
        text = text_of(step)
        if step.error is None and step.value == text:
            continue
        said = f"!! {step.error}" if step.error is not None else step.value
        shown = said if step.kind == "condition" or step.error is not None else f'"{said}"'
        yield f"{'  ' * level}{_short(text)} = {_short(shown)}"
        yield from _steps(step.steps, level + 1)


def _short(text: str) -> str:
    shown = printing(text, top_bit_prints=True)
    return to_display(shown if len(shown) <= WIDEST else f"{shown[: WIDEST - 3]}...")


def nearest(wanted: str, there: Sequence[str]) -> str | None:
    """The one of several texts that is most like what was expected, None if none is."""
    if len(there) < 2:
        return None
    ratios = [(SequenceMatcher(None, wanted.lower(), one.lower()).ratio(), one) for one in there]
    best, found = max(ratios, key=lambda pair: pair[0])
    return found if best >= ALIKE else None
