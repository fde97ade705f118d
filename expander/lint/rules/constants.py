"""Pieces of expansions that are constant although they look as if they were not, or that can only fail."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.text import SPACE
from expander.lint.constant import constant
from expander.lint.finding import ERROR, WARNING, Edit, Finding, Fix, Note
from expander.lint.places import macros_at
from expander.lint.rule import kind, rule
from expander.lint.walking import with_ancestors
from expander.lint.worth import Pieces, has_broken
from grammar.ast.expansion import Capture, Condition, If, Item, Node, Operator, Sequence, Text, Variable
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.survey import Survey
    from expander.lint.texts import ExpandedText

SECTION = "String expansions"
_COMPARING = frozenset("eq eqi ge gei gt gti le lei lt lti".split())
_LOOKING = frozenset(
    "match match_address match_domain match_ip match_local_part inlist inlisti isip isip4 isip6".split()
)
_ACL_VARIABLE = re.compile(r"acl_[cm](?:[0-9]|_\w)\w*", re.ASCII)
_RUNS_ACL = re.compile(r"\bacl\s*\{\s*\{?\s*(\$|[\w-]+)", re.ASCII)


@rule(
    "EXE009",
    "always-fails",
    severity=WARNING,
    section=SECTION,
    bad="smtp_banner = ${if bool{$acl_c0}{${eval:1+}}}\n",
    good="smtp_banner = ${if bool{$acl_c0}{${eval:1+1}}}\n",
)
def always_fails(survey: Survey) -> Iterator[Finding]:
    """A piece of an expansion can only fail, because of what is constant in it.

    Arithmetic that is not written rightly, a text where a number must stand, an unknown algorithm: whenever
    Exim gets there, the expansion fails, and with it the command of the client or the delivery.
    """
    for text in survey.texts:
        tree = survey.tree(text.source)
        if tree is None:
            continue
        for node, message in Pieces(survey.profile, text.source).failing(tree):
            span = Span(text.source, node.start, _end(text, node))
            yield Finding("EXE009", message, span, WARNING)


@rule(
    "EXE010",
    "condition-of-constants",
    severity=WARNING,
    section="Expansion conditions",
    bad="smtp_banner = ${if eq{mail}{a.example}{a}{b}}\n",
    good="smtp_banner = ${if eq{$primary_hostname}{a.example}{a}{b}}\n",
)
def constant_condition(survey: Survey) -> Iterator[Finding]:
    """A condition compares constants, so it is always true or always false.

    Mostly the dollar sign before the name of a variable is missing. Conditions whose text comes from macros
    are not told of: they are how one configuration serves several hosts.
    """
    for text in survey.texts if not survey.incomplete else ():
        tree = survey.tree(text.source)
        if tree is None or has_broken(tree):
            continue
        pieces = Pieces(survey.profile, text.source)
        for node, above in with_ancestors(tree):
            if isinstance(node, Condition):
                yield from _constant(pieces, text, node, above)
            elif isinstance(node, (Item, Operator)):
                subject = _subject(node)
                name = (constant(subject) or "").strip(SPACE)
                if subject is not None and "_" in name and _is_variable(pieces, name):
                    yield _without_dollar(text, subject)


def _constant(
    pieces: Pieces, text: ExpandedText, node: Condition, above: tuple[Node, ...]
) -> Iterator[Finding]:
    span = Span(text.source, node.start, _end(text, node))
    forgotten = _forgotten(pieces, node)
    if forgotten is not None:
        yield _without_dollar(text, forgotten)
        return
    if any(isinstance(one, Condition) and pieces.truth(one) is not None for one in above):
        return
    truth = pieces.truth(node)
    if truth is None or macros_at(span) or any(_is_macro(argument) for argument in node.arguments):
        return
    yield Finding("EXE010", f"the condition is always {'true' if truth else 'false'}", span, WARNING)


def _is_macro(argument: Node) -> bool:
    """True for a word that looks like a macro that nothing defines: that is another fault."""
    return re.fullmatch(r"[A-Z][A-Z0-9_]{2,}", constant(argument) or "", re.ASCII) is not None


def _end(text: ExpandedText, node: Node) -> int:
    """Behind the closing bracket of the last argument, as far as there is one."""
    if not isinstance(node, Condition):
        return node.end
    end = max(node.end, *(argument.end for argument in node.arguments), node.start)
    return end + text.source.text.startswith("}", end)


def _forgotten(pieces: Pieces, node: Condition) -> Node | None:
    """An argument that is the name of a variable, where the variable must have been meant."""
    if node.name not in _COMPARING | _LOOKING or not node.arguments:
        return None
    arguments = node.arguments if node.name in _COMPARING else node.arguments[:1]
    all_constant = all(constant(argument) is not None for argument in node.arguments)
    for argument in arguments:
        name = (constant(argument) or "").strip(SPACE)
        first = "_" in name and argument is node.arguments[0]
        plain = first or all_constant or name.startswith(_OF_THE_SESSION)
        if name and plain and _is_variable(pieces, name):
            return argument
        if name in _PARTS and any(_ends_like(other, name) for other in arguments if other is not argument):
            return argument
    return None


_PARTS = ("domain", "local_part")
"""Variables whose names are words that nobody's domain or local part is."""


def _ends_like(node: Node, name: str) -> bool:
    """True for a variable that holds the same part of an address as the one of that name."""
    parts = node.parts if isinstance(node, Sequence) else (node,)
    return len(parts) == 1 and isinstance(parts[0], Variable) and parts[0].name.endswith(f"_{name}")


_OF_THE_SESSION = (
    "sender_",
    "tls_in_",
    "received_",
    "smtp_",
    "interface_",
    "authenticated_",
    "primary_",
    "acl_",
)
"""How names begin that nobody compares with as words."""

_SUBJECTS = {"lookup": 0, "sg": 0, "tr": 0, "extract": -1, "substr": -1, "length": -1, "hash": -1}
"""The group of an item that is what it works on."""


def _subject(node: Item | Operator) -> Node | None:
    """What an item or an operator works on."""
    if isinstance(node, Operator):
        return node.argument if node.name not in {"listnamed", "expand"} else None
    index = _SUBJECTS.get(node.name)
    if index is None or not node.groups or (node.name == "lookup" and len(node.groups) == 1):
        return None
    return node.groups[index]


def _without_dollar(text: ExpandedText, argument: Node) -> Finding:
    at = Span(text.source, argument.start, argument.end)
    name = at.text.strip(SPACE)
    message = f'"{name}" is a plain text here, not the variable ${name}'
    fix = Fix("put a dollar sign before it", (Edit(Span(text.source, at.start, at.start), "$"),))
    return Finding("EXE011", message, at, WARNING, (), fix if at.text == name else None)


def _is_variable(pieces: Pieces, name: str) -> bool:
    if _ACL_VARIABLE.fullmatch(name):
        return True
    unit = registry.find("variable", name) if re.fullmatch(r"[a-z][a-z0-9_]+", name, re.ASCII) else None
    return unit is not None and pieces.profile.has(unit)


kind(
    "EXE011",
    "forgotten-dollar",
    severity=WARNING,
    section="Expansion conditions",
    doc="A condition compares the name of a variable instead of its value: the dollar sign is missing.",
    bad="smtp_banner = ${if eq{sender_host_address}{192.0.2.1}{a}{b}}\n",
    good="smtp_banner = ${if eq{$sender_host_address}{192.0.2.1}{a}{b}}\n",
)


@rule(
    "EXE020",
    "stray-bracket",
    severity=WARNING,
    section=SECTION,
    bad="smtp_banner = ${if eq{$primary_hostname}{a}{yes}{no}}} ESMTP\n",
    good="smtp_banner = ${if eq{$primary_hostname}{a}{yes}{no}} ESMTP\n",
)
def stray_bracket(survey: Survey) -> Iterator[Finding]:
    """A closing bracket too many stands behind an item and becomes part of the value.

    Exim does not complain: ``yes}`` is a text like any other, but no truth value, no name and no address.
    """
    for text in survey.texts:
        tree = survey.tree(text.source)
        if tree is None or has_broken(tree):
            continue
        for node in survey.nodes(text):
            yield from _swallowed(text, node)
        if not isinstance(tree, Sequence):
            continue
        plain = "".join(part.value for part in tree.parts if isinstance(part, Text))
        if plain.count("}") <= plain.count("{"):
            continue
        for before, part in zip(tree.parts, tree.parts[1:], strict=False):
            if not isinstance(before, Text) and _begins_with_bracket(text, part):
                message = "a closing bracket too many becomes part of the value"
                span = Span(text.source, part.start, part.start + 1)
                fix = Fix("take it away", (Edit(span, ""),))
                yield Finding("EXE020", message, span, WARNING, (), fix)
                break


def _swallowed(text: ExpandedText, node: Node) -> Iterator[Finding]:
    """A yes or no string that has an opening bracket in it, because it was not closed before."""
    for string in (node.yes, node.no) if isinstance(node, (If, Item)) else ():
        value = constant(string)
        if string is None or value is None or value.count("{") <= value.count("}"):
            continue
        at = text.source.text.find("{", string.start, string.end)
        if at >= 0 and text.source.text[at - 1 : at] != "\\" and "\\N" not in value:
            message = "an opening bracket becomes part of the value: the one before it is not closed"
            yield Finding("EXE020", message, Span(text.source, at, at + 1), WARNING)


def _begins_with_bracket(text: ExpandedText, part: Node) -> bool:
    return isinstance(part, Text) and text.source.text.startswith("}", part.start)


@rule(
    "EXE022",
    "missing-if",
    section="Expansion conditions",
    bad="acl_smtp_rcpt = a\nbegin acl\na:\n  accept condition = eq{$domain}{a.example}\n",
    good="acl_smtp_rcpt = a\nbegin acl\na:\n  accept condition = ${if eq{$domain}{a.example}}\n",
)
def missing_if(survey: Survey) -> Iterator[Finding]:
    """A condition of the expansion language stands where a text is expanded, without ``${if`` around it.

    In an ACL the text is no truth value, and the client gets a temporary error. In a router any text that
    is not "no", "false", "0" or empty counts as true, so the router's condition always holds.
    """
    for text in survey.texts:
        written = text.source.text
        if text.name not in {"condition", "server_condition", "server_advertise_condition"}:
            continue
        if not _BARE_CONDITION.match(written) or "$" not in written:
            continue  # rules about constant conditions tell of those without variables
        start = len(written) - len(written.lstrip(SPACE))
        span = Span(text.source, start, len(written.rstrip(SPACE)))
        in_router = text.section == "router"
        message = "the text is not worked out as a condition" + (
            ": it always counts as true" if in_router else ""
        )
        inner = re.sub(r"\A\{?(?:if\s+)?", "", span.text)
        note = Note("write ${if ...} around it")
        fix = (
            Fix("put ${if ...} around it", (Edit(span, f"${{if {inner}}}"),)) if inner == span.text else None
        )
        severity = ERROR if text.section == "acl" else WARNING
        yield Finding("EXE022", message, span, severity, (note,), fix)


_BARE_CONDITION = re.compile(
    r"\s*\{?(?:if\s+)?!?\s*(?:eqi?|[gl][te]i?|and|or|match(?:_\w+)?|exists|bool(?:_lax)?|inlisti?|forany|forall"
    r"|isip[46]?|[<>=]=?)\s*\{|\s*\{?(?:if\s+)?!?\s*def:[a-z]",
    re.ASCII,
)


@rule(
    "EXE023",
    "capture-expanded-too-early",
    severity=WARNING,
    section="Expansion items",
    bad="smtp_banner = ${sg{$primary_hostname}{([a-z]+)}{<$1>}}\n",
    good="smtp_banner = ${sg{$primary_hostname}{([a-z]+)}{<\\$1>}}\n",
)
def capture_too_early(survey: Survey) -> Iterator[Finding]:
    r"""The replacement of ``sg`` has a capture without a backslash before its dollar sign.

    The replacement is expanded before the pattern is matched, so ``$1`` is what an earlier match left
    there, mostly nothing. Write ``\$1``.
    """
    for text in survey.texts:
        tree = survey.tree(text.source)
        for node, above in with_ancestors(tree):
            if not (isinstance(node, Item) and node.name == "sg" and len(node.groups) == 3):
                continue
            pattern = constant(node.groups[1])
            if pattern is None or any(isinstance(one, (If, Condition)) for one in above):
                continue
            for part in _own_captures(node.groups[2]):
                if part.number == 0 or "(" in pattern:
                    span = Span(text.source, part.start, part.end)
                    message = f"${part.number} is expanded before the pattern is matched"
                    fix = Fix(
                        "put a backslash before it", (Edit(Span(text.source, part.start, part.start), "\\"),)
                    )
                    yield Finding("EXE023", message, span, WARNING, (), fix)


def _own_captures(group: Node) -> Iterator[Capture]:
    """The captures of a replacement that stand in it directly."""
    for part in group.parts if isinstance(group, Sequence) else (group,):
        if isinstance(part, Capture):
            yield part


@rule(
    "EXE018",
    "value-of-nothing",
    severity=WARNING,
    section="Expansion variables",
    bad="smtp_banner = $item $value\n",
    good="smtp_banner = ${map{a:b}{<$item>}}\n",
)
def value_of_nothing(survey: Survey) -> Iterator[Finding]:
    """``$item`` or ``$value`` stands where nothing sets it, so that it is empty.

    ``$item`` is the element in hand inside ``map``, ``filter``, ``reduce``, ``sort``, ``forany`` and
    ``forall``; ``$value`` what an item found, inside its strings. What ``run`` has found stays in ``$value``
    behind the item, so nothing is told where a configuration has one.
    """
    names = {"item"} if any(_runs(survey, text) for text in survey.texts) else {"item", "value"}
    for text in survey.texts:
        if text.section == "list" or text.kind.endswith("list") or _run_by_expansion(survey, text):
            continue  # what called the text may have set them
        for node, above in with_ancestors(survey.tree(text.source)):
            if not isinstance(node, Variable) or node.name not in names:
                continue
            if not any(isinstance(one, (If, Item, Condition)) for one in above):
                span = Span(text.source, node.start, node.end)
                yield Finding("EXE018", f"nothing sets ${node.name} here: it is empty", span, WARNING)


def _run_by_expansion(survey: Survey, text: ExpandedText) -> bool:
    """True for a text of an ACL that an expansion may run, inside ``forany`` or the strings of a lookup."""
    if text.section != "acl":
        return False
    return text.holder not in survey.config.acls or any(
        name in {"$", text.holder} for other in survey.texts for name in _RUNS_ACL.findall(other.source.text)
    )


def _runs(survey: Survey, text: ExpandedText) -> bool:
    """True for a text in which a command is run."""
    if "run" not in text.source.text:
        return False
    return any(isinstance(node, Item) and node.name == "run" for node in survey.nodes(text))
