"""Two sequences beside each other: what stayed, went, came, changed or moved."""

from __future__ import annotations

from bisect import bisect_left
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

SAME, ADDED, REMOVED, CHANGED, MOVED = "same", "added", "removed", "changed", "moved"
LONG = 2000
"""Above this many elements the frequent ones are not lined up with each other one by one."""

ALIKE = 0.5


class Step(Record):
    """An element of the old sequence beside one of the new, by index; None where there is none.

    ``moved`` is true for one that changed and stands at another place as well.
    """

    kind: str
    old: int | None
    new: int | None
    moved: bool = False


def steps(
    old: Sequence[Hashable],
    new: Sequence[Hashable],
    alike: Callable[[int, int], float] | None = None,
) -> list[Step]:
    """How the new sequence comes out of the old one, in order.

    ``alike`` says for an old and a new index how much those have in common, from 0 to 1; from a half
    on, what went and what came is one element that changed, at the same place first.
    """
    matcher = SequenceMatcher(None, old, new, autojunk=len(old) + len(new) > LONG)
    found: list[Step] = []
    for tag, i, i_end, j, j_end in matcher.get_opcodes():
        if tag == "equal":
            found += [Step(SAME, i + n, j + n) for n in range(i_end - i)]
        else:
            found += _replaced(range(i, i_end), range(j, j_end), alike)
    found = _with_moves(found, old, new)
    return _with_changes(found, alike) if alike is not None and len(found) <= LONG else found


def _replaced(old: range, new: range, alike: Callable[[int, int], float] | None) -> Iterator[Step]:
    """What stands between elements that stayed: pairs that are alike, in order, and the rest."""
    at = new.start
    for i in old:
        scores = {j: alike(i, j) for j in range(at, new.stop)} if alike is not None else {}
        best = max(scores, key=lambda j: (scores[j], -j), default=None)
        if best is None or scores[best] < ALIKE:
            yield Step(REMOVED, i, None)
            continue
        yield from (Step(ADDED, None, j) for j in range(at, best))
        yield Step(CHANGED, i, best)
        at = best + 1
    yield from (Step(ADDED, None, j) for j in range(at, new.stop))


def _with_moves(found: list[Step], old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Step]:
    """An element that went at one place and came at another has moved."""
    gone: dict[Hashable, list[int]] = {}
    for step in found:
        if step.kind == REMOVED and step.old is not None:
            gone.setdefault(old[step.old], []).append(step.old)
    moved: dict[int, int] = {}
    for step in found:
        if step.kind == ADDED and step.new is not None and gone.get(new[step.new]):
            moved[step.new] = gone[new[step.new]].pop(0)
    taken = set(moved.values())
    return [
        Step(MOVED, moved[step.new], step.new) if step.kind == ADDED and step.new in moved else step
        for step in found
        if not (step.kind == REMOVED and step.old in taken)
    ]


def _with_changes(found: list[Step], alike: Callable[[int, int], float]) -> list[Step]:
    """What went at one place and came at another, and is alike, has changed; the most alike first."""
    gone = [step.old for step in found if step.kind == REMOVED and step.old is not None]
    came = [step.new for step in found if step.kind == ADDED and step.new is not None]
    scored = sorted(((-alike(i, j), i, j) for i in gone for j in came), key=lambda one: one[0])
    pairs: dict[int, int] = {}
    for score, i, j in scored:
        if -score >= ALIKE and j not in pairs and i not in pairs.values():
            pairs[j] = i
    taken = set(pairs.values())
    return [
        Step(CHANGED, pairs[step.new], step.new, moved=True)
        if step.kind == ADDED and step.new in pairs
        else step
        for step in found
        if not (step.kind == REMOVED and step.old in taken)
    ]


def out_of_order(old: Sequence[str], new: Sequence[str]) -> set[str]:
    """The fewest names that have to move to bring the same names from one order into the other."""
    place = {name: at for at, name in enumerate(new)}
    ends: list[int] = []  # ends[n] is the smallest end of a run of n + 1 names that stay in order
    before: dict[int, int | None] = {}
    for name in old:
        at = place[name]
        length = bisect_left(ends, at)
        before[at] = ends[length - 1] if length else None
        ends[length : length + 1] = [at]
    stay: set[int] = set()
    last = ends[-1] if ends else None
    while last is not None:
        stay.add(last)
        last = before[last]
    return {name for name in new if place[name] not in stay}
