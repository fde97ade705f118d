"""Which ACLs call which, and at which points of a session each is reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.lint.acl_names import EMPTY, FILE, IN_PLACE, NAMED, UNKNOWN, called
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from expander.lint.survey import Survey
    from expander.lint.texts import ExpandedText
    from grammar.source import Span

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
    ACLs runs, "" if that is not known. ``name`` is the ACL's (its text or path for one outside of the
    section), None where it is only known at run time; then ``prefix`` is what it begins with.
    """

    name: str | None
    span: Span
    caller: str
    phase: str
    text: ExpandedText
    prefix: str = ""


def _calls(survey: Survey) -> Iterator[tuple[str, Call]]:
    """All places that run an ACL, in the order of the texts, and whether each is a name, a text or a file."""
    for text in survey.texts:
        for found in called(survey, text):
            where = _where(text)
            if found.what == UNKNOWN:
                yield UNKNOWN, Call(None, found.span, *where, text, found.name)
            elif found.what != EMPTY:
                yield found.what, Call(found.name, found.span, *where, text)


def _where(text: ExpandedText) -> tuple[str, str]:
    """The ACL that a text is in, otherwise the phase in which it runs; a list runs wherever it is used."""
    if text.section == "acl":
        return text.holder, ""
    if text.section == "list":
        return "", ""
    if text.section == "main":
        return "", phase_of(text.name) if text.name.startswith("acl_") else "unknown"
    return "", DELIVERY if text.section in {"router", "transport"} else "unknown"


class AclGraph(Record):
    """The calls, and the phases in which each ACL runs.

    ``calls`` are those of ACLs of the section, ``outside`` those of ACLs in options, conditions and files.
    ``phases`` has the phases in which an ACL is reached by constant names, ``unsure`` those in which a name
    known only in part can reach it, ``open_phases`` those in which a name that is not known at all can.
    """

    calls: tuple[Call, ...]
    phases: Mapping[str, frozenset[str]]
    open_phases: frozenset[str]
    outside: tuple[Call, ...] = ()
    unsure: Mapping[str, frozenset[str]] = {}

    def may_run_in(self, name: str) -> frozenset[str]:
        """All phases in which the ACL runs or may run."""
        return self.phases.get(name, frozenset()) | self.unsure.get(name, frozenset()) | self.open_phases

    def path(self, name: str, phase: str) -> tuple[Call, ...]:
        """The shortest way from an option to the ACL in that phase; empty if there is none."""
        waiting: list[tuple[str, tuple[Call, ...]]] = [(name, ())]
        met = {name}
        while waiting:
            at, way = waiting.pop(0)
            for call in (*self.calls, *self.outside):
                if call.name != at or (not call.caller and call.phase != phase):
                    continue
                if not call.caller:
                    return (call, *way)
                if call.caller not in met:
                    met.add(call.caller)
                    waiting.append((call.caller, (call, *way)))
        return ()


def acl_graph(survey: Survey) -> AclGraph:
    """The graph of a configuration."""
    found = tuple(_calls(survey))
    every = tuple(call for _, call in found)
    names = frozenset(survey.acls)
    sure = _reach(every, names, exact=True)
    wide = _reach(every, names, exact=False)
    opened: frozenset[str] = frozenset().union(
        *(_callers(call, wide) for call in every if call.name is None and not call.prefix)
    )
    return AclGraph(
        tuple(call for what, call in found if what in (NAMED, UNKNOWN)),
        sure,
        opened,
        tuple(call for what, call in found if what in (IN_PLACE, FILE)),
        {name: phases - sure[name] for name, phases in wide.items()},
    )


def _callers(call: Call, reached: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The phases in which a call is made."""
    if call.caller:
        return reached.get(call.caller, frozenset())
    return frozenset({call.phase}) if call.phase else frozenset()


def _reach(every: tuple[Call, ...], names: frozenset[str], *, exact: bool) -> dict[str, frozenset[str]]:
    """The phases in which each ACL is called by its name or, if not ``exact``, may be."""
    reached = dict.fromkeys(names, frozenset[str]())
    targets = [
        (call, [call.name] if call.name in names else _meant(call, names, exact=exact)) for call in every
    ]
    changed = True
    while changed:
        changed = False
        for call, those in targets:
            phases = _callers(call, reached)
            for name in those:
                wider = reached[name] | phases
                changed = changed or wider != reached[name]
                reached[name] = wider
    return reached


def _meant(call: Call, names: frozenset[str], *, exact: bool) -> list[str]:
    """The ACLs that a call with a name known in part can mean."""
    if exact or call.name is not None:
        return []
    return [name for name in names if name.startswith(call.prefix)]
