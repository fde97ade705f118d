"""Where tainted text came from: the pieces of an expansion that brought it in, and what it went through."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from drivers.api import registry
from grammar.ast.expansion import Capture, Header, If, Item, Node, Operator, Variable
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from expander.expand.trace import Step

SCOPED = frozenset(("value", "item"))
"""Variables that an item or a condition around them sets."""

REFUSALS = ("ainted", "not permitted", "ermission denied")
"""What a message says if taint may be the reason of a refusal."""


class Path(NamedTuple):
    """A step and those around it, which are linked from inside out: nesting can be deep."""

    step: Step
    around: Path | None = None


class Origin(Record):
    """A piece that brought tainted text in; ``through`` is what worked on that text, from inside out."""

    step: Step
    through: tuple[str, ...]


def what_is(node: Node) -> str:
    """Why text from a piece is tainted."""
    if isinstance(node, Header):
        return "a header line of the message"
    if isinstance(node, Variable):
        return "a variable that holds text from outside"
    if isinstance(node, Item):
        return "what it reads comes from outside"
    return "text from outside"


def origins(steps: Sequence[Step]) -> tuple[Origin, ...]:
    """What brought the taint of a value in, in the order of the text; nothing for one that is not tainted."""
    found = [origin for step in steps if step.tainted for origin in _of_step(Path(step))]
    return _each_once(found)


def of_refusal(steps: Sequence[Step]) -> tuple[Origin, ...]:
    """The same for what the innermost piece that failed was given, if its message speaks of taint."""
    path: Path | None = None
    level = steps
    while True:
        failed = next((step for step in reversed(level) if step.error is not None), None)
        if failed is None:
            break
        path = Path(failed, path)
        level = failed.steps
    if path is None or not any(word in (path.step.error or "") for word in REFUSALS):
        return ()
    return _each_once(_of_inner(path, path.step.steps))


def _of_step(path: Path) -> list[Origin]:
    """What tainted the last step of a path of nested steps."""
    step = path.step
    node = step.node
    if isinstance(node, Capture) or (isinstance(node, Variable) and node.name in SCOPED):
        return _set_before(path) or [Origin(step, ())]
    if isinstance(node, Item) and node.yes is None and _adds(node):
        return [Origin(step, ())]
    return _of_inner(path, _relevant(step)) or [Origin(step, ())]


def _of_inner(path: Path, steps: Iterable[Step]) -> list[Origin]:
    found = [origin for inner in steps if inner.tainted for origin in _of_step(Path(inner, path))]
    label = _label(path.step.node)
    return [Origin(origin.step, (*origin.through, label)) for origin in found] if label else found


def _relevant(step: Step) -> list[Step]:
    """The steps whose text is in the value: of an item that chose between strings, that string."""
    node = step.node
    if isinstance(node, Item | If) and node.yes is not None:
        start = min(one.start for one in (node.yes, node.no) if one is not None)
        return [inner for inner in step.steps if inner.span.start >= start]
    return step.steps


def _set_before(path: Path) -> list[Origin]:
    """What tainted a capture, ``$value`` or ``$item``: an earlier part of something around it."""
    what = path.step.node
    inner, outer = path, path.around
    while outer is not None:
        around, branch, node = outer.step, inner.step, outer.step.node
        if isinstance(node, Item) and _adds(node):
            return [Origin(around, ())]
        earlier = around.steps[: around.steps.index(branch)]
        if isinstance(what, Variable) and what.name == "item":  # not what an earlier element came to
            earlier = [step for step in earlier if step.span.start != branch.span.start]
        found = _latest(outer, earlier, what)
        if found:
            return found
        inner, outer = outer, outer.around
    return []


def _latest(path: Path, steps: Sequence[Step], what: Node) -> list[Origin]:
    """What tainted the last of the steps that can have set ``what``."""
    for step in reversed(steps):
        if step.kind == "condition":
            found = _of_condition(Path(step, path), what)
        elif step.tainted and not (isinstance(what, Capture) and isinstance(path.step.node, If)):
            found = _of_step(Path(step, path))
        else:
            continue
        if found:
            return found
    return []


def _of_condition(path: Path, what: Node) -> list[Origin]:
    """What tainted the texts that a condition looked at, if it can have set ``what``."""
    condition = path.step
    nested = [step for step in condition.steps if step.kind == "condition"]
    if nested:
        return _latest(path, nested, what)
    if isinstance(what, Capture) and not condition.name.startswith("match"):
        return []
    return _of_inner(path, condition.steps)


def _adds(node: Item) -> bool:
    unit = registry.find("item", node.name)
    return unit is not None and unit.facts.get("taint") == "adds"


def _label(node: Node) -> str:
    if isinstance(node, Operator):
        name = node.name if node.suffix is None else f"{node.name}_{node.suffix}"
        return f"${{{name}:...}}"
    if isinstance(node, Item):
        return f"${{{node.name}...}}"
    return ""


def _each_once(found: Iterable[Origin]) -> tuple[Origin, ...]:
    """The origins without doubles; of those the one that went the longest way."""
    kept: dict[tuple[int, int, int], Origin] = {}
    for origin in found:
        span = origin.step.span
        place = id(span.source), span.start, span.end
        if place not in kept or len(kept[place].through) < len(origin.through):
            kept[place] = origin
    return tuple(kept.values())
