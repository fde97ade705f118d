"""The way of an address through the routers as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import to_display
from expander.pictures.picture import BOX, NOTE, QUESTION, ROUND, Arrow, Node, Picture
from expander.routing.report import WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from expander.routing.routes import Route, Step

LONGEST = 60
"""Longer values are cut in pictures."""


class _Drawing:
    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.arrows: list[Arrow] = []

    def node(self, lines: Sequence[str], shape: str) -> str:
        name = str(len(self.nodes))
        self.nodes.append(Node(name, tuple(lines), shape))
        return name

    def route(self, route: Route) -> str:
        """Draw an address and all below it; the name of its node."""
        first = last = self.node([to_display(route.address)], ROUND)
        label = ""
        for step in route.steps:
            at = self.node([step.router, *_said(step)], BOX if step.outcome else QUESTION)
            self.arrows.append(Arrow(last, at, label))
            last, label = at, "" if step.outcome else "not"
        if route.transport is not None:
            hosts = [f"{to_display(host.name)} {host.address or host.why}".rstrip() for host in route.hosts]
            at = self.node([f"transport {route.transport}", *hosts], NOTE)
            self.arrows.append(Arrow(last, at))
        elif route.outcome in {"FAIL", "DEFER"}:
            what = "undeliverable" if route.outcome == "FAIL" else "not now"
            at = self.node([what, _cut(to_display(route.message))], NOTE)
            self.arrows.append(Arrow(last, at))
        for child in route.children:
            self.arrows.append(Arrow(last, self.route(child)))
        return first


def _said(step: Step) -> list[str]:
    if step.stopped_by:
        return [_cut(to_display(f"{step.stopped_by} = {step.value}" if step.value else step.stopped_by))]
    return [WORDS[step.outcome]] if step.outcome in WORDS else []


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def route_picture(routes: Sequence[Route]) -> Picture:
    """The ways of some addresses, one beside the other."""
    drawing = _Drawing()
    for route in routes:
        drawing.route(route)
    return Picture("routes", tuple(drawing.nodes), tuple(drawing.arrows))
