"""Files of questions to databases, which are put to the real Exim and to eximulate alike.

One expansion a line. ``= `` begins a line of the configuration, ``! `` a statement that is run before each of
the two is asked, ``#`` a comment.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from casefile import Setup
from drivers.api.errors import ExpansionError
from real_exim import RealExim
from running import expander_for

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
) -> list[str]:
    """The questions that are answered differently, each with both answers.

    ``prepare`` runs the statements of the file, ``filled`` puts addresses into a text.
    """
    questions = Questions(name)
    setup = Setup(config=filled(questions.config))
    texts = [filled(text) for text in questions.texts]
    prepare(questions.statements)
    exim = RealExim(made(directory / "exim"), setup).ask(texts)
    prepare(questions.statements)
    ours = answers(made(directory / "ours"), setup, texts)
    return [
        f"{text}\n  Exim: {theirs!r}\n  ours: {own!r}"
        for text, theirs, own in zip(questions.texts, exim, ours, strict=True)
        if theirs != own
    ]


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
