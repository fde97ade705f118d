"""What the checker finds in filters is what the real Exim says of them, one fault after the other."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from expander.config.profile import PROFILES
from expander.lint.engine import check_file
from expander.lint.places import in_file
from expander.world.memory import MemoryWorld
from real_exim import PROGRAM

pytestmark = pytest.mark.exim

FILTERS = (
    'if $h_subject: contains "x" then\n  sav $home/x\nendif\n',
    "save\n",
    "save a b c\n",
    "deliver\n",
    "finish now\n",
    'mail to a@b subject\nsave "x\n',
    "if then save x endif\n",
    "if $h_a: is b then save x\n",
    "if $h_a: like b then save x endif\n",
    "if a is b save x endif\n",
    "if (a is b then save x endif\n",
    "if a is b then save x endif endif\n",
    "elif a is b then finish endif\n",
    "if not a is b or c then finish endif\n",
    "if error_message personal then finish endif\n",
    "headers change x\n",
    "pipe\n",
    "testprint\n",
    "seen\n",
    "unseen unseen deliver a@b\n",
    "save a\nbogus one\nsave b\nfinish x\ndeliver\n",
    'save "a\\\n',
)
RIGHT = (
    "vacation to\n",
    "logfile\nlogwrite\n",
    "save $home/a 0999\n",
    "noerror testprint x\n",
    "save a\nif first_delivery then finish endif\n",
)
"""Filters that Exim takes without a word, whatever they look like."""

SCRIPTS = (
    'require "fileinto";\nif header "subject" "x" { fileinto "a" }\n',
    'require "bogus";\nkeep;\n',
    'keep 1;\nredirect 5;\nif header "a" { keep; }\nkeep;\nnonsense;\n',
    'require "fileinto";\nif true {\n  fileinto "../x";\n  bogus;\n  keep 1;\n}\nkeep 2;\n',
    "if allof(true, ) { keep; }\nif not { keep; }\nif size :over 1X { keep; }\n",
    'fileinto "a";\nvacation "x";\n',
    'require "vacation";\nvacation :days "x" "y";\nvacation;\n',
)
MESSAGE = b"From: a@b.example\nSubject: x\n\nhello\n"
TOLD = re.compile(r"^Filter error: (.*?)(?: near line (\d+) of filter file)?$", re.MULTILINE)
SIEVE = re.compile(r"^Sieve error: (.*) in line (\d+)$", re.MULTILINE)


def found_in(text: str) -> list[tuple[str, int]]:
    """The words of each finding, and its line."""
    world = MemoryWorld(files={"/f": text.encode("latin-1")})
    found = check_file("/f", profile=PROFILES["debian-12"], world=world, macros={})
    return [(one.message, in_file(one.span).position()[0]) for one in found if one.span is not None]


def said_of(text: str, path: Path, pattern: re.Pattern[str]) -> tuple[str, int] | None:
    """What the real Exim says of a filter, and of which line; None for nothing."""
    path.write_text(text, encoding="latin-1")
    done = subprocess.run(
        [str(PROGRAM), "-bF" if pattern is TOLD else "-bf", os.fspath(path), "-f", "a@b.example"],
        input=MESSAGE,
        capture_output=True,
        check=False,
        timeout=60,
    )
    told = pattern.search((done.stdout + done.stderr).decode("latin-1"))
    return (told[1], int(told[2] or 0)) if told is not None else None


@pytest.mark.parametrize("text", FILTERS)
def test_the_first_fault_of_a_filter_is_that_of_exim(text: str, tmp_path: Path) -> None:
    whole = f"# Exim filter\n{text}"
    said, found = said_of(whole, tmp_path / "f", TOLD), found_in(whole)
    assert said is not None, found
    assert found, said
    assert found[0][0] == said[0]


@pytest.mark.parametrize("text", RIGHT)
def test_what_exim_takes_has_no_fault(text: str, tmp_path: Path) -> None:
    whole = f"# Exim filter\n{text}"
    assert said_of(whole, tmp_path / "f", TOLD) is None
    assert found_in(whole) == []


@pytest.mark.parametrize("text", SCRIPTS)
def test_each_fault_of_a_script_is_that_of_exim_without_those_before_it(text: str, tmp_path: Path) -> None:
    lines = f"# Sieve filter\n{text}".split("\n")
    found = found_in("\n".join(lines))
    assert found
    for message, line in found:
        assert said_of("\n".join(lines), tmp_path / "f", SIEVE) == (message, line)
        if "require" in lines[line - 1]:
            break
        lines[line - 1] = ""
    else:
        assert said_of("\n".join(lines), tmp_path / "f", SIEVE) is None
