"""Sieve scripts, valid and damaged, as the real Exim carries them out in a test."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

import sieve_cases
from casefile import Setup
from real_exim import prepare

pytestmark = pytest.mark.exim

CASES = [case for path in sorted(sieve_cases.FOLDER.glob("*.txt")) for case in sieve_cases.read(path)]
SEEDS = range(12)
SCRIPTS = 12

STRINGS = [
    '"ann@sender.test"', '"Monthly*"', '"a?b\\\\*"', '""', '"7"', '"joe"', '"sub"', '"a"', '"*"', '"x\\\\"',
    "text:\na\n.\n", '"subject"', '"from"', '"X-List"', '"to"', '"${hex:41 42}"', '"${unicode:110000}"',
    '"a b"', '"b@c.test"', '"../x"',
]  # fmt: skip
HEADERS = ['"subject"', '"from"', '"To"', '["cc", "to"]', '"X-List"', '"X-Score"', '["x-none", "X-Fold"]']
EXTENSIONS = ["fileinto", "copy", "envelope", "vacation", "subaddress", "encoded-character", "enotify"]
DAMAGE = [
    " ",
    "\n",
    ";",
    "{",
    "}",
    '"',
    "(",
    ")",
    ",",
    "[",
    "]",
    "/* x */",
    "/*",
    "# x\n",
    ":is",
    "keep",
    "7",
]


class Maker:
    """Makes scripts at random."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def script(self) -> str:
        """A script; every other one is damaged."""
        wanted = ['"comparator-i;ascii-numeric"', *(f'"{name}"' for name in EXTENSIONS[:6])]
        if self.random.random() < 0.2:
            wanted = self.random.sample(wanted, 4)
        text = f"require [{', '.join(wanted)}];\n" + "".join(self.commands(2))
        if '"encoded-character"' in text:
            text = text.replace('""', '"e"')  # the real Exim crashes over empty strings then
        if self.random.random() < 0.5:
            return text
        at = self.random.randrange(len(text))
        end = at + self.random.randrange(4)
        return text[:at] + self.random.choice(["", *DAMAGE]) + text[end:]

    def commands(self, depth: int) -> Iterator[str]:
        """Some commands, blocks down to a depth among them."""
        for _ in range(self.random.randint(1, 3)):
            yield self.random.choice([self.action, self.condition])(depth)

    def action(self, _depth: int) -> str:
        """A command without a block."""
        one = self.random.choice
        return one(
            [
                "keep;", "discard;", "stop;", f"fileinto {self.string()};", f"redirect {self.string()};",
                f"fileinto :copy {self.string()};", 'redirect :copy "a@b.test";',
                f"vacation {self.vacation()}{self.string()};",
            ]
        ) + one([" ", "\n", " # x\n"])  # fmt: skip

    def vacation(self) -> str:
        """Tagged arguments of a vacation."""
        parts = [
            ":days 3 ", f":subject {self.string()} ", ':from "a@b.test" ', ':addresses "joe@example.test" ',
            ':addresses ["joe@example.test", "x"] ', ":mime ", f":handle {self.string()} ",
        ]  # fmt: skip
        return "".join(self.random.sample(parts, self.random.randint(0, 3)))

    def condition(self, depth: int) -> str:
        """An ``if`` with what may follow it."""
        if depth == 0:
            return "keep;\n"
        text = f"if {self.test(2)} {self.block(depth - 1)}"
        if self.random.random() < 0.4:
            text += f"elsif {self.test(2)} {self.block(depth - 1)}"
        if self.random.random() < 0.4:
            text += f"else {self.block(depth - 1)}"
        return text

    def block(self, depth: int) -> str:
        """Commands in braces."""
        return "{\n" + "".join(self.commands(depth)) + "}\n"

    def test(self, depth: int) -> str:
        """A test, others in it down to a depth."""
        kinds = [
            "true",
            "false",
            self.size(),
            self.exists(),
            self.compared(),
            self.compared(),
            self.compared(),
        ]
        if depth:
            inner = ", ".join(self.test(depth - 1) for _ in range(self.random.randint(1, 2)))
            kinds += [f"not {self.test(depth - 1)}", f"allof({inner})", f"anyof ({inner})"]
        return self.random.choice(kinds)

    def size(self) -> str:
        """A test of the size."""
        return (
            f"size {self.random.choice([':over', ':under'])} {self.random.choice(['1', '300', '1K', '2M'])}"
        )

    def exists(self) -> str:
        """A test for header lines."""
        return f"exists {self.random.choice(HEADERS)}"

    def compared(self) -> str:
        """A test that compares texts."""
        name = self.random.choice(["header", "address", "envelope"])
        tags = [self.random.choice(["", ":is ", ":contains ", ":matches "])]
        comparators = ["i;octet", "i;ascii-casemap", "i;ascii-numeric", "en;ascii-casemap"]
        tags.append(self.random.choice(["", "", f':comparator "{self.random.choice(comparators)}" ']))
        if name != "header":
            tags.append(self.random.choice(["", ":all ", ":localpart ", ":domain ", ":user ", ":detail "]))
        self.random.shuffle(tags)
        first = self.random.choice(['"from"', '"to"', '["from", "to"]'] if name != "header" else HEADERS)
        keys = ", ".join(self.string() for _ in range(2))
        return f"{name} {''.join(tags)}{first} {self.random.choice([self.string(), f'[{keys}]'])}"

    def string(self) -> str:
        """A string as it is written."""
        return self.random.choice(STRINGS)


@pytest.fixture(name="config")
def _config(tmp_path: Path) -> Path:
    return prepare(tmp_path, Setup(profile="debian-12"))


@pytest.mark.parametrize("part", range(10))
def test_the_cases_are_what_the_real_exim_says(part: int, tmp_path: Path, config: Path) -> None:
    for case in CASES[part::10]:
        real = sieve_cases.real_outcome(case.message, case.script, tmp_path, config)
        assert (case.title, real) == (case.title, case.outcome)


@pytest.mark.parametrize("seed", SEEDS)
def test_scripts_made_at_random_come_out_the_same(seed: int, tmp_path: Path, config: Path) -> None:
    maker = Maker(seed)
    for _ in range(SCRIPTS):
        script = maker.script()
        for message in sieve_cases.MESSAGES:
            own = sieve_cases.own_outcome(message, script, tmp_path)
            real = sieve_cases.real_outcome(message, script, tmp_path, config)
            assert real == sieve_cases.CRASHED or (script, message, own) == (script, message, real)
