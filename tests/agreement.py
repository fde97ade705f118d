"""Comparing what expansions come to here and in the installed Exim, where either may end at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from casefile import Setup
from drivers.api.errors import Fatal
from drivers.api.text import Tainted
from expander.api import Expander
from real_exim import CRASHED, RealExim, as_answer
from running import expander_for, outcome_of

ASKED_AGAIN = 3
"""How often Exim is asked what it may answer by chance."""
_DATE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ", re.MULTILINE)


def differences(setup: Setup, texts: Sequence[str], directory: Path) -> list[str]:
    """The texts that come to something else here than in Exim, each with both answers.

    Each text has a fresh state here. Where Exim ends over one, its last words count; where it is killed by a
    signal there is nothing to compare.
    """
    program = RealExim(directory, setup)
    first = expander_for(setup, directory)
    different = []
    for text, answer in zip(texts, program.ask(list(texts)), strict=True):
        found = _answer(first, setup, text, directory)
        if found == answer:
            continue
        again = program.alone(text)
        if again == CRASHED:
            again = last_words(program, text)
            if again == CRASHED:
                continue
        if found != again and not _is_chance(program, text, found):
            different.append(f"{text!r}\n    exim: {again!r}\n    ours: {found!r}")
    return sorted(different, key=len)


def _is_chance(program: RealExim, text: str, found: str) -> bool:
    """Whether Exim, asked the same again in one process, answers differently, and once as we do.

    ``$0`` and ``$1`` of a lookup that is over point into memory that others use by then: what Exim shows
    there hangs on what it did before, and is not an answer.
    """
    answers = program.ask([text] * ASKED_AGAIN)
    return len(set(answers)) > 1 and found in answers


def _answer(first: Expander, setup: Setup, text: str, directory: Path) -> str:
    fresh = Expander(
        config=first.config, profile=first.profile, world=first.context.world, mode=first.context.mode
    )
    fresh.context.facts.update({name: Tainted(value) for name, value in setup.variables.items()})
    try:
        found = as_answer(outcome_of(fresh, text.replace("@DIR@", str(directory))))
    except Fatal as end:
        found = f"{CRASHED}: {end.message.strip()}"
    return found.replace(str(directory), "@DIR@")


def last_words(program: RealExim, text: str) -> str:
    """The last entry that Exim writes to its log when it ends over a text, without the date.

    ``CRASHED`` alone if a signal killed it.
    """
    done = program.run([], program.filled(text).encode("latin-1") + b"\n")
    if done.returncode < 0:
        return CRASHED
    said = _DATE.split(done.stderr.decode("latin-1"))[-1].replace(str(program.directory), "@DIR@")
    return f"{CRASHED}: {said.strip()}"
