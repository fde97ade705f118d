"""Runs scenarios with eximulate and with a real Exim, and says where the two differ."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Self

from drivers.api.errors import EximError
from drivers.api.text import from_argument, to_display
from expander.rewriting import where
from expander.testing.against.observed import Observer
from expander.testing.against.real import RealExim, rewritten, rule_shown
from expander.testing.results import BROKEN, FAILED, PASSED, SKIPPED, Fault, Result
from expander.testing.running import configuration_of, shortened
from grammar.ast.scenarios import Given
from grammar.scenario_words import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.outside import World
    from expander.testing.against.apart import Apart
    from expander.testing.against.observed import Question
    from expander.testing.running import Source
    from grammar.ast.scenarios import Scenario

_CHANGING = (
    (re.compile(r"\b[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}\b"), "<id>"),
    (re.compile(r"\b[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}"), "<date>"),
    (re.compile(r"\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\b"), "<date>"),
)
"""What differs each time: names of messages and dates."""

LOST = "421 "
"""Begins what Exim says where the dialogue has no QUIT."""


class Comparison:
    """The scenarios of one file beside a real Exim.

    A configuration that stands in the file itself is written to a file for Exim, which is gone when the
    context ends. Raises ``OSError`` for a program that cannot be run.
    """

    def __init__(self, source: Source, program: str, machine: World, apart: Apart) -> None:
        self._apart = apart
        self._source = source
        self._program = program
        self._machine = machine
        self._made: Path | None = None
        self._problem: str | None = None
        self.exim = RealExim(program, machine, "", self._macros(), apart)

    def __enter__(self) -> Self:
        name = configuration_of(self._source)
        if isinstance(name, bytes):
            handle, path = tempfile.mkstemp(suffix=".conf")
            with os.fdopen(handle, "wb") as file:
                file.write(name)
            self._made, name = Path(path), path
        self.exim = RealExim(self._program, self._machine, name, self._macros(), self._apart)
        return self

    def __exit__(self, *_why: object) -> None:
        if self._made is not None:
            self._made.unlink(missing_ok=True)

    def _macros(self) -> tuple[str, ...]:
        return tuple(" ".join(one.words) for one in self._source.settings if one.kind == "macro")

    def result(self, scenario: Scenario, line: int) -> Result:
        """What became of one scenario: skipped where Exim cannot be asked, failed if it differs."""
        result = Result(str(self._source.path), line, scenario.name, scenario.tags)
        if scenario.skip is not None:
            result.outcome, result.reason = SKIPPED, scenario.skip
            return result
        try:
            observer = self._observed(scenario, result)
        except (ScenarioError, EximError) as problem:
            result.outcome, result.reason = BROKEN, to_display(problem.message.strip())
            result.faults = [Fault(line, "a scenario that can be run", result.reason)]
            return result
        result.faults = []  # whether all is as expected is another question
        reason = self._reason(scenario, observer)
        if reason:
            result.outcome, result.reason = SKIPPED, shortened(f"not expressed: {reason}")
            return result
        for question in observer.questions:
            result.faults += self._differences(question)
        result.outcome = FAILED if result.faults else PASSED
        return result

    def _observed(self, scenario: Scenario, result: Result) -> Observer:
        config = self._source.configuration(scenario)
        observer = Observer(config, self._source.facts(), self._source.machine, result)
        observer.has_dns = self._apart.works
        observer.play(scenario.items)
        self._apart.give(observer.zones)
        return observer

    def _reason(self, scenario: Scenario, observer: Observer) -> str:
        """Why the real Exim cannot be asked the same, "" if it can."""
        if observer.reason():
            return observer.reason()
        if len(observer.hints):
            return "what was measured and seen before counts"
        if any(isinstance(item, Given) and item.kind in {"clock", "seed", "host"} for item in scenario.items):
            return "the scenario has a clock, a seed or a host of its own"
        if not observer.questions:
            return "nothing is done"
        if self._problem is None:
            self._problem = self.exim.problem()
        return self._problem

    def _differences(self, question: Question) -> Iterator[Fault]:
        answer = self.exim.answer(question)
        if isinstance(answer, list):
            yield from _in_session(question, answer)
            return
        ours, theirs = question.answer, answer
        if question.kind == "retry":
            ours, theirs = _steps(ours), rule_shown(theirs)
        elif question.kind == "rewrite":
            flag = question.words[1] if question.words[1:] else where.ENVELOPE_FROM
            theirs = rewritten(theirs, where.NAMES[flag])
        if _steady(ours) != _steady(theirs):
            what = f"Exim's {question.kind} {' '.join(question.words)}"
            yield Fault(question.line, to_display(f"{what}: {theirs.strip()}"), to_display(ours.strip()))


def _in_session(question: Question, theirs: list[str]) -> Iterator[Fault]:
    """The first reply that differs."""
    ours = question.replies
    if len(theirs) > len(ours) and theirs[-1].startswith(LOST):
        theirs = theirs[:-1]
    for number in range(max(len(ours), len(theirs))):
        mine = ours[number] if number < len(ours) else "no reply"
        real = theirs[number] if number < len(theirs) else "no reply"
        if _steady(mine) != _steady(real):
            what = f"Exim's reply {number + 1} to {question.words[0]}: {real}"
            yield Fault(question.line, to_display(what), to_display(mine))
            return


def _steps(rule: str) -> str:
    return rule if rule == "none" else rule.split(" ", 2)[2] if rule.count(" ") > 1 else ""


def _steady(text: str) -> str:
    for pattern, word in _CHANGING:
        text = pattern.sub(word, text)
    return from_argument(to_display(text)).rstrip("\n")
