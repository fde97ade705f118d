"""Checks one expansion without running it: every part of its tree is looked at, taken branch or not."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.errors import EximError
from drivers.api.text import SPACE
from drivers.values import lookup_type
from expander.expand import cache, regex
from expander.expand.compiler import Compiler
from expander.expand.mode import UNFOLDED
from expander.expand.tree import children
from expander.explain import hint
from expander.lint.constant import constant
from expander.lint.finding import Edit, Finding, Fix, Note
from grammar.ast.expansion import Broken, Condition, Item, Node, Operator, Sequence, Variable
from grammar.record import replaced
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.unit import Unit
    from expander.lint.survey import Survey
    from expander.lint.texts import ExpandedText
    from grammar.source import Source

CODES = (
    ("unknown condition", "EXE004"),
    ("unknown expansion operator", "EXE003"),
    ("is not a known operator", "EXE003"),
    ("unknown variable", "EXE002"),
    ("unknown lookup type", "EXE005"),
    (" arguments for ", "EXE027"),
    ("missing '{' for arg", "EXE027"),
    ("regular expression error", "EXE007"),
    ("not compiled", "EXE008"),
    ("not included in this binary", "EXE008"),
)
"""Which fault a message of Exim's tells of; the first whose words are in it."""

BROKEN = "EXE001"
_UNREADABLE = (BROKEN, "EXE004")
_YES_NO = "curly-bracket problem in conditional yes/no parsing"
_ALONE = Note("a dollar sign that stands for itself is written \\$, a pattern between \\N and \\N")
_NUMBER = re.compile(r"-?[0-9]*", re.ASCII)


def check(survey: Survey, text: ExpandedText) -> list[Finding]:
    """All faults of an expansion text, from left to right."""
    source = text.source
    if survey.tree(source) is None:
        message = f"expansion is nested too deeply (more than {cache.DEEPEST} levels)"
        return [Finding(BROKEN, message, Span(source, 0, len(source.text)))]
    checker = _Checker(survey, source)
    found: list[Finding] = []
    waiting = [tree for tree in (survey.tree(source),) if tree is not None]
    while waiting:
        node = waiting.pop()
        found += checker.faults(node)
        waiting.extend(reversed(checker.inside(node)))
    found.sort(key=lambda finding: finding.span.start if finding.span else 0)
    return _without_consequences(found)


def _without_consequences(findings: list[Finding]) -> list[Finding]:
    """Behind the first place that cannot be read, brackets do not fit because of it."""
    kept: list[Finding] = []
    lost = False
    for finding in findings:
        if not (lost and finding.code == BROKEN):
            kept.append(finding)
        lost = lost or finding.code in _UNREADABLE or "is not a known operator" in finding.message
    return kept


def _after_groups(node: Item, strings: int) -> str:
    """What Exim says of text behind an item's own groups and so many of its yes and no strings."""
    if strings == 0:
        return f"{_YES_NO}: 'yes' part did not start with '{{'"
    if strings == 1 and node.no is None:
        return f'syntax error in "{node.name}" item - "fail" expected'
    return f"{_YES_NO}: did not close with '}}'"


class _Checker:
    """Looks at the nodes of one text, each by itself."""

    def __init__(self, survey: Survey, source: Source) -> None:
        self.source = source
        self.profile = survey.profile
        self.compiler = Compiler(survey.profile, UNFOLDED, source)

    def inside(self, node: Node) -> list[Node]:
        """The nodes inside a node that are to be looked at as well."""
        if isinstance(node, Condition) and node.name == "def":
            return [node.broken] if node.broken else []  # the condition itself has read its variable
        if isinstance(node, Item) and self._counts_by_value(node):
            return [part for part in children(node) if part is not node.broken]
        return list(children(node))

    def _counts_by_value(self, node: Item) -> bool:
        """True for an item that has its first group, which tells how many there must be."""
        shape = registry.shapes(self.profile).items[node.name]
        return shape.open_ended and len(node.groups) >= shape.least

    def faults(self, node: Node) -> Iterator[Finding]:
        """The faults of a node, without those of the nodes inside it."""
        if isinstance(node, Broken):
            yield self._finding(node.message, node)
        elif isinstance(node, Variable):
            yield from self._complaint(node, node)
        elif isinstance(node, Operator):
            yield from self._operator(node)
        elif isinstance(node, Condition):
            yield from self._condition(node)
        elif isinstance(node, Item):
            yield from self._item(node)

    def _operator(self, node: Operator) -> Iterator[Finding]:
        at = node.argument.start
        alone = replaced(node, argument=Sequence(at, at, ()))
        yield from self._complaint(alone, node)

    def _complaint(self, node: Node, shown: Node) -> Iterator[Finding]:
        complaint = self.compiler.compile(node).complaint
        if complaint is not None:
            yield self._finding(complaint.message, shown)

    def _condition(self, node: Condition) -> Iterator[Finding]:
        unit = registry.find("condition", node.name)
        if unit is None or node.broken is not None:
            return
        if not self.profile.has(unit):
            yield self._finding(f'support for "{node.name}" not compiled', node)
        elif node.name == "def":
            complaint = self.compiler.compile_test(node).complaint
            if complaint is not None:
                yield self._finding(complaint.message, node)
        else:
            yield from self._patterns(unit, node.arguments)

    def _item(self, node: Item) -> Iterator[Finding]:
        unit = registry.find("item", node.name)
        if unit is None:
            return
        if not self.profile.has(unit):
            message = f'"${{{node.name}" encountered, but this facility is not included in this binary'
            yield self._finding(message, node)
            return
        if unit.facts["shape"].words == "type" and node.words:
            yield from self._lookup(node)
        elif self._counts_by_value(node):
            yield from self._groups(node)
        yield from self._patterns(unit, node.groups)

    def _groups(self, node: Item) -> Iterator[Finding]:
        """Too few or too many groups where the first tells how many: a number wants separators."""
        key = constant(node.groups[0])
        numeric = key is not None and not node.words and _NUMBER.fullmatch(key.strip(SPACE)) is not None
        least = 3 if numeric else 2
        most = (5 if key is None else least + 2) - (node.no is not None)
        end = Sequence(node.end, node.end, ())
        if len(node.groups) < least:
            at = node.broken or end
            yield self._finding(f"missing '{{' for arg {len(node.groups) + 1} of {node.name}", at)
        elif len(node.groups) > most:
            yield self._finding(f"{_YES_NO}: did not close with '}}'", node.groups[most])
        elif node.broken is not None:
            yield self._finding(_after_groups(node, len(node.groups) - least), node.broken)

    def _patterns(self, unit: Unit, arguments: tuple[Node, ...]) -> Iterator[Finding]:
        """Regular expressions that are plain text are compiled."""
        for index in unit.facts.get("patterns", ()):
            argument = arguments[index] if index < len(arguments) else None
            text = constant(argument)
            if argument is None or text is None:
                continue
            try:
                regex.pattern(text)
            except EximError as error:
                yield self._finding(error.message, argument)

    def _lookup(self, node: Item) -> Iterator[Finding]:
        word = node.words[-1]
        try:
            kind = lookup_type.parse(word.value, self._style)
        except EximError as error:
            yield self._finding(error.message, word)
            return
        keyed = node.groups and node.groups[0].start < word.start
        if keyed and kind.style == lookup_type.QUERY:
            is_not = "which is not a single-key lookup type"
            yield self._finding(f'a single key was given for lookup type "{kind.name}", {is_not}', word)
        elif not keyed and kind.style == lookup_type.SINGLE_KEY:
            yield self._finding(f'missing {{key}} for single-key "{kind.name}" lookup', word)

    def _style(self, name: str) -> str | None:
        unit = registry.find("lookup", name)
        return None if unit is None or not self.profile.has(unit) else str(unit.facts["style"])

    def _finding(self, message: str, node: Node, *, code: str = "") -> Finding:
        found = code or next((code for words, code in CODES if words in message), BROKEN)
        span = Span(self.source, node.start, node.end)
        if message.startswith("$ not followed by"):
            return Finding(found, message, span, notes=(_ALONE,))
        run_on = self._run_on(node) if isinstance(node, Variable) and found == "EXE002" else None
        if run_on is not None:
            return replace(run_on, code=found, message=message, span=span)
        meant = hint(message)
        notes = (Note(meant),) if meant else ()
        return Finding(found, message, span, notes=notes)

    def _run_on(self, node: Variable) -> Finding | None:
        """What to say of the name of a variable that goes on into the text behind it; None if it does not."""
        for end in range(len(node.name) - 1, 1, -1):
            unit = registry.find("variable", node.name[:end])
            if node.name[end] not in "_0123456789" or unit is None or not self.profile.has(unit):
                continue
            start = self.source.text.find(node.name, node.start)
            note = Note(
                f"the name goes on to the last letter, digit or underscore: write ${{{node.name[:end]}}}"
            )
            if node.braced or start < 0:
                return Finding("EXE002", "", None, notes=(note,))
            edit = Edit(Span(self.source, start, start + end), f"{{{node.name[:end]}}}")
            fix = Fix(f"put brackets around {node.name[:end]}", (edit,))
            return Finding("EXE002", "", None, notes=(note,), fix=fix)
        return None
