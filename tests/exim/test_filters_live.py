"""Filters made at random, put to the real Exim with ``-bf`` and ``-bF``."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.exim

REAL = "/usr/sbin/exim4"

CONFIG = "primary_hostname = mail.example.test\nqualify_domain = example.test\nkeep_environment =\n"
MESSAGE = b"From: a@b.test\nTo: root@example.test, Bob <bob@example.test>\nSubject: Report 42\n\nBody\n"
VALUES = ("a", "A", '"a b"', '""', "$h_subject:", "5", "3k", "0x10", "$n1", "$thisaddress", "$bogus", '"x')
WORDS = (
    "is",
    "IS",
    "contains",
    "does not contain",
    "is not",
    "begins",
    "ENDS",
    "matches",
    "is above",
    "below",
)
CONDITIONS = (
    "personal",
    "delivered",
    "error_message",
    "first_delivery",
    "manually_thawed",
    "personal alias b@c",
)
COMMANDS = (
    "save x",
    "save x 640",
    "unseen save y",
    "deliver c",
    "noerror pipe z",
    "seen finish",
    "finish",
    "add 3 to n1",
    "testprint $n1$1",
    "mail text hi",
    "vacation to a@b",
    "fail text x",
    "headers charset utf-8",
    "logwrite a",
    "bogus",
    "seen",
    "endif",
)


def condition(dice: random.Random, depth: int) -> str:
    """A condition, nested up to a depth."""
    kind = dice.randrange(9 if depth else 4)
    if kind < 3:
        return f"{dice.choice(VALUES[:9])} {dice.choice(WORDS)} {dice.choice(VALUES)}"
    if kind == 3:
        return dice.choice(CONDITIONS)
    inner = condition(dice, depth - 1)
    if kind == 4:
        return f"not {inner}"
    if kind == 5:
        return f"({inner}{')' if dice.random() < 0.95 else ''}"
    if kind == 6:
        return f"foranyaddress $h_to: ({inner})"
    gap, word = dice.choice(" \n"), dice.choice(("and", "or"))
    return f"{inner}{gap}{word} {condition(dice, depth - 1)}"


def commands(dice: random.Random, depth: int) -> str:
    """Some commands, conditionals among them."""
    lines = []
    for _ in range(dice.randrange(1, 4)):
        if depth and dice.random() < 0.5:
            arm = f"if {condition(dice, 2)} then {commands(dice, depth - 1)}"
            other = f"\nelse {commands(dice, depth - 1)}" if dice.random() < 0.4 else ""
            lines.append(f"{arm}{other}\n{'endif' if dice.random() < 0.97 else ''}")
        else:
            lines.append(dice.choice(COMMANDS[: 12 if dice.random() < 0.9 else None]))
    return dice.choice((" ", "\n")).join(lines)


@pytest.mark.parametrize("seed", range(25))
def test_exim_agrees(seed: int, tmp_path: Path) -> None:
    dice = random.Random(seed)
    config, filter_file = tmp_path / "exim.conf", tmp_path / "filter"
    config.write_text(f"{CONFIG}spool_directory = {tmp_path}\nlog_file_path = {tmp_path}/%slog\n")
    filter_file.write_text(f"# Exim filter\n{commands(dice, 2)}\n")
    arguments = ["-C", str(config), dice.choice(("-bf", "-bF")), str(filter_file)]
    ours = [sys.executable, "-m", "expander", "--profile", "debian-12", *arguments]
    answers = [
        subprocess.run(command, input=MESSAGE, capture_output=True, check=False, timeout=120)
        for command in ([REAL, *arguments], ours)
    ]
    assert answers[1].stdout.decode() == answers[0].stdout.decode(), filter_file.read_text()
    assert answers[1].returncode == answers[0].returncode
