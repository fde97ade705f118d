r"""Case files of configurations: texts with what ``-bV`` says of them.

A case begins with a line ``==`` and a title that holds the line it is about. Then come the lines of the
configuration, each behind ``| `` (behind ``|.`` one in which backslash escapes stand for bytes), and the
answer: one line ``!! `` for each line of standard error, without its time stamp, and ``-> `` with the exit
status. ``@DIR@`` is the directory of the configuration ``exim.conf``.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "cases" / "config"


class ConfigCase(NamedTuple):
    """A configuration with the answer to it."""

    path: Path
    title: str
    text: str
    error: str
    status: int

    @property
    def id(self) -> str:
        """The name that a test run shows."""
        return f"{self.path.stem}:{self.title}"


def read(path: Path) -> list[ConfigCase]:
    """The cases of a file. Raises ``ValueError`` for a line that is none of a case."""
    cases: list[ConfigCase] = []
    title, text, error = "", "", ""
    for line in path.read_bytes().decode("latin-1").split("\n"):
        mark, rest = line[:2], line[3:]
        if mark == "==":
            title, text, error = rest, "", ""
        elif mark == "|.":
            text += line[2:].encode("latin-1").decode("unicode_escape") + "\n"
        elif mark.rstrip() == "|":
            text += line[2:] + "\n"
        elif mark == "!!":
            error += rest + "\n"
        elif mark == "->":
            cases.append(ConfigCase(path, title, text, error, int(rest)))
        elif line and not line.startswith("#"):
            raise ValueError(f"{path}: not a line of a case: {line!r}")
    return cases


def written(title: str, text: str, error: str, status: int) -> str:
    """A case as it stands in its file."""
    lines = [f"== {title}"]
    for line in text.removesuffix("\n").split("\n"):
        plain = line.isascii() and (line == "" or line.isprintable()) and line == line.rstrip()
        escaped = line.encode("unicode_escape").decode("ascii")
        lines.append((f"| {line}" if line else "|") if plain else f"|.{escaped}")
    lines += [f"!! {line}" if line else "!!" for line in error.removesuffix("\n").split("\n") if error]
    return "\n".join([*lines, f"-> {status}", ""])


def all_cases() -> list[ConfigCase]:
    """The cases of all files."""
    return [case for path in sorted(FOLDER.glob("*.case")) for case in read(path)]
