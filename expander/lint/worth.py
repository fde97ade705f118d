"""What constant pieces of an expansion come to: they are run in a context that has nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from drivers.api import registry
from drivers.api.errors import Deferred, EximError, Failed, Fatal, LimitReached
from drivers.api.text import SPACE
from expander.expand.compiler import Compiler
from expander.expand.fold import Budget, NotConstantError, Nowhere
from expander.expand.mode import UNFOLDED
from expander.expand.tree import children, walk
from expander.lint.constant import constant
from grammar.ast.expansion import (
    Broken,
    Capture,
    Condition,
    Header,
    Item,
    Node,
    Operator,
    Sequence,
    Text,
    Variable,
)
from grammar.record import replaced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from drivers.api.profile import Profile
    from grammar.source import Source

PROBE = "1"
"""Stands for what only a run can tell, where the unit takes any number."""

NUMERIC = {
    "item": frozenset(("substr", "length", "hash", "nhash", "listextract", "hmac")),
    "operator": frozenset(("substr", "length", "hash", "nhash", "sha3", "quote", "base32", "base62")),
    "condition": frozenset(("=", "==", ">", ">=", "<", "<=")),
}
"""The units that take a number, or any text, in the place of each argument that is not constant."""

SORTS = frozenset("< <= > >= lt lti le lei gt gti ge gei".split())
"""The conditions by which ``sort`` can compare."""

CERTIFICATES = frozenset(f"tls_{way}_{whose}cert" for way in ("in", "out") for whose in ("our", "peer"))
_TOLD = re.compile(
    r"regular expression error|missing '\{'|curly-bracket|unknown (?:lookup type|variable)"
    r"|not (?:compiled|included)| key .* lookup| arguments for |missing .}. closing"
)
"""The words of complaints that the check of the syntax tells of."""

_CHANGING = (Variable, Header, Capture)


class Pieces:
    """The constant pieces of one text."""

    def __init__(self, profile: Profile, source: Source) -> None:
        self.profile = profile
        self.compiler = Compiler(profile, UNFOLDED, source)

    def failing(self, tree: Node) -> Iterator[tuple[Node, str]]:
        """The smallest pieces that fail whenever they are run, and Exim's words; outer ones first."""
        found: list[tuple[Node, str]] = []
        self._look(tree, found)
        return reversed(found)

    def _look(self, tree: Node, found: list[tuple[Node, str]]) -> None:
        bad: set[int] = set()
        for node in reversed(list(walk(tree))):
            inner = [id(child) in bad for child in children(node)]
            if any(inner) or isinstance(node, Broken) or self._is_told(node):
                bad.add(id(node))
            elif isinstance(node, (Item, Operator, Condition)):
                message = self.error(node)
                if message is not None:
                    bad.add(id(node))
                    found.append((node, message))

    def _is_told(self, node: Node) -> bool:
        """True for a name that is unknown: the check of the syntax tells of it."""
        if isinstance(node, Operator):
            at = node.argument.start
            node = replaced(node, argument=Sequence(at, at, ()))
        elif not isinstance(node, Variable):
            return isinstance(node, Condition) and node.name == "def"
        return self.compiler.compile(node).complaint is not None

    def error(self, node: Node) -> str | None:
        """What an item, an operator or a condition always fails with; None if it can do well."""
        family = (
            "item" if isinstance(node, Item) else "operator" if isinstance(node, Operator) else "condition"
        )
        name = getattr(node, "name", "")
        unit = registry.find(family, name)
        if unit is None or not self.profile.has(unit) or getattr(node, "broken", None) is not None:
            return None
        special = self._special(node)
        if special is not None:
            return special
        if depends(node):
            if name not in NUMERIC[family]:
                return None
            node = _with_probes(node)
        return self._run(node)

    def truth(self, node: Condition) -> bool | None:
        """What a condition of constants comes to, None if there is no telling."""
        if node.broken is not None or depends(node) or has_broken(node):
            return None
        made = self.compiler.compile_test(node)
        if made.complaint is not None:
            return None
        try:
            return bool(made.test(self._nowhere()))
        except (EximError, NotConstantError, AttributeError, RecursionError):
            return None

    def _run(self, node: Node) -> str | None:
        run: Callable[[Any], object]
        if isinstance(node, Condition):
            test = self.compiler.compile_test(node)
            complaint, run = test.complaint, test.test
        else:
            made = self.compiler.compile(node)
            complaint, run = made.complaint, made.run
        if complaint is not None:
            return _untold(node, complaint.message)
        try:
            run(self._nowhere())
        except (LimitReached, Fatal, NotConstantError, AttributeError, RecursionError):
            return None
        except (Failed, Deferred) as error:
            return _untold(node, error.message)
        except EximError:
            return None
        return None

    def _nowhere(self) -> Any:
        return Nowhere(self.profile, Budget(), self.compiler.of_made_text)

    def _special(self, node: Node) -> str | None:
        """Faults of constants beside others that are not."""
        if not isinstance(node, Item):
            return None
        if node.name == "sort" and len(node.groups) > 1:
            by = constant(node.groups[1])
            if by is not None and by.strip(SPACE) not in SORTS:
                return "comparator not handled for sort"
        if node.name == "certextract" and len(node.groups) > 1:
            part = node.groups[1]
            part = part.parts[0] if isinstance(part, Sequence) and len(part.parts) == 1 else part
            if not (isinstance(part, Variable) and part.name in CERTIFICATES):
                return 'second argument of "certextract" must be a certificate variable'
        if node.name == "lookup" and node.words and node.words[-1].value.partition(",")[0] == "dnsdb":
            return _dns_error(node)
        return None


def _dns_error(node: Item) -> str | None:
    """What is wrong with the constant beginning of a query to the DNS."""
    if not node.groups:
        return None
    group = node.groups[0]
    first = group.parts[0] if isinstance(group, Sequence) and group.parts else group
    if not isinstance(first, Text) or "=" not in first.value:
        return None
    from drivers.values.dnsquery import read_query

    try:
        read_query(first.value.rstrip(SPACE) + "x")
    except Deferred as error:
        return error.message
    except EximError:
        return None
    return None


def _untold(node: Node, message: str) -> str | None:
    """A message, unless the check of the syntax tells the same."""
    return None if not isinstance(node, Operator) and _TOLD.search(message) else message


def depends(node: Node) -> bool:
    """True if anything in a piece is known at run time only."""
    return any(isinstance(part, _CHANGING) for part in walk(node))


def has_broken(node: Node) -> bool:
    """True if something in a piece cannot be read."""
    return any(isinstance(part, Broken) for part in walk(node))


def _with_probes(node: Node) -> Node:
    """The piece with `PROBE` in the place of each argument that is not constant."""

    def plain(argument: Node) -> Node:
        if constant(argument) is not None:
            return argument
        return Text(argument.start, argument.end, PROBE)

    if isinstance(node, Operator):
        return replaced(node, argument=plain(node.argument))
    if isinstance(node, Condition):
        return replaced(node, arguments=tuple(plain(part) for part in node.arguments))
    if isinstance(node, Item):
        return replaced(node, groups=tuple(plain(part) for part in node.groups), yes=None, no=None)
    return node
