"""The steps of an expansion as a tree: each piece of text with its value, taint and time."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError
from drivers.api.text import is_tainted

if TYPE_CHECKING:
    from drivers.api import protocols
    from drivers.api.protocols import Run, Test
    from grammar.source import Span


SHORT = 64


@dataclass(slots=True)
class Step:
    """One piece of the text and what became of it.

    ``kind`` is the node's kind, ``value`` the text or truth value that it gave ("" while it runs),
    ``error`` the message if it failed, ``seconds`` the time it took with everything inside.
    """

    kind: str
    span: Span
    value: str = ""
    tainted: bool = False
    error: str | None = None
    seconds: float = 0.0
    steps: list[Step] = field(default_factory=list)


class Tracer:
    """Collects the steps of the expansions that run in one context."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._open: list[Step] = []
        self._held = 0

    def enter(self, kind: str, span: Span) -> Step:
        """A piece begins."""
        step = Step(kind, span)
        (self._open[-1].steps if self._open else self.steps).append(step)
        self._open.append(step)
        return step

    def kept(self, value: str, most: int) -> str:
        """The value to be shown; of so many bytes in all only the beginnings of further ones are kept."""
        self._held += len(value)
        return value if self._held <= most or len(value) <= SHORT else f"{value[:SHORT]}..."

    def leave(self) -> None:
        """The piece that began last has ended."""
        self._open.pop()


def traced(run: Run, kind: str, span: Span) -> Run:
    """The closure, telling the context's tracer when it begins and what it gives."""

    def watched(ctx: protocols.Context) -> str:
        return _watch(ctx, run, kind, span)

    return watched


def traced_test(test: Test, kind: str, span: Span) -> Test:
    """The same for a condition; the value shown is "true" or "false"."""

    def shown(ctx: protocols.Context) -> str:
        return "true" if test(ctx) else "false"

    def watched(ctx: protocols.Context) -> bool:
        return _watch(ctx, shown, kind, span) == "true"

    return watched


def _watch(ctx: protocols.Context, run: Run, kind: str, span: Span) -> str:
    tracer: Tracer | None = getattr(ctx, "trace", None)
    if tracer is None:
        return run(ctx)
    step = tracer.enter(kind, span)
    started = time.perf_counter()
    try:
        value = run(ctx)
    except ExpansionError as error:
        step.error = error.message
        raise
    else:
        step.value, step.tainted = tracer.kept(value, ctx.limits.size), is_tainted(value)
        return value
    finally:
        step.seconds = time.perf_counter() - started
        tracer.leave()
