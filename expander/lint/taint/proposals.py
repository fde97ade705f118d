"""Changes that keep text from outside out of where it must not come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.lint.finding import Edit, Fix
from expander.lint.places import macros_at
from expander.lint.taint import lists, sink, sources

if TYPE_CHECKING:
    from expander.lint.taint.memory import Memory
    from expander.lint.taint.sink import Flow
    from expander.lint.taint.trail import Trail

DATA = {"local_part": "local_part_data", "domain": "domain_data"}
"""Variables with those that hold what a list has found for them."""

REPLACED = frozenset((sink.FILE, sink.SEARCH, sink.COMMAND, sink.DIRECTORY))


def proposal(memory: Memory, flow: Flow) -> Fix | None:
    """A change in the text itself that mends a flow; None where it takes more than that.

    What the text means then depends on what the lists of the routers find, so it is for people to decide.
    """
    edits = [_edit(memory, flow, trail) for trail in flow.trails]
    made = tuple(edit for edit in edits if edit is not None)
    if len(made) < len(edits) or any(macros_at(edit.span) for edit in made):
        return None
    quoted = flow.sink.code == sink.QUERY
    title = "quote what comes from outside" if quoted else "use what the lists of the router have found"
    return Fix(title, made)


def _edit(memory: Memory, flow: Flow, trail: Trail) -> Edit | None:
    span = trail.span
    if span.source is not flow.sink.span.source or trail.steps:
        return None
    if flow.sink.code == sink.QUERY:
        kind = "ldap" if flow.sink.quoter.startswith("ldap") else flow.sink.quoter
        return Edit(span, f"${{quote_{kind}:{span.text}}}")
    name = span.text.strip("${}")
    if flow.sink.code not in REPLACED or name not in DATA or not _found(memory, flow, DATA[name]):
        return None
    return Edit(span, span.text.replace(name, DATA[name]))


def _found(memory: Memory, flow: Flow, data: str) -> bool:
    """True if all routers have a list that finds the thing itself."""
    routers = memory.routers_of(flow.text)
    option = sources.LIST_DATA[data]
    for router in routers:
        if option == "local_parts" and router.setting("check_local_user") is not None:
            continue
        texts = memory.texts("router", router.name, option)
        found = [lists.found_by(memory, text) for text in texts]
        if not found or any(one.patterns or one.negated or one.trails for one in found):
            return False
    return bool(routers)
