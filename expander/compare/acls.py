"""ACLs of two configurations: statement by statement, and clause by clause inside of those."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.registry import entry, find
from drivers.api.text import SPACE
from expander.compare import order
from expander.compare.difference import ADDED, CHANGED, REMOVED, RENAMED, Difference, Side
from expander.compare.options import elements
from expander.compare.values import canonical, is_list, items
from grammar.ast.config import Clause

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from expander.config.model import Acl
    from grammar.ast.config import Statement

ClauseKey = tuple[bool, str, str, object]
StatementKey = tuple[str, tuple[ClauseKey, ...]]


def acls(old: dict[str, Acl], new: dict[str, Acl]) -> Iterator[Difference]:
    """The ACLs that differ; one that only has another name is renamed."""
    keys = {name: tuple(map(statement_key, acl.statements)) for name, acl in new.items() if name not in old}
    renamed: dict[str, str] = {}
    for name, acl in old.items():
        if name not in new and acl.statements:
            key = tuple(map(statement_key, acl.statements))
            found = next((n for n, k in keys.items() if k == key and n not in renamed.values()), None)
            if found is not None:
                renamed[name] = found
    for name, acl in old.items():
        before, after = Side(name, acl.span), new.get(renamed.get(name, name))
        if after is None:
            yield Difference(REMOVED, "acl", name, before, None)
        elif name in renamed:
            yield Difference(RENAMED, "acl", name, before, Side(after.name, after.span))
        else:
            parts = tuple(_statements(acl.statements, after.statements))
            if parts:
                yield Difference(CHANGED, "acl", name, before, Side(name, after.span), parts)
    for name, acl in new.items():
        if name not in old and name not in renamed.values():
            yield Difference(ADDED, "acl", name, None, Side(name, acl.span))


def statement_key(statement: Statement) -> StatementKey:
    """What a statement says, as something that compares."""
    return statement.verb.text, tuple(map(clause_key, _clauses(statement)))


def _clauses(statement: Statement) -> list[Clause]:
    return [clause for clause in statement.clauses if isinstance(clause, Clause)]


def clause_key(clause: Clause) -> ClauseKey:
    """What a condition or modifier says, as something that compares."""
    name = clause.name.text
    value: object = None
    if clause.value is not None:
        text = clause.value.text.rstrip(SPACE)
        value = items(text) if _holds_list(name) else canonical(text)
    return clause.negated, name, clause.argument.text if clause.argument else "", value


def _holds_list(name: str) -> bool:
    family = "acl-condition" if entry("acl-condition", name) else "acl-modifier"
    unit = find(family, name)
    return unit is not None and is_list(unit.facts["argument"])


def clause_text(clause: Clause) -> str:
    """A condition or modifier as it is usually written."""
    words = f"{'!' if clause.negated else ''}{clause.name.text}"
    if clause.argument is not None:
        words = f"{words} {clause.argument.text}"
    return words if clause.value is None else f"{words} = {clause.value.text.rstrip(SPACE)}".rstrip()


def _statements(old: Sequence[Statement], new: Sequence[Statement]) -> Iterator[Difference]:
    before, after = [*map(statement_key, old)], [*map(statement_key, new)]

    def alike(i: int, j: int) -> float:
        return _alike(before[i], after[j])

    for step in order.steps(before, after, alike):
        if step.kind == order.SAME:
            continue
        one = None if step.old is None else old[step.old]
        other = None if step.new is None else new[step.new]
        shown = one or other
        assert shown is not None
        yield Difference(
            step.kind,
            "statement",
            shown.verb.text,
            _statement_side(one),
            _statement_side(other),
            _inside(one, other) if step.kind != order.MOVED else (),
            step.moved,
        )


def _statement_side(statement: Statement | None) -> Side | None:
    if statement is None:
        return None
    clauses = "; ".join(map(clause_text, _clauses(statement)))
    return Side(f"{statement.verb.text} {clauses}".rstrip(), statement.verb.span)


def _alike(one: StatementKey, other: StatementKey) -> float:
    """How much two statements have in common, from 0 to 1: verbs, clauses, names of clauses."""
    every = len(one[1]) + len(other[1])
    if not every:
        return 0.9
    same = len(set(one[1]) & set(other[1]))
    names = len({clause[:3] for clause in one[1]} & {clause[:3] for clause in other[1]})
    return 0.2 * (one[0] == other[0]) + 1.6 * (0.4 * same + 0.6 * names) / every


def _inside(one: Statement | None, other: Statement | None) -> tuple[Difference, ...]:
    """The verb and the clauses in which two statements differ; all of one that has no partner."""
    old = [] if one is None else _clauses(one)
    new = [] if other is None else _clauses(other)
    before, after = [*map(clause_key, old)], [*map(clause_key, new)]
    parts = []
    if one is not None and other is not None and one.verb.text != other.verb.text:
        sides = Side(one.verb.text, one.verb.span), Side(other.verb.text, other.verb.span)
        parts.append(Difference(CHANGED, "verb", "", *sides))

    def alike(i: int, j: int) -> float:
        return float(before[i][1:3] == after[j][1:3])

    for step in order.steps(before, after, alike):
        if step.kind != order.SAME:
            first = None if step.old is None else old[step.old]
            second = None if step.new is None else new[step.new]
            parts.append(_clause(step, first, second))
    return tuple(parts)


def _clause(step: order.Step, one: Clause | None, other: Clause | None) -> Difference:
    shown = one or other
    assert shown is not None
    parts: tuple[Difference, ...] = ()
    values = one and one.value, other and other.value
    if step.kind == CHANGED and values[0] and values[1] and _holds_list(shown.name.text):
        parts = elements(values[0].text, values[1].text)
    sides = [None if c is None else Side(clause_text(c), c.span) for c in (one, other)]
    return Difference(step.kind, "clause", shown.name.text, sides[0], sides[1], parts, step.moved)
