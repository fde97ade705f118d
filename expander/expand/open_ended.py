"""Compiles items whose number of own groups depends on a value: ``extract``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drivers.api.errors import Failed
from drivers.api.text import SPACE
from expander.expand import calls
from expander.expand.compiled import Compiled, Complaint, first_complaint
from grammar.ast.expansion import Fail
from grammar.words import NO_END, NO_START, YES_NO

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from drivers.api.protocols import Context, Run
    from drivers.api.unit import Unit
    from expander.expand.compiled import Compiling
    from grammar.ast.expansion import Item
    from grammar.source import Span


def incomplete(groups: Sequence[Callable[[Context], Any]], broken: Complaint) -> Run:
    """Exim expands the groups that are there before it misses the next."""

    def run(ctx: Context) -> str:
        for group in groups:
            group(ctx)
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
        elif yes.complaint:
            raise yes.complaint.error()
        ctx.value = saved
        if no is None and self._node.broken is not None:
            raise Failed(f'syntax error in "{self._node.name}" item - "fail" expected', self._span)
        if found is None:
            chosen = "" if no is None else no.run(ctx)
        elif no is not None and no.complaint:
            raise no.complaint.error()
        self._expect_end(NO_END, after + 2)
        return chosen

    def _expect_end(self, what: str, index: int) -> None:
        """Nothing may follow the groups before ``index``, a ``fail`` in its place left out."""
        node, text = self._node, self._span.source.text
        if len(node.groups) > index:
            at = node.groups[index].start - 1
        elif isinstance(node.no, Fail) and len(node.groups) != index - 1:
            at = node.no.end - len("fail")
        elif node.broken is not None:
            at = node.broken.start
            what += " after forcedfail" if isinstance(node.no, Fail) else ""
        else:
            return
        raise Failed(f"{YES_NO}: {what}\n remaining string is '{text[at:]}'", self._span)


def _ends_badly(compiler: Compiling, node: Item, unit: Unit) -> bool:
    """True if Exim does not find the end where it skips the item: it only counts groups there."""
    text = compiler.source.text
    for word in node.words:
        if word.value not in unit.facts.get("formats", ()) or text[word.end : word.end + 1] != "{":
            return True
    if len(node.groups) > unit.facts["shape"].most:
        return True
    return node.broken is not None and text[node.broken.start :].lstrip(SPACE)[:1] != "}"


def compile_open_ended(compiler: Compiling, node: Item, unit: Unit) -> Compiled:
    """All groups are handed to the unit, which knows by the first value how many are its own."""
    groups = [compiler.compile(group) for group in node.groups]
    no = compiler.forced(node.name, node.no) if isinstance(node.no, Fail) else None
    first = first_complaint(*[group.complaint for group in groups])
    if _ends_badly(compiler, node, unit):
        at_end = Complaint(f"missing '}}' closing {node.name}", compiler.span(node))
        first = first_complaint(first, at_end)
    if len(groups) < unit.facts["shape"].least and node.broken is not None:
        broken = compiler.complaint(node.broken)
        return Compiled(incomplete([group.run for group in groups], broken), first)
    fixed = first is None and all(group.fixed for group in groups)
    if not fixed:
        groups = compiler.settle(groups)
    function = calls.with_context(unit)
    words = tuple(word.value for word in node.words)
    parts = Parts(node, groups, no, compiler.span(node))

    def run(ctx: Context) -> str:
        result: str = function(ctx, parts, words)
        return result

    return Compiled(run, first, fixed=fixed)
