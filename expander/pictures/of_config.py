"""A whole configuration as a picture: routers in their order, transports, and which ACLs call which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import to_display
from expander.lint.graph import acl_graph
from expander.lint.survey import Survey
from expander.pictures.picture import BOX, NOTE, QUESTION, ROUND, Arrow, Node, Picture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.outside import World
    from expander.config.model import Config, Instance

PARTS = ("routers", "acls")
TRANSPORTS = {
    "transport": "",
    "file_transport": "files",
    "directory_transport": "directories",
    "pipe_transport": "pipes",
    "reply_transport": "replies",
}
"""Options of routers that name a transport, and for what it is."""

JUMPS = {"pass_router": "passes", "redirect_router": "its children"}
CONDITIONS = (
    "domains", "local_parts", "local_part_prefix", "local_part_suffix", "senders", "condition",
    "require_files",
)  # fmt: skip
"""Preconditions that are shown with a router."""

LONGEST = 50


def config_picture(config: Config, world: World, parts: tuple[str, ...] = PARTS) -> Picture:
    """The picture of a configuration; ``parts`` are those of `PARTS` that are wanted."""
    nodes: dict[str, Node] = {}
    arrows: dict[tuple[str, str, str], Arrow] = {}

    def take(drawn: Iterator[Node | Arrow]) -> None:
        for each in drawn:
            if isinstance(each, Node):
                nodes.setdefault(each.name, each)
            else:
                arrows.setdefault((each.start, each.end, each.label), each)

    if "routers" in parts:
        take(_routers(config))
    if "acls" in parts:
        take(_acls(config, world))
    known = [arrow for arrow in arrows.values() if arrow.start in nodes and arrow.end in nodes]
    return Picture(to_display(config.path), tuple(nodes.values()), tuple(known))


def _routers(config: Config) -> Iterator[Node | Arrow]:
    routers = config.routers
    for at, router in enumerate(routers):
        here = f"router {router.name}"
        yield Node(here, (router.name, f"driver = {router.driver}", *_conditions(router)), BOX, "routers")
        if at + 1 < len(routers) and router["more"] is not False:
            yield Arrow(here, f"router {routers[at + 1].name}", "declines", weak=True)
        if router["unseen"] is True and at + 1 < len(routers):
            yield Arrow(here, f"router {routers[at + 1].name}", "unseen")
        for option, label in JUMPS.items():
            if option in router.options and router[option]:
                yield Arrow(here, f"router {router[option]}", label, weak=True)
    for transport in config.transports:
        lines = (transport.name, f"driver = {transport.driver}")
        yield Node(f"transport {transport.name}", lines, ROUND, "transports")
    for router in routers:
        yield from _to_transports(router)


def _to_transports(router: Instance) -> Iterator[Node | Arrow]:
    for option, label in TRANSPORTS.items():
        name = router[option] if option in router.options else ""
        if not name:
            continue
        if "$" in name:  # which one, only an address tells
            yield Node(f"transport {name}", (_cut(name),), QUESTION, "transports")
        yield Arrow(f"router {router.name}", f"transport {name}", label)


def _conditions(router: Instance) -> list[str]:
    shown = [f"{name} = {_cut(str(router[name]))}" for name in CONDITIONS if router.options.is_set(name)]
    return [*shown, *(["check_local_user"] if router["check_local_user"] else [])]


def _acls(config: Config, world: World) -> Iterator[Node | Arrow]:
    survey = Survey(config, world)
    graph = acl_graph(survey)
    for name in config.acls:
        yield Node(f"acl {name}", (name,), BOX, "ACLs")
    for call in (*graph.calls, *graph.outside):
        if call.caller:
            start = f"acl {call.caller}"
        else:
            text = call.text
            shown = f"{text.section} {text.holder}: {text.name}" if text.holder else text.name
            start = f"caller {shown}"
            if text.section in {"router", "transport"} and text.holder:
                yield Node(f"{text.section} {text.holder}", (text.holder,), BOX, f"{text.section}s")
                start = f"{text.section} {text.holder}"
            else:
                yield Node(start, (shown,), ROUND, "main options")
        if call.name is None:
            yield Node("acl ?", ("known at run time",), QUESTION, "ACLs")
            yield Arrow(start, "acl ?", f"{call.prefix}..." if call.prefix else "", weak=True)
            continue
        yield Node(f"acl {call.name}", (_cut(call.name),), NOTE, "ACLs")
        yield Arrow(start, f"acl {call.name}")


def _cut(text: str) -> str:
    line = to_display(" ".join(text.split()))
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 3]}..."
