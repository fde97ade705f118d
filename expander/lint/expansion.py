"""Checks one expansion without running it: every part of its tree is looked at, taken branch or not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.errors import EximError
from drivers.values import lookup_type
from expander.expand import cache, regex
from expander.expand.compiler import Compiler
from expander.expand.mode import PLAIN
from expander.explain import hint
from expander.lint.finding import Finding, Note
from grammar.ast.expansion import Broken, Condition, Item, Node, Operator, Sequence, Text, Variable
from grammar.expansion import parse
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from drivers.api.profile import Profile
    from drivers.api.unit import Unit
    from grammar.source import Source

CODES = (
    ("unknown condition", "EXE004"),
    ("unknown expansion operator", "EXE003"),
    ("is not a known operator", "EXE003"),
    ("unknown variable", "EXE002"),
    ("unknown lookup type", "EXE005"),
    ("regular expression error", "EXE007"),
    ("not compiled", "EXE008"),
    ("not included in this binary", "EXE008"),
)
"""Which fault a message of Exim's tells of; the first whose words are in it."""

BROKEN = "EXE001"


def check(source: Source, profile: Profile, acls: Collection[str] | None) -> list[Finding]:
    """All faults of an expansion text, from left to right.

    ``acls`` are the names of the ACLs that the configuration has, None where that is not known.
    """
    tree = parse(source.text, registry.shapes(profile))
    if cache.depth(tree) > cache.DEEPEST:
        message = f"expansion is nested too deeply (more than {cache.DEEPEST} levels)"
        return [Finding(BROKEN, message, Span(source, 0, len(source.text)))]
    checker = _Checker(source, profile, acls)
    found: dict[tuple[int, str], Finding] = {}
    waiting: list[Node] = [tree]
    while waiting:
        node = waiting.pop()
        for finding in checker.faults(node):
            place = finding.span.start if finding.span else 0
            found.setdefault((place, finding.message), finding)
        if not (isinstance(node, Condition) and node.name == "def"):  # the test has read its variable
            waiting.extend(reversed(cache.children(node)))
    return [found[key] for key in sorted(found)]


def constant(node: Node | None) -> str | None:
    """The value of a node that is plain text, None for any other."""
    if isinstance(node, Sequence):
        if not node.parts:
            return ""
        node = node.parts[0] if len(node.parts) == 1 else None
    return node.value if isinstance(node, Text) else None


class _Checker:
    """Looks at the nodes of one text, each by itself."""

    def __init__(self, source: Source, profile: Profile, acls: Collection[str] | None) -> None:
        self.source = source
        self.profile = profile
        self.acls = acls
        self.compiler = Compiler(profile, PLAIN, source)

    def faults(self, node: Node) -> Iterator[Finding]:
        """The faults of a node, without those of the nodes inside it."""
        if isinstance(node, Broken):
            yield self._finding(node.message, node)
        elif isinstance(node, Variable):
            yield from self._complaint(node, node)
        elif isinstance(node, Operator):
            at = node.argument.start
            yield from self._complaint(replace(node, argument=Sequence(at, at, ())), node)
        elif isinstance(node, Condition):
            yield from self._condition(node)
        elif isinstance(node, Item):
            yield from self._item(node)

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
        elif node.name == "acl":
            yield from self._acl(node.arguments)
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
        elif node.name == "acl":
            yield from self._acl(node.groups)
        yield from self._patterns(unit, node.groups)

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

    def _acl(self, arguments: tuple[Node, ...]) -> Iterator[Finding]:
        """A name without white space is an ACL of the configuration, a file, or an ACL of one word."""
        name = constant(arguments[0]) if arguments else None
        if self.acls is None or name is None or name in self.acls or "/" in name:
            return
        if name and not set(name) & set(" \t\n") and name not in registry.names("acl-verb"):
            yield self._finding(f'there is no ACL "{name}"', arguments[0], code="EXE006")

    def _finding(self, message: str, node: Node, *, code: str = "") -> Finding:
        found = code or next((code for words, code in CODES if words in message), BROKEN)
        meant = hint(message)
        notes = (Note(meant),) if meant else ()
        return Finding(found, message, Span(self.source, node.start, node.end), notes=notes)
