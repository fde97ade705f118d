"""Files of questions to databases, which are put to the real Exim and to eximulate alike.

One expansion a line. ``= `` begins a line of the configuration, ``! `` a statement that is run before each of
the two is asked, ``#`` a comment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from casefile import Setup
from drivers.api.errors import ExpansionError
from real_exim import RealExim
from running import expander_for

LONG_NUMBER = re.compile(r"[0-9]{4}")
FOLDER = Path(__file__).parent / "questions"


class Questions:
    """What one file says; bytes are held text."""

    def __init__(self, name: str) -> None:
        lines = (FOLDER / f"{name}.txt").read_bytes().decode("latin-1").split("\n")
        self.config = "".join(f"{line[2:]}\n" for line in lines if line.startswith("= "))
        self.statements = [line[2:] for line in lines if line.startswith("! ")]
        self.texts = [line for line in lines if line and line[0] not in "=!#"]


def differences(
    name: str,
    directory: Path,
    prepare: Callable[[Sequence[str]], object],
    filled: Callable[[str], str] = str,
    *,
    anonymous: bool = False,
) -> list[str]:
    """The questions that are answered differently, each with both answers.

    ``prepare`` runs the statements of the file, ``filled`` puts addresses into a text.
    With ``anonymous`` only the places count at which answers with long numbers come up again.
    """
    questions = Questions(name)
    setup = Setup(config=filled(questions.config))
    texts = [filled(text) for text in questions.texts]
    prepare(questions.statements)
    exim = RealExim(made(directory / "exim"), setup).ask(texts)
    if anonymous:
        exim = by_appearance(exim)
    prepare(questions.statements)
    ours = answers(made(directory / "ours"), setup, texts)
    if anonymous:
        ours = by_appearance(ours)
    return [
        f"{text}\n  Exim: {theirs!r}\n  ours: {own!r}"
        for text, theirs, own in zip(questions.texts, exim, ours, strict=True)
        if theirs != own
    ]


def by_appearance(found: list[str]) -> list[str]:
    """Answers that hold long numbers are replaced by when they came up first."""
    seen: dict[str, int] = {}
    return [str(seen.setdefault(text, len(seen))) if LONG_NUMBER.search(text) else text for text in found]


def made(directory: Path) -> Path:
    """The directory, which is made."""
    directory.mkdir(exist_ok=True)
    return directory


def answers(directory: Path, setup: Setup, texts: Sequence[str]) -> list[str]:
    """What eximulate answers, in the form in which Exim prints it."""
    expander = expander_for(setup, directory)
    found = []
    for text in texts:
        try:
            answer = expander.expand(text.replace("@DIR@", str(directory)))
        except ExpansionError as error:
            answer = f"Failed: {error.message}"
        found.append(answer.replace(str(directory), "@DIR@"))
    return found
