"""Lookups whose answers are given: no store is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Deferred
from drivers.api.text import from_argument, to_bytes
from grammar.scenario_words import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Callable

    from grammar.ast.scenarios import Given

NOTHING, TEMPORARY = "fails", "defers"


class Mocks:
    """The answers, by the type of the lookup and the key or query.

    A type with at least one given answer is never asked for real: other keys are not found.
    """

    def __init__(self) -> None:
        self._answers: dict[str, dict[str, str | None]] = {}
        self._problems: dict[str, dict[str, str]] = {}

    def take(self, given: Given) -> None:
        """Take ``TYPE KEY VALUE``, ``TYPE KEY fails`` or ``TYPE KEY defers [WORDS]``.

        Lines below are a value. Raises `ScenarioError` for less than that.
        """
        if len(given.words) < 2 or (len(given.words) == 2 and not given.block):
            wanted = 'a type, a key and a value, "fails" or "defers"'
            raise ScenarioError(f'"given lookup" wants {wanted}', given.line)
        kind, key, *rest = (from_argument(word) for word in given.words)
        if rest[:1] == [TEMPORARY]:
            self.answer(kind, key, None, " ".join(rest[1:]) or "the test says so")
        elif rest == [NOTHING]:
            self.answer(kind, key, None)
        else:
            self.answer(kind, key, from_argument("\n".join(given.block)) if given.block else " ".join(rest))

    def answer(self, kind: str, key: str, value: str | None, defers: str = "") -> None:
        """Let a key of a type have a value; None for nothing, ``defers`` is why there is no answer now."""
        answers, problems = self._answers.setdefault(kind, {}), self._problems.setdefault(kind, {})
        answers.pop(key, None)
        problems.pop(key, None)
        if defers:
            problems[key] = defers
        else:
            answers[key] = value

    def finder(self, kind: str, _place: str) -> Callable[[str], str | None] | None:
        """What finds keys of a type, None where nothing is given for it."""
        if kind not in self._answers:
            return None
        answers, problems = self._answers[kind], self._problems[kind]

        def find(key: str) -> str | None:
            if key in problems:
                raise Deferred(problems[key])
            return answers.get(key)

        return find

    def __bool__(self) -> bool:
        """True if anything is given."""
        return bool(self._answers)


def as_bytes(text: str) -> bytes:
    """Text of a scenario file as bytes."""
    return to_bytes(from_argument(text))
