"""Two sequences beside each other: what stayed, went, came, changed or moved."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

SAME, ADDED, REMOVED, CHANGED, MOVED = "same", "added", "removed", "changed", "moved"
SMALL = 40_000
"""Up to so many pairs of elements all are looked at; above, those that occur once divide the rest."""

WINDOW = 50
"""How far ahead an element that is alike is looked for."""

MOST_FAR = 600
"""Up to so many steps elements that are alike are paired wherever they stand."""

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
    found: list[Step] = []
    i = j = 0
    for same_old, same_new in [*_lined_up(old, new), (len(old), len(new))]:
        found += _replaced(range(i, same_old), range(j, same_new), alike)
        if same_old < len(old):
            found.append(Step(SAME, same_old, same_new))
        i, j = same_old + 1, same_new + 1
    found = _with_moves(found, old, new)
    return _with_changes(found, alike) if alike is not None and len(found) <= MOST_FAR else found


def _lined_up(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    """The indexes of equal elements that stay in order, in time in proportion to the lengths."""
    pairs: list[tuple[int, int]] = []
    waiting = [(0, len(old), 0, len(new))]
    while waiting:
        i, i_end, j, j_end = waiting.pop()
        while i < i_end and j < j_end and old[i] == new[j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        while i < i_end and j < j_end and old[i_end - 1] == new[j_end - 1]:
            i_end, j_end = i_end - 1, j_end - 1
            pairs.append((i_end, j_end))
        if i == i_end or j == j_end:
            continue
        if (i_end - i) * (j_end - j) <= SMALL:
            matcher = SequenceMatcher(None, old[i:i_end], new[j:j_end], autojunk=False)
            for block in matcher.get_matching_blocks():
                pairs += [(i + block.a + n, j + block.b + n) for n in range(block.size)]
            continue
        anchors = _anchors(old, new, (i, i_end), (j, j_end))
        if not anchors:
            pairs += [(i + n, j + n) for n in range(min(i_end - i, j_end - j)) if old[i + n] == new[j + n]]
        for x, y in anchors:
            pairs.append((x, y))
            waiting.append((i, x, j, y))
            i, j = x + 1, y + 1
        if anchors:
            waiting.append((i, i_end, j, j_end))
    return sorted(pairs)


def _anchors(
    old: Sequence[Hashable], new: Sequence[Hashable], ours: tuple[int, int], theirs: tuple[int, int]
) -> list[tuple[int, int]]:
    """The elements that occur once on each side, as many of them as are in order."""
    counts = Counter(old[slice(*ours)]), Counter(new[slice(*theirs)])
    places = {new[j]: j for j in range(*theirs) if counts[1][new[j]] == 1}
    once = [(i, places[old[i]]) for i in range(*ours) if counts[0][old[i]] == 1 and old[i] in places]
    stay = _longest_in_order([j for _, j in once])
    return [(i, j) for i, j in once if j in stay]


def _replaced(old: range, new: range, alike: Callable[[int, int], float] | None) -> Iterator[Step]:
    """What stands between elements that stayed: pairs that are alike, in order, and the rest."""
    at = new.start
    for i in old:
        near = range(at, min(at + WINDOW, new.stop)) if alike is not None else ()
        scores = {j: alike(i, j) for j in near} if alike is not None else {}
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
    stay = _longest_in_order([place[name] for name in old])
    return {name for name in new if place[name] not in stay}


def _longest_in_order(numbers: Sequence[int]) -> set[int]:
    """As many of different numbers as grow in the order that they come in."""
    ends: list[int] = []  # ends[n] is the smallest end of a run of n + 1 numbers that grow
    before: dict[int, int | None] = {}
    for number in numbers:
        length = bisect_left(ends, number)
        before[number] = ends[length - 1] if length else None
        ends[length : length + 1] = [number]
    stay: set[int] = set()
    last = ends[-1] if ends else None
    while last is not None:
        stay.add(last)
        last = before[last]
    return stay
