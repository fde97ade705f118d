"""Rewriting and retry rules, made at random, do what they do in the installed Exim."""

from __future__ import annotations

import os
import random
import re
import shlex
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest

from commandcase import Command
from lines.rewriting import FILES, HEAD, address, mailbox, message, retry_question, retry_rules, rules
from loading.runner import Answer, ask_exim, ask_eximulate

COUNT = int(os.environ.get("REWRITING_COUNT", "40"))
SEED = os.environ.get("REWRITING_SEED", "1")
IDENTIFICATION = re.compile(r"\bE?[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}\b")
DATE = re.compile(r"\w{3}, \d\d? \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}")
CRASHED = 0
NO_ANSWER = Answer("", "", 0)
SHOWN = (
    "$sender_address|$recipients",
    "$message_headers_raw",
)

pytestmark = [
    pytest.mark.exim,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root may name a configuration and stay root"),
]


@pytest.fixture
def open_path() -> Iterator[Path]:
    """A directory that the user whom Exim runs as can reach."""
    with TemporaryDirectory() as path:
        Path(path).chmod(0o777)
        yield Path(path)


def uniform(answer: Answer) -> Answer:
    texts = [DATE.sub("DATE", IDENTIFICATION.sub("ID", text)) for text in answer[:2]]
    return Answer(texts[0], texts[1], answer.status)


class Question(NamedTuple):
    """A command over a configuration, with files of its own."""

    text: str
    options: tuple[str, ...]
    message: str = ""

    def asked(self, program: Callable[[str, Path, tuple[str, ...]], Answer], path: Path) -> Answer:
        """What a program answers."""
        command = Command(
            "", HEAD + self.text, {**FILES, "message": self.message}, shlex.join(self.options), NO_ANSWER
        )
        return uniform(command.asked(program, path))


def differing(questions: Iterable[Question], path: Path) -> list[str]:
    """What the two programs do not agree about; where Exim crashed there is nothing to say."""
    found = []
    for question in questions:
        theirs, ours = question.asked(ask_exim, path), question.asked(ask_eximulate, path)
        if theirs.status >= CRASHED and theirs != ours:
            found.append(
                f"{question.text}{question.options} {question.message!r}\nExim: {theirs}\nours: {ours}\n"
            )
    print(*found, sep="\n")
    return found


def brw_questions(seed: str) -> Iterator[Question]:
    rng = random.Random(f"brw {seed}")
    for _ in range(COUNT):
        head = rng.choice(("", "log_selector = +address_rewrite\n"))
        yield Question(head + rules(rng), ("-brw", address(rng) if rng.random() < 0.7 else mailbox(rng)))


def bem_questions(seed: str) -> Iterator[Question]:
    rng = random.Random(f"bem {seed}")
    for _ in range(COUNT):
        mode = ("-t",) if rng.random() < 0.5 else ()
        options = (*mode, "-f", address(rng), "-bem", "@DIR@/message", *SHOWN)
        yield Question(rules(rng), options, message(rng))


def brt_questions(seed: str) -> Iterator[Question]:
    rng = random.Random(f"brt {seed}")
    for _ in range(COUNT):
        yield Question(retry_rules(rng), retry_question(rng))


@pytest.mark.parametrize("questions", [brw_questions, bem_questions, brt_questions])
def test_both_programs_agree(questions: Callable[[str], Iterator[Question]], open_path: Path) -> None:
    assert differing(questions(SEED), open_path) == []
