"""Explains an expansion: what every piece of it gave, as a tree, as lines and as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from drivers.api.errors import EximError
from drivers.api.text import is_tainted, printing, to_display
from expander.expand.trace import Step, Tracer
from expander.trace.origins import Origin, of_refusal, origins, what_is

if TYPE_CHECKING:
    from expander.api import Expander
    from grammar.source import Span

INDENT = "  "
DEEPEST_INDENT = 40
"""Deeper levels are not moved further to the right: the lines would be nothing but blanks."""

WIDEST = 60
"""Bytes of a text or value that are shown in a line."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One expansion with its steps; ``error`` is set, and ``value`` empty, where it came to no value.

    ``why`` tells what brought in the taint of the value, or that of what was refused.
    """

    text: str
    value: str
    tainted: bool
    error: EximError | None
    steps: tuple[Step, ...]
    why: tuple[Origin, ...] = ()


def explain(expander: Expander, text: str) -> Explanation:
    """Expand a text with an expander in trace mode, keeping the steps.

    Raises nothing for a bad text: the error is part of the answer, with the innermost piece that
    failed as its place where the error itself does not know one.
    """
    tracer = Tracer()
    expander.context.trace = tracer
    try:
        value = expander.expand(text)
    except EximError as error:
        error.span = error.span or _where_it_failed(tracer.steps)
        why = of_refusal(tracer.steps)
        error.notes += [reason(origin, text) for origin in why]
        return Explanation(text, "", tainted=False, error=error, steps=tuple(tracer.steps), why=why)
    finally:
        expander.context.trace = None
    why = origins(tracer.steps) if is_tainted(value) else ()
    return Explanation(text, value, is_tainted(value), None, tuple(tracer.steps), why)


def reason(origin: Origin, main: str) -> str:
    """A sentence that tells where tainted text came from; offsets count in the text ``main``."""
    span, node = origin.step.span, origin.step.node
    through = f", through {', '.join(origin.through)}" if origin.through else ""
    elsewhere = "" if span.source.text == main else f" of {_short(span.source.text)}"
    where = f"at {span.start}-{span.end}{elsewhere}"
    return f"tainted by {_short(text_of(origin.step))} {where}, {what_is(node)}{through}"


def _where_it_failed(steps: list[Step]) -> Span | None:
    """The innermost piece that failed: units themselves do not know where they stand."""
    span = None
    failed = next((step for step in reversed(steps) if step.error is not None), None)
    while failed is not None:
        span = failed.span
        failed = next((step for step in reversed(failed.steps) if step.error is not None), None)
    return span


def lines(explanation: Explanation) -> list[str]:
    """The tree: each piece of text with its value, its taint mark and the time that it took."""
    if not explanation.steps and explanation.error is None:
        return [f'{_short(explanation.text)}  = "{_short(explanation.value)}"']
    rows: list[tuple[str, str]] = []
    waiting = [(step, 0) for step in reversed(_plain(explanation.steps))]
    while waiting:
        step, level = waiting.pop()
        rows.append((f"{INDENT * min(level, DEEPEST_INDENT)}{_short(text_of(step))}", _outcome(step)))
        waiting.extend((inner, level + 1) for inner in reversed(_plain(step.steps)))
    width = min(max((len(left) for left, _ in rows), default=0), WIDEST + 8)
    notes = (
        []
        if explanation.error
        else [f"note: {reason(origin, explanation.text)}" for origin in explanation.why]
    )
    return [*(f"{left:<{width}}  {right}" for left, right in rows), *notes]


def as_data(explanation: Explanation) -> dict[str, Any]:
    """The same as plain data; the guide tells what each name in it means."""
    error = explanation.error
    roots: list[dict[str, Any]] = []
    waiting = [(step, roots) for step in reversed(_plain(explanation.steps))]
    while waiting:
        step, where = waiting.pop()
        data = _step_data(step, explanation.text)
        where.append(data)
        waiting.extend((inner, data["steps"]) for inner in reversed(_plain(step.steps)))
    return {
        "text": to_display(explanation.text),
        "value": None if error else to_display(explanation.value),
        "tainted": explanation.tainted,
        "error": to_display(error.message) if error else None,
        "notes": [to_display(note) for note in error.notes] if error else [],
        "span": _span_data(error.span, explanation.text) if error and error.span else None,
        "microseconds": round(sum(step.seconds for step in explanation.steps) * 1e6, 1),
        "why": [_origin_data(origin, explanation.text) for origin in explanation.why],
        "steps": roots,
    }


def _span_data(span: Span, main: str) -> dict[str, Any]:
    """Offsets, and the text that they count in where that is not the text that was explained."""
    inner = None if span.source.text == main else to_display(span.source.text)
    return {"start": span.start, "end": span.end, "in": inner}


def _origin_data(origin: Origin, main: str) -> dict[str, Any]:
    step = origin.step
    return {
        "kind": step.kind,
        "name": to_display(step.name),
        "text": to_display(text_of(step)),
        **_span_data(step.span, main),
        "reason": what_is(step.node),
        "through": list(map(to_display, origin.through)),
    }


def _step_data(step: Step, main: str) -> dict[str, Any]:
    return {
        "kind": step.kind,
        "name": to_display(step.name),
        "text": to_display(text_of(step)),
        **_span_data(step.span, main),
        "value": None if step.error is not None else to_display(step.value),
        "tainted": step.tainted,
        "error": None if step.error is None else to_display(step.error),
        "microseconds": round(step.seconds * 1e6, 1),
        "steps": [],
    }


def _plain(steps: list[Step] | tuple[Step, ...]) -> list[Step]:
    """Steps without those that only hold one other step over the same text."""
    found = []
    for step in steps:
        kept = step
        while kept.kind == "sequence" and len(kept.steps) == 1 and _same_place(kept, kept.steps[0]):
            kept = kept.steps[0]
        found.append(kept)
    return found


def _same_place(step: Step, inner: Step) -> bool:
    return (step.span.start, step.span.end) == (inner.span.start, inner.span.end)


def text_of(step: Step) -> str:
    """The text of a step; a condition's last brace belongs to it as well."""
    span = step.span
    brace = step.kind == "condition" and span.source.text[span.end : span.end + 1] == "}"
    return span.source.text[span.start : span.end + brace]


def _outcome(step: Step) -> str:
    taken = f"({step.seconds * 1e6:.0f} us)"
    if step.error is not None:
        return f"!! {to_display(printing(step.error, top_bit_prints=True))} {taken}"
    value = _short(step.value)
    shown = value if step.kind == "condition" else f'"{value}"'
    return f"= {shown}{' tainted' if step.tainted else ''} {taken}"


def _short(text: str) -> str:
    cut = text if len(text) <= WIDEST else f"{text[: WIDEST - 3]}..."
    return to_display(printing(cut, top_bit_prints=True))
