"""Which scenarios are run in which order and by which process."""

from __future__ import annotations

import random
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.api.errors import EximError
from expander.config.profile import UnknownProfileError
from expander.testing import running
from expander.testing.results import BROKEN, Fault, Result
from grammar.record import Record, State, made_by
from grammar.scenario_words import ScenarioError

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    from expander.coverage.place import Place

MOST_IN_A_TASK = 25
FEW = 4
"""No fewer scenarios than these are given to another process at a time."""


class Task(Record):
    """Some scenarios of one file, by their numbers among its cases."""

    path: str
    numbers: tuple[int, ...]
    covers: bool = False


class Done(State):
    """What came of tasks: the results, and for coverage the places with the texts of their files.

    ``counts`` are what was counted, each with the number of a case whose configuration it was counted for.
    """

    results: list[Result] = made_by(default_factory=list)
    places: list[Place] = made_by(default_factory=list)
    texts: dict[str, str] = made_by(default_factory=dict)
    counts: list[tuple[int, Counter[Hashable]]] = made_by(default_factory=list)


@lru_cache(maxsize=64)
def source(path: str, *, covers: bool) -> running.Source:
    """A file that was read. Raises `ScenarioError` and ``OSError``."""
    from expander.api import sandboxed

    return running.read(Path(path), sandboxed(), covers=covers)


def tasks(
    files: Iterable[Path],
    wanted: running.Wanted,
    *,
    processes: int = 1,
    seed: int | None = None,
    covers: bool = False,
) -> tuple[list[Task], list[Result]]:
    """The work in its order, and what became of files that cannot be read as scenarios.

    A ``seed`` gives an order by chance, always the same one. Raises ``OSError`` and ``UnicodeDecodeError``.
    """
    made: list[Task] = []
    broken: list[Result] = []
    for path in files:
        try:
            cases = source(str(path), covers=covers).cases
        except ScenarioError as problem:
            broken.append(_unreadable(path, problem))
            continue
        numbers = [number for number, (case, _) in enumerate(cases) if case in wanted]
        made.append(Task(str(path), tuple(numbers), covers))
    if seed is not None:
        made = _shuffled(made, seed)
    elif processes > 1:
        made = [part for task in made for part in _parts(task, processes)]
    return made, broken


def _unreadable(path: Path, problem: ScenarioError) -> Result:
    broken = Result(str(path), problem.line, str(path), outcome=BROKEN, reason=problem.message)
    broken.column = problem.column
    broken.faults.append(Fault(problem.line, "a file of scenarios", problem.message))
    return broken


def _shuffled(made: Sequence[Task], seed: int) -> list[Task]:
    single = [Task(task.path, (number,), task.covers) for task in made for number in task.numbers]
    random.Random(seed).shuffle(single)  # noqa: S311 - an order, no secret
    return single


def _parts(task: Task, processes: int) -> Iterator[Task]:
    size = max(FEW, min(MOST_IN_A_TASK, -(-len(task.numbers) // (2 * processes))))
    for start in range(0, len(task.numbers), size):
        yield Task(task.path, task.numbers[start : start + size], task.covers)


def results(task: Task) -> Iterator[Result]:
    """Run a task, one scenario after the other."""
    file = source(task.path, covers=task.covers)
    for number in task.numbers:
        yield running.result_of(file, *file.cases[number])


def collect(task: Task, done: Done) -> None:
    """Add what the file of a task has come to since the last time."""
    from expander.coverage import of_scenarios
    from expander.coverage.place import added

    file = source(task.path, covers=True)
    found = of_scenarios.places(file)
    done.places = added(done.places, found)
    done.texts |= of_scenarios.texts(file, found)


def done_by_process(task: Task) -> Done:
    """Run a task in a process of its own."""
    done = Done(list(results(task)))
    if task.covers:
        for number in task.numbers:
            hits = _hits(task.path, number)
            if hits:
                done.counts.append((number, hits.copy()))
                hits.clear()
    return done


def take_counts(task: Task, done: Done) -> None:
    """Add what another process has counted to what is counted here."""
    for number, counts in done.counts:
        hits = _hits(task.path, number)
        if hits is not None:
            hits.update(counts)


def _hits(path: str, number: int) -> Counter[Hashable] | None:
    """What is counted for the configuration of a case, None if that cannot be loaded."""
    file = source(path, covers=True)
    try:
        cover = file.configuration(file.cases[number][0]).mode.cover
    except (ScenarioError, EximError, UnknownProfileError, OSError):
        return None
    return None if cover is None else cover.hits
