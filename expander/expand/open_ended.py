"""Compiles items whose number of own groups depends on a value: ``extract``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drivers.api.errors import Failed
from drivers.api.text import SPACE
from expander.expand import calls
from expander.expand.compiled import Compiled, Complaint, first_complaint, skipping
from grammar.ast.expansion import Fail
from grammar.words import NO_END, NO_START, YES_NO

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from drivers.api.protocols import Context, Run
    from drivers.api.unit import Unit
    from expander.expand.compiled import Compiling, Mark
    from grammar.ast.expansion import Item
    from grammar.source import Span


def incomplete(
    groups: Sequence[Callable[[Context], Any]],
    broken: Complaint,
    words: Callable[[str, Any], str] | None = None,
) -> Run:
    """Exim expands the groups that are there before it misses the next.

    ``words`` are the unit's for what is wrong, by Exim's usual ones and the value of the first group.
    """

    def run(ctx: Context) -> str:
        values = [group(ctx) for group in groups]
        if words is not None and values:
            raise broken._replace(message=words(broken.message, values[0])).error()
        raise broken.error()

    return run


class Parts:
    """The groups of an item as its unit sees them, and the choice between those that are left over."""

    __slots__ = ("_groups", "_no", "_node", "_runs", "_span")

    def __init__(self, node: Item, groups: Sequence[Compiled], no: Compiled | None, span: Span) -> None:
        self._node = node
        self._groups = groups
        self._runs = [group.run for group in groups]
        self._no = no
        self._span = span

    def __len__(self) -> int:
        return len(self._runs)

    def __getitem__(self, index: int) -> Run:
        return self._runs[index]

    def choose(self, ctx: Context, found: str | None, *, after: int) -> str:
        """The yes or no string among the groups from ``after`` on, as the result says."""
        rest = self._groups[after:]
        saved, ctx.value = ctx.value, found  # for the yes string alone
        if not rest:
            self._expect_end(NO_START, after)
            ctx.value = saved
            return found or ""
        yes, no = rest[0], rest[1] if len(rest) > 1 else self._no
        if found is not None:
            chosen = yes.run(ctx)
        elif (skip_yes := skipping(yes)) is not None:
            skip_yes(ctx)
        ctx.value = saved
        if no is None and self._node.broken is not None:
            raise Failed(f'syntax error in "{self._node.name}" item - "fail" expected', self._span)
        if found is None:
            if no is self._no:
                self._expect_end(NO_END, after + 2, forced=no is not None)
            chosen = "" if no is None else no.run(ctx)
        elif no is not None and (skip_no := skipping(no)) is not None:
            skip_no(ctx)
        self._expect_end(NO_END, after + 2)
        return chosen

    def _expect_end(self, what: str, index: int, *, forced: bool = False) -> None:
        """Nothing may follow the groups before ``index``, a ``fail`` in its place left out.

        ``forced``: that ``fail`` is met, which the message tells.
        """
        node, text = self._node, self._span.source.text
        if len(node.groups) > index:
            at = node.groups[index].start - 1
        elif isinstance(node.no, Fail) and len(node.groups) != index - 1:
            at = node.no.end - len("fail")
        elif node.broken is not None:
            at = node.broken.start
            what += " after forcedfail" if forced else ""
        else:
            return
        raise Failed(f"{YES_NO}: {what}\n remaining string is '{text[at:].lstrip(SPACE)}'", self._span)


class MarkedParts(Parts):
    """The same, telling which way the choice went."""

    __slots__ = ("_mark",)

    def __init__(self, parts: Parts, mark: Mark) -> None:
        for name in Parts.__slots__:
            setattr(self, name, getattr(parts, name))
        self._mark = mark

    def choose(self, ctx: Context, found: str | None, *, after: int) -> str:
        """The yes or no string, as with `Parts`."""
        self._mark(ctx, found is not None)
        return super().choose(ctx, found, after=after)


def _begins_badly(compiler: Compiling, node: Item, unit: Unit) -> bool:
    """True if Exim finds no group where it skips the item: not even white space may follow the word.

    An item that ends there is as good as one with groups.
    """
    text, formats = compiler.source.text, unit.facts.get("formats", ())
    return any(
        word.value not in formats or text[word.end : word.end + 1] not in {"{", "}"} for word in node.words
    )


def _ends_badly(compiler: Compiling, node: Item, unit: Unit) -> bool:
    """True if Exim does not find the end where it skips the item: it only counts groups there."""
    text = compiler.source.text
    if len(node.groups) > unit.facts["shape"].most:
        return True
    return node.broken is not None and text[node.broken.start :].lstrip(SPACE)[:1] != "}"


def compile_open_ended(compiler: Compiling, node: Item, unit: Unit) -> Compiled:
    """All groups are handed to the unit, which knows by the first value how many are its own."""
    groups = [compiler.compile(group) for group in node.groups]
    no = compiler.forced(node.name, node.no) if isinstance(node.no, Fail) else None
    read = groups[: unit.facts["shape"].most]  # where it is skipped
    first = first_complaint(*[group.complaint for group in read])
    at_end = Complaint(f"missing '}}' closing {node.name}", compiler.span(node))
    if _begins_badly(compiler, node, unit):
        first = at_end
    elif _ends_badly(compiler, node, unit):
        first = first_complaint(first, at_end)
    if len(groups) < unit.facts["shape"].least and node.broken is not None:
        broken = compiler.complaint(node.broken)
        return Compiled(incomplete([group.run for group in groups], broken), first)
    fixed = first is None and all(group.fixed for group in groups)
    if not fixed:
        groups = compiler.settle(groups)
    function = calls.with_context(unit)
    words = tuple(word.value for word in node.words)
    mark = compiler.marker(node)
    parts = Parts(node, groups, no, compiler.span(node))
    if mark is not None:
        parts = MarkedParts(parts, mark)

    def run(ctx: Context) -> str:
        captures = ctx.captures
        result: str = function(ctx, parts, words)
        ctx.captures = captures
        return result

    return Compiled(run, first, fixed=fixed)
