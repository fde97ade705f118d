"""Which ACLs call which, and at which points of a session each is reached."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.text import SPACE
from expander.lint.constant import constant
from expander.lint.texts import ACL
from grammar.ast.expansion import Condition, Item
from grammar.record import Record
from grammar.source import Span

if TYPE_CHECKING:
    from expander.lint.survey import Survey
    from expander.lint.texts import ExpandedText
    from grammar.ast.expansion import Node

DELIVERY = "delivery"
"""Where ACLs run that routers and transports call out of an expansion."""

_PHASES = {
    "acl_not_smtp": "not_smtp",
    "acl_not_smtp_mime": "mime",
    "acl_not_smtp_start": "not_smtp_start",
    "acl_smtp_data_prdr": "prdr",
}


def phase_of(option: str) -> str:
    """The point of a session at which the ACL of a main option runs, as `drivers.acl` names it."""
    return _PHASES.get(option, option.removeprefix("acl_smtp_"))


class Call(Record):
    """A place that runs an ACL.

    ``caller`` is the ACL that the place is in, "" outside of ACLs; ``phase`` is where a place outside of
    ACLs runs. ``name`` is the ACL's, None where it is only known at run time.
    """

    name: str | None
    span: Span
    caller: str
    phase: str
    text: ExpandedText


def calls(survey: Survey) -> Iterable[Call]:
    """All places that run an ACL, in the order of the file; no verbs, files or ACLs written in place."""
    for text in survey.texts:
        if text.kind == ACL:
            yield from _named(text)
        for node in survey.nodes(text):
            groups: tuple[Node, ...] = ()
            if isinstance(node, Item) and node.name == "acl":
                groups = node.groups
            elif isinstance(node, Condition) and node.name == "acl":
                groups = node.arguments
            if groups:
                span = Span(text.source, groups[0].start, groups[0].end)
                name = constant(groups[0])
                if name is None or not _in_place(name):
                    yield Call(name, span, *_where(text), text)


def _named(text: ExpandedText) -> Iterable[Call]:
    """The ACL that an option or an ``acl`` condition names; arguments may follow."""
    words = text.source.text.split()
    if not words:
        return
    start = text.source.text.index(words[0])
    span = Span(text.source, start, start + len(words[0]))
    name = None if "$" in words[0] else words[0]
    if name is None or not _in_place(name):
        yield Call(name, span, *_where(text), text)


def _in_place(name: str) -> bool:
    """True for a file, for a verb that begins an ACL written in place, and for what has white space."""
    return not name or "/" in name or bool(set(name) & set(SPACE)) or name in registry.names("acl-verb")


def _where(text: ExpandedText) -> tuple[str, str]:
    """The ACL that a text is in, and otherwise the phase in which it runs."""
    if text.section == "acl":
        return text.holder, ""
    if text.section == "main":
        return "", phase_of(text.name) if text.name.startswith("acl_") else "unknown"
    return "", DELIVERY if text.section in {"router", "transport"} else "unknown"


class AclGraph(Record):
    """The calls, and the phases in which each ACL of the configuration runs.

    ``phases`` has an ACL that some constant name reaches. ``open_phases`` are those in which a name known
    only at run time can reach any ACL.
    """

    calls: tuple[Call, ...]
    phases: Mapping[str, frozenset[str]]
    open_phases: frozenset[str]

    def may_run_in(self, name: str) -> frozenset[str]:
        """All phases in which the ACL runs or may run."""
        return self.phases.get(name, frozenset()) | self.open_phases


def acl_graph(survey: Survey) -> AclGraph:
    """The graph of a configuration."""
    found = tuple(calls(survey))
    names = frozenset(survey.config.acls)
    unsure: frozenset[str] = frozenset()
    while True:
        reached = _reach(found, names, unsure)
        wider = unsure.union(*(_callers(call, reached, unsure) for call in found if call.name is None))
        if wider == unsure:
            return AclGraph(found, _reach(found, names, frozenset()), unsure)
        unsure = wider


def _callers(call: Call, reached: Mapping[str, frozenset[str]], everywhere: frozenset[str]) -> frozenset[str]:
    """The phases in which a call is made."""
    return reached.get(call.caller, frozenset()) | everywhere if call.caller else frozenset({call.phase})


def _reach(
    found: Iterable[Call], names: frozenset[str], everywhere: frozenset[str]
) -> Mapping[str, frozenset[str]]:
    """The phases in which each ACL is called by its name, if all of them may also run ``everywhere``."""
    reached = dict.fromkeys(names, frozenset[str]())
    changed = True
    while changed:
        changed = False
        for call in found:
            if call.name in reached:
                wider = reached[call.name] | _callers(call, reached, everywhere)
                changed = changed or wider != reached[call.name]
                reached[call.name] = wider
    return reached
