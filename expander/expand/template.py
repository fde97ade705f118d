"""Texts that differ in nothing but their literals share one compiled form.

Scripts and tests ask for many texts of few kinds: one condition for each of ten thousand addresses.
As databases do with statements, the literals are taken out of such a text, and what is left is the
key under which it was compiled: with places for the literals, which run the same closures as a variable
would. A literal counts only where the parser made exactly one text of it, so that a text with the same key
has the same tree. Where a template fails with an error that has a place in the text, the text itself is
compiled and run for it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.errors import ExpansionError
from drivers.api.text import SPACE
from expander.expand.compiler import Compiler
from expander.expand.tree import children
from grammar.ast.expansion import Broken, Condition, If, Item, Text
from grammar.expansion import parse
from grammar.patterns import late_pattern
from grammar.shapes import CONDITION
from grammar.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any

    from drivers.api.profile import Profile
    from drivers.api.protocols import Context, Run
    from expander.expand.compiled import Compiled
    from expander.expand.mode import Mode
    from grammar.ast.expansion import Node

    Alike = Callable[[str], re.Match[str] | None]

LONGEST = 1024
MOST = 4096
"""Longer texts have no template; no more than this many kinds of text are remembered."""

MOST_PINNED = 64
"""Kinds of text with more different literals in the places that are judged early have no template."""

SPLIT = late_pattern(
    r"(\$\{[a-z0-9_]+:|(?<!\$)\{|\}|\A|\$(?!(?:[rbl]?h|[rbl]?header)_)(?>[A-Za-z][A-Za-z0-9_]*|[0-9]+))"
    r"([^{}$\\\0]+)(?=[}$]|\Z)"
)
"""What stands before a literal, and the literal; splitting by it gives them after what is between."""

ACTS = late_pattern(
    r"(?<![A-Za-z0-9_])(?:acl|dlfunc|expand|ldapauth|pam|perl|pwcheck|radius|readsocket|run|saslauthd)"
    r"(?![A-Za-z0-9])"
)
"""Names of what must not run a second time after it has failed."""

SEARCHES = late_pattern(r"(?<![A-Za-z0-9_])lookup(?![A-Za-z0-9])")
"""What must not run a second time either, but is worth a template where nothing else can fail."""

LITERAL = r"([^{}$\\\0]+)"


class Template:
    """One compiled form for texts that differ in their literals.

    ``once`` is true if it must not run a second time after it has failed; ``text`` is what it was made of.
    """

    __slots__ = ("_parts", "_pinned", "_places", "_run", "_whole", "once", "text")

    def __init__(self, text: str, parts: list[str], pinned: tuple[int, ...], *, once: bool) -> None:
        self.text = text
        self.once = once
        self._parts = parts
        self._pinned = pinned
        self._places: list[tuple[int, int]] = []

    def bind(self, literals: Sequence[str], run: Run, whole: Callable[[str], Compiled]) -> None:
        """Say what it was compiled with and to, and what compiles a text for itself."""
        self._places = _places(self._parts, literals)
        self._run = run
        self._whole = whole

    def run(self, ctx: Context, literals: Sequence[str], text: str) -> str:
        """The value of a text with these literals."""
        if self.once:
            return self._run_once(ctx, literals, text)
        before, captures, value, item = ctx.literals, ctx.captures, ctx.value, ctx.item
        ctx.literals = literals
        try:
            return self._run(ctx)
        except ExpansionError as error:
            if error.span is None:  # a unit's words, which depend on nothing but values
                raise
            ctx.captures, ctx.value, ctx.item = captures, value, item
        finally:
            ctx.literals = before
        return self._whole(text).run(ctx)

    def _run_once(self, ctx: Context, literals: Sequence[str], text: str) -> str:
        before, ctx.literals = ctx.literals, literals
        try:
            return self._run(ctx)
        except ExpansionError as error:
            if error.span is not None:
                error.span = self._moved(error.span, literals, text)
            raise
        finally:
            ctx.literals = before

    def filled(self, literals: Sequence[str], text: str) -> Run:
        """The closure for one text."""
        return lambda ctx: self.run(ctx, literals, text)

    def matcher(self, end: str) -> Callable[[str], re.Match[str] | None] | None:
        """What recognises a text of this kind with ``end`` behind it; its groups are the literals.

        None for kinds of which more has to be known than that the rest is the same: after a variable's
        name a literal could go on with it, and white space at the ends is not part of a text.
        """
        befores = self._parts[1::2]
        if any(not before or (before[0] == "$" and before[-1] != ":") for before in befores):
            return None
        if not self._parts[-1].strip(SPACE):
            return None
        own = _literals(self.text, self._places)
        pieces = [
            re.escape(self._parts[2 * at] + before)
            + (f"({re.escape(own[at])})" if at in self._pinned else LITERAL)
            for at, before in enumerate(befores)
        ]
        return re.compile("".join(pieces) + re.escape(self._parts[-1] + end)).fullmatch

    def _moved(self, span: Span, literals: Sequence[str], text: str) -> Span:
        """The place in the text that is the given one in the text of the template."""
        places = _places(self._parts, literals)

        def moved(at: int) -> int:
            shift = 0
            for (_, end), (_, now) in zip(self._places, places, strict=True):
                if end <= at:
                    shift = now - end
            return at + shift

        return Span(Source("expansion", text), moved(span.start), moved(span.end))


class _Family:
    """The texts with one key: the places whose literals are part of what is compiled, and the templates."""

    __slots__ = ("once", "pinned", "templates")

    def __init__(self, pinned: tuple[int, ...], *, once: bool) -> None:
        self.pinned = pinned
        self.once = once
        self.templates: dict[tuple[str, ...], Template | None] = {}


UNKNOWN = _Family((), once=False)
"""Stands for what is known of texts that were never met."""


class Templates:
    """The templates of one profile and mode; ``whole`` compiles a text without them."""

    def __init__(self, profile: Profile, mode: Mode, whole: Callable[[str], Compiled]) -> None:
        self._profile = profile
        self._mode = mode
        self._whole = whole
        self._met: set[tuple[str, ...]] = set()
        self._families: dict[tuple[str, ...], _Family | None] = {}
        # In one piece: threads that share this replace it while others look at it.
        self._latest: tuple[Template | None, Alike] = None, _none_alike

    @property
    def last(self) -> Template | None:
        """The template that was used last."""
        return self._latest[0]

    def filled(self, text: str) -> Run | None:
        """The template of a text with its literals filled in; None if it has none or its kind is new."""
        last, alike = self._latest
        found = alike(text)
        if found is not None and last is not None:
            return last.filled(found.groups(), text)
        parts = SPLIT.split(text)
        literals = parts[2::3]
        if not literals:
            return None
        del parts[2::3]
        key = tuple(parts)
        family = self._families.get(key, UNKNOWN)
        if family is UNKNOWN:
            if key not in self._met:
                self._remember(key)
                return None
            family = self._families[key] = self._family(text, parts, literals)
        if family is None:
            return None
        pinned = tuple([literals[index] for index in family.pinned])
        if pinned in family.templates:  # from where nothing is taken away
            template = family.templates[pinned]
        elif len(family.templates) >= MOST_PINNED:
            return None
        else:
            template = family.templates[pinned] = self._template(text, parts, literals, family)
        if template is None:
            return None
        if template is not last:
            self._latest = template, template.matcher("") or _none_alike
        return template.filled(literals, text)

    def _remember(self, key: tuple[str, ...]) -> None:
        if len(self._met) >= MOST:
            self._met.clear()
            self._families.clear()
        self._met.add(key)

    def _family(self, text: str, parts: list[str], literals: list[str]) -> _Family | None:
        """What is known of the texts with a key; None if they can have no template."""
        kept = "\0".join(parts)
        if ACTS.search(kept):
            return None
        once = SEARCHES.search(kept) is not None
        waiting = dict(zip(_places(parts, literals), range(len(literals)), strict=True))
        pinned = []
        for node, judged in _leaves(parse(text, registry.shapes(self._profile))):
            if isinstance(node, Broken):
                return None
            index = waiting.pop((node.start, node.end), None)
            if index is not None and judged:
                pinned.append(index)
        return _Family(
            (*pinned, *waiting.values()), once=once
        )  # what is no text for itself counts as it stands

    def _template(self, text: str, parts: list[str], literals: list[str], family: _Family) -> Template | None:
        """What takes the literals from the context, those apart that are pinned.

        None for what must not run twice and has something that can fail in words of the text's own.
        """
        tree = parse(text, registry.shapes(self._profile))
        places = {start: index for index, (start, _) in enumerate(_places(parts, literals))}
        free = {start: index for start, index in places.items() if index not in family.pinned}
        made = Compiler(self._profile, self._mode, Source("expansion", text), free).compile(tree)
        if family.once and (made.complaint is not None or _has_open_end(tree)):
            return None
        template = Template(text, parts, family.pinned, once=family.once)
        template.bind(literals, made.run, self._whole)
        return template


def _none_alike(_text: str) -> None:
    """Recognises no text."""


def _places(parts: Sequence[str], literals: Sequence[str]) -> list[tuple[int, int]]:
    """Where each literal starts and ends in the text."""
    places, at = [], 0
    for index, literal in enumerate(literals):
        at += len(parts[2 * index]) + len(parts[2 * index + 1])
        places.append((at, at + len(literal)))
        at += len(literal)
    return places


def _literals(text: str, places: list[tuple[int, int]]) -> list[str]:
    return [text[start:end] for start, end in places]


def _has_open_end(tree: Node) -> bool:
    """True if there is an item of which only a value tells where it ends."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Item) and _facts("item", node)["shape"].open_ended:
            return True
        waiting.extend(children(node))
    return False


def _leaves(tree: Node) -> Iterator[tuple[Node, bool]]:
    """The texts of a tree and what is broken in it, with whether the text as it stands counts.

    It does in groups that are kept as they are, and where a unit judges what is skipped, if the piece
    can be skipped at all.
    """
    waiting = [(tree, False, False)]
    while waiting:
        node, skippable, counts = waiting.pop()
        if isinstance(node, Text | Broken):
            yield node, counts
        elif isinstance(node, Item):
            groups = enumerate(_item_groups(node, skippable=skippable))
            waiting.extend((node.groups[index], maybe, counts or here) for index, (maybe, here) in groups)
            waiting.extend((branch, True, counts) for branch in (node.yes, node.no, node.broken) if branch)
        elif isinstance(node, Condition):
            here = counts or (skippable and _is_judged(node))
            maybe = skippable or (
                len(node.arguments) > 1 and _facts("condition", node)["shape"].form != "strings"
            )
            waiting.extend((child, maybe, here) for child in children(node))
        elif isinstance(node, If):
            waiting.append((node.condition, skippable, counts))
            waiting.extend((branch, True, counts) for branch in (node.yes, node.no, node.broken) if branch)
        else:
            waiting.extend((child, skippable, counts) for child in children(node))


def _facts(family: str, node: Item | Condition) -> Mapping[str, Any]:
    unit = registry.find(family, node.name)
    return unit.facts if unit is not None else {}


def _is_judged(node: Condition) -> bool:
    """True for conditions of which Exim tries something on literal text where it skips them."""
    facts = _facts("condition", node)
    return bool(facts.get("checks_when_skipped")) or facts["shape"].form == "list"


def _item_groups(node: Item, *, skippable: bool) -> list[tuple[bool, bool]]:
    """For each group whether it can be skipped, and whether its text as it stands counts.

    Units whose ``when_skipped`` does not look at all groups but the last say so with ``judges``.
    """
    facts = _facts("item", node)
    count, shape = len(node.groups), facts["shape"]
    judged = set(facts.get("patterns", ()))
    if facts.get("when_skipped"):
        judged.update(facts.get("judges", range(count - 1)))
    if facts.get("runs_when_skipped"):
        judged.update(range(count))
    kept = facts.get("sources", ())
    lazy = {*facts.get("lazy", ()), *(range(1, count) if shape.open_ended else ())}
    return [
        (
            skippable or index in lazy or shape.group_kind(index) == CONDITION,
            index in kept or (skippable and index in judged),
        )
        for index in range(count)
    ]
