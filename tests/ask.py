"""Rewriting what the real Exim answered: the expectations of cases and the recorded answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import commandcase
from casefile import Case, Outcome, read_cases, rewrite
from loading.runner import Answer, ask_exim
from real_exim import CRASHED, RealExim, as_outcome, can_ask, can_say
from recorded import record

HERE = Path(__file__).parent


def refresh() -> Iterator[Path]:
    """Ask for everything that can be asked; the files that changed."""
    for path in sorted((HERE / "cases" / "expansion").rglob("*.case")):
        if rewrite(path, asked(read_cases(path))):
            yield path
    for path in sorted((HERE / "recorded").glob("*.jsonl")):
        if record(path):
            yield path
    for path in sorted(commandcase.FOLDER.glob("*.case")):
        if commandcase.rewrite(path, _answered):
            yield path


def _answered(command: commandcase.Command) -> Answer:
    with TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        Path(directory).chmod(0o777)
        return command.asked(ask_exim, Path(directory))


def asked(cases: list[Case]) -> dict[str, Outcome]:
    """The real outcomes of cases, by title."""
    groups: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        if can_ask(case.setup) and can_say(case.text):
            groups[case.setup.key()].append(case)
    outcomes = {}
    for group in groups.values():
        with TemporaryDirectory(ignore_cleanup_errors=True) as directory:
            program = RealExim(Path(directory), group[0].setup)
            answers = program.ask([case.text for case in group])
        for case, answer in zip(group, answers, strict=True):
            if answer != CRASHED:
                outcomes[case.title] = as_outcome(answer, case.outcome)
    return outcomes
