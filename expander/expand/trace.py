"""The steps of an expansion as a tree: each piece of text with its value, taint and time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from drivers.api.errors import EximError
from drivers.api.text import is_tainted
from grammar.record import State, made_by

if TYPE_CHECKING:
    from drivers.api import protocols
    from drivers.api.protocols import Run, Test
    from grammar.ast.expansion import Node
    from grammar.source import Span


SHORT = 64


class Step(State):
    """One piece of the text and what became of it.

    ``node`` is its place in the tree, ``value`` the text or truth value that it gave ("" while it
    runs), ``error`` the message if it failed, ``seconds`` the time it took with everything inside.
    """

    node: Node
    span: Span
    value: str = ""
    tainted: bool = False
    error: str | None = None
    seconds: float = 0.0
    steps: list[Step] = made_by(default_factory=list)

    @property
    def kind(self) -> str:
        """What kind of piece it is."""
        return self.node.kind

    @property
    def name(self) -> str:
        """The name of a variable, header, operator, item or condition, "" for other pieces."""
        return str(getattr(self.node, "name", getattr(self.node, "number", "")))


class Tracer:
    """Collects the steps of the expansions that run in one context."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._open: list[Step] = []
        self._held = 0

    def enter(self, node: Node, span: Span) -> Step:
        """A piece begins."""
        step = Step(node, span)
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


def traced(run: Run, node: Node, span: Span) -> Run:
    """The closure, telling the context's tracer when it begins and what it gives."""

    def watched(ctx: protocols.Context) -> str:
        return _watch(ctx, run, node, span)

    return watched


def traced_test(test: Test, node: Node, span: Span) -> Test:
    """The same for a condition; the value shown is "true" or "false"."""

    def shown(ctx: protocols.Context) -> str:
        return "true" if test(ctx) else "false"

    def watched(ctx: protocols.Context) -> bool:
        return _watch(ctx, shown, node, span) == "true"

    return watched


def _watch(ctx: protocols.Context, run: Run, node: Node, span: Span) -> str:
    tracer: Tracer | None = getattr(ctx, "trace", None)
    if tracer is None:
        return run(ctx)
    step = tracer.enter(node, span)
    started = time.perf_counter()
    try:
        value = run(ctx)
    except EximError as error:
        step.error = error.message
        raise
    else:
        step.value, step.tainted = tracer.kept(value, ctx.limits.size), is_tainted(value)
        return value
    finally:
        step.seconds = time.perf_counter() - started
        tracer.leave()
