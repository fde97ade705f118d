"""ACLs that call each other, and those that stand in options, conditions and files of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.lint.acl_names import EMPTY, called, words
from expander.lint.finding import ERROR, REMARK, WARNING, Finding, Note
from expander.lint.rule import kind, rule
from expander.lint.texts import ACL
from grammar.ast.config import Clause
from grammar.ast.expansion import Broken
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.graph import Call
    from expander.lint.survey import Survey
    from expander.lint.texts import ExpandedText

SECTION = "Finding an ACL to use"
_START = "acl_smtp_rcpt = check\nbegin acl\ncheck:\n"
_SUB = "sub:\n  accept\n"
MOST_ARGUMENTS = 9


@rule(
    "EXA030",
    "broken-acl-text",
    section=SECTION,
    bad="acl_smtp_rcpt = acept hosts = *\n",
    good="acl_smtp_rcpt = accept hosts = 192.0.2.1\n",
)
def acl_texts(survey: Survey) -> Iterator[Finding]:
    """An ACL that is written in an option or a condition, or that stands in a file, is not written rightly.

    Exim reads it when it is to run: the client gets "451 Temporary local problem".
    """
    for error in survey.outside.errors:
        message = error.message.split("\n", 1)[-1].strip().removeprefix("error in ACL: ")
        yield Finding("EXA030", message, error.span)
    for span, problem in survey.outside.unreadable:
        message = f'failed to open ACL file "{span.text}": {problem}'
        yield Finding("EXA031", message, span, REMARK)
    for text in survey.texts:
        if text.kind == ACL:
            wrong = list(_words(survey, text))
            yield from wrong or _empty(survey, text)
    yield from _loops(survey)


kind(
    "EXA031",
    "acl-file-missing",
    severity=REMARK,
    section=SECTION,
    doc="The file of an ACL cannot be read on this machine. On one that runs this configuration, it must be "
    "there: otherwise whatever needs the ACL is answered with a temporary error.",
    bad="acl_smtp_rcpt = /etc/exim/acl.rcpt\n",
    good=f"{_START}  accept hosts = 192.0.2.1\n",
)
kind(
    "EXA032",
    "acl-name-in-pieces",
    section="ACL conditions",
    doc="The value of the condition acl is a name and arguments with white space between them, and each is "
    "expanded by itself. An expansion with white space in it must stand in double quotes.",
    bad=f"{_START}  accept acl = ${{if eq {{$acl_c0}}{{}} {{sub}}{{sub}}}}\n{_SUB}",
    good=f'{_START}  accept acl = "${{if eq {{$acl_c0}}{{}} {{sub}}{{sub}}}}"\n{_SUB}',
)
kind(
    "EXA033",
    "empty-acl-name",
    severity=WARNING,
    section=SECTION,
    doc="The name of the ACL can come out empty: Exim takes that for an ACL without statements, which "
    "refuses everything. To go on as if the option were not set, the expansion has to fail by force, with "
    'the word "fail".',
    bad=f"acl_smtp_mail = ${{if eq{{$received_port}}{{25}}{{sub}}}}\n{_START}  accept\n{_SUB}",
    good=f"acl_smtp_mail = ${{if eq{{$received_port}}{{25}}{{sub}}fail}}\n{_START}  accept\n{_SUB}",
)
kind(
    "EXA034",
    "too-many-acl-arguments",
    severity=WARNING,
    section="ACL conditions",
    doc="An ACL is called with more than nine arguments: Exim drops those that follow.",
    bad=f"{_START}  accept acl = sub 1 2 3 4 5 6 7 8 9 10\n{_SUB}",
    good=f"{_START}  accept acl = sub 1 2 3 4 5 6 7 8 9\n{_SUB}",
)
kind(
    "EXA048",
    "acl-calls-itself",
    section="ACL conditions",
    doc="An ACL calls itself, directly or through others. Exim gives up 20 levels down with an error; only "
    "where a condition or an argument sees to an end it may be meant, and then it is a warning.",
    bad=f"{_START}  accept acl = check\n",
    good=f"{_START}  accept acl = sub\n{_SUB}",
)


def _words(survey: Survey, text: ExpandedText) -> Iterator[Finding]:
    """The name and the arguments of a call, each as an expansion of its own."""
    if text.section == "main":
        return
    found = list(words(text))
    for source in found:
        tree = survey.tree(source)
        part = text._replace(source=source)
        broken = next((node for node in survey.nodes(part) if isinstance(node, Broken)), None)
        whole = any(isinstance(node, Broken) for node in survey.nodes(text))
        if tree is not None and broken is not None and not whole:
            message = f'failed to expand ACL string "{source.text}": {broken.message}'
            notes = (Note("white space ends the word; put the expansion into double quotes"),)
            yield Finding("EXA032", message, Span(source, 0, len(source.text)), notes=notes)
            return
    if len(found) > MOST_ARGUMENTS + 1:
        first = found[MOST_ARGUMENTS + 1]
        message = f"an ACL takes no more than {MOST_ARGUMENTS} arguments"
        yield Finding("EXA034", message, Span(first, 0, len(first.text)), WARNING)


def _empty(survey: Survey, text: ExpandedText) -> Iterator[Finding]:
    for call in called(survey, text):
        if call.what == EMPTY and text.source.text.strip():
            message = "the name of the ACL can be empty: that refuses everything"
            yield Finding("EXA033", message, call.span, WARNING)


def _loops(survey: Survey) -> Iterator[Finding]:
    calls = [call for call in (*survey.graph.calls, *survey.graph.outside) if call.caller and call.name]
    inside: dict[str, list[Call]] = {}
    for call in calls:
        inside.setdefault(call.caller, []).append(call)
    told: set[frozenset[str]] = set()
    for name in survey.acls:
        way = _way_back(name, inside)
        names = frozenset(call.caller for call in way)
        if way and names not in told:
            told.add(names)
            notes = tuple(Note(f'"{call.caller}" calls "{call.name}"', call.span) for call in way[1:])
            severity = WARNING if any(map(_ends, way)) else ERROR
            yield Finding("EXA048", "ACL nested too deep: possible loop", way[0].span, severity, notes)


def _way_back(name: str, inside: dict[str, list[Call]]) -> list[Call]:
    """The shortest chain of calls from an ACL back to itself."""
    waiting: list[list[Call]] = [[call] for call in inside.get(name, ())]
    met: set[str] = set()
    while waiting:
        way = waiting.pop(0)
        at = way[-1].name or ""
        if at == name:
            return way
        if at not in met:
            met.add(at)
            waiting += [[*way, call] for call in inside.get(at, ())]
    return []


def _ends(call: Call) -> bool:
    """True if something may keep the call from being made for ever: a condition, an argument, a branch."""
    text = call.text
    if text.kind != ACL or text.statement is None or len(list(words(text))) > 1 or "$" in text.source.text:
        return True
    before = text.statement.clauses[: text.statement.clauses.index(text.clause)] if text.clause else ()
    return bool(before) and any(isinstance(clause, Clause) for clause in before)
