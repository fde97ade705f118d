"""What ``-d+expand`` shows of expansions: the same texts to both programs, what each shows of each text."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from casefile import Setup
from real_exim import RealExim

ROOT = Path(__file__).parent.parent
FIRST = "/considering: "
_NOT_OF_EXPANSION = (
    re.compile(r"^(?:fresh-exec for|postfork: |Starting Perl ).*\n", re.MULTILINE),
    re.compile(r"^LOG: .*\n(?:  .*\n)?", re.MULTILINE),
    re.compile(r"^\d+ (?=fresh-exec)", re.MULTILINE),
)
_PID = re.compile(r"\b\d{2,7}\b")


def both(directory: Path, setup: Setup, texts: list[str]) -> list[tuple[str | None, str | None]]:
    """What Exim and eximulate show of each text; None where a program did not live to show it.

    The texts are lines of one run; marker lines, which are shown as well, tell where each ends.
    """
    real = RealExim(directory, setup)
    data = b"".join(
        real.filled(text).encode("latin-1") + f"\n${{uc:%%mark {number}%%}}\n".encode()
        for number, text in enumerate(texts)
    )
    program, *options = real.command
    commands = [program], [sys.executable, "-m", "expander"]
    shown = []
    for command in commands:
        done = subprocess.run(
            [*command, "-d-all+expand+noutf8", *options],
            input=data,
            capture_output=True,
            check=False,
            cwd=ROOT if len(command) > 1 else directory,
            env={**real.environment, "EXIMULATE_PROFILE": setup.profile},
            timeout=300,
        )
        errors = done.stderr.decode("latin-1").replace(str(directory), "@DIR@")
        shown.append(_cut(errors, len(texts)))
    return list(zip(*shown, strict=True))


def _cut(errors: str, count: int) -> list[str | None]:
    """What stands between the markers, without the lines that are not of the expansion."""
    found: list[str | None] = []
    at = 0
    for number in range(count):
        end = errors.find(f" {FIRST}${{uc:%%mark {number}%%}}\n", at)
        if end < 0:
            found.append(None)
            continue
        found.append(_of_expansion(errors[at:end]))
        at = errors.find("\n", errors.find(f"_result: %%MARK {number}%%", end)) + 1
    return found


def _of_expansion(text: str) -> str:
    for pattern in _NOT_OF_EXPANSION:
        text = pattern.sub("", text)
    begin = text.find(FIRST)
    return text[text.rfind("\n", 0, begin) + 1 :] if begin >= 0 else ""
