r"""Case files: inputs with the expected results under them.

A file begins with head lines and is then cut at lines that begin with ``==`` and a short true
sentence, which names the case; ``(xfail: why)`` at its end marks one that is known to disagree.
Then come the input and the outcome::

    # profile: debian-12
    # set: sender_host_address=192.0.2.1
    == other bytes stay
    ${rxquote:a.b_c}
    -> a\.b\_c

Outcomes, one line for each line of the text: ``->`` result, ``!!`` error, ``fail`` forced failure,
``defer`` deferral; ``=>`` result and ``!=`` error as a JSON string (for blanks at the end and bytes that
do not print). After an error two blanks and ``^ text`` give the text that its span must cover.

Head lines: ``profile``, ``set`` (variable=value), ``env`` (NAME=value), ``clock`` (seconds since 1970),
``taint`` (``yes`` for a case that has no meaning where taint is not followed), and ``file`` (name),
``config`` and ``message``, followed by their contents in lines that begin with ``#|``. They stand before
the first case or directly under a ``==`` line, for that case alone. ``@DIR@`` is the directory of the
files. Other lines with ``#`` before the first case are remarks.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

HEAD = re.compile(r"# (profile|taint|set|env|clock|file|config|message): ?(.*)")
TITLE = re.compile(r"== (.*?)(?: \(xfail: (.*)\))?")
OUTCOME = re.compile(r"(->|=>|!!|!=|fail|defer)(?: (.*))?")
SPAN = re.compile(r"(.*?) {2,}\^ (.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Setup:
    """What a case needs around it; ``message`` is the text of the message in hand."""

    profile: str = "debian-12"
    variables: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    config: str = ""
    message: str = ""
    taint: bool = False
    clock: float | None = None

    def key(self) -> str:
        """The same for two setups that can share a process."""
        return repr(self)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an expansion comes to; ``kind`` is "->", "!!", "fail" or "defer"."""

    kind: str
    text: str
    span: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One input with its expected outcome; ``lines`` is where the outcome stands, from 0, end excluded."""

    path: Path
    title: str
    xfail: str | None
    setup: Setup
    text: str
    outcome: Outcome | None
    lines: tuple[int, int]

    @property
    def id(self) -> str:
        """The name that a test run shows."""
        return f"{self.path.parent.name}/{self.path.stem}:{self.title}"


def read_cases(path: Path) -> list[Case]:
    """The cases of a file. Raises ``ValueError`` for one that is not well formed."""
    lines = path.read_text(encoding="latin-1").split("\n")
    starts = [number for number, line in enumerate(lines) if line.startswith("==")]
    if not starts:
        raise ValueError(f"{path}: no cases")
    common, _ = read_head(lines, 0, starts[0], Setup())
    cases = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        title = TITLE.fullmatch(lines[start])
        if not title:
            raise ValueError(f"{path}:{start + 1}: a case has no title")
        setup, first = read_head(lines, start + 1, end, common, stop=True)
        while end > first and not lines[end - 1].strip():
            end -= 1  # noqa: PLW2901 - blank lines between cases belong to none
        split = end
        while split > first and OUTCOME.fullmatch(lines[split - 1]):
            split -= 1
        outcome = read_outcome(lines[split:end])
        text = "\n".join(lines[first:split])
        cases.append(Case(path, title[1], title[2], setup, text, outcome, (split, end)))
    titles = [case.title for case in cases]
    doubled = {title for title in titles if titles.count(title) > 1}
    if doubled:
        raise ValueError(f"{path}: two cases of one title: {sorted(doubled)}")
    return cases


def read_head(lines: list[str], at: int, end: int, setup: Setup, *, stop: bool = False) -> tuple[Setup, int]:
    """The setup with what head lines add; ``stop`` at the first other line. Gives where it stopped."""
    while at < end:
        head = HEAD.fullmatch(lines[at])
        if not head:
            if stop:
                break
            at += 1
            continue
        key, value = head[1], head[2].strip()
        at += 1
        block = ""
        while at < end and lines[at].startswith("#|"):
            block += lines[at][2:].removeprefix(" ") + "\n"
            at += 1
        setup = with_head(setup, key, value, block)
    return setup, at


def with_head(setup: Setup, key: str, value: str, block: str) -> Setup:
    """The setup with one head line more."""
    name, _, rest = value.partition("=")
    if key == "profile":
        return replace(setup, profile=value)
    if key == "taint":
        return replace(setup, taint=value == "yes")
    if key == "set":
        return replace(setup, variables=setup.variables | {name: rest})
    if key == "env":
        return replace(setup, environment=setup.environment | {name: rest})
    if key == "clock":
        return replace(setup, clock=float(value))
    if key == "file":
        return replace(setup, files=setup.files | {value: block})
    if key == "message":
        return replace(setup, message=block)
    return replace(setup, config=setup.config + block)


def read_outcome(lines: list[str]) -> Outcome | None:
    """The outcome in the lines under an input; None if there are none."""
    found = [match for line in lines if (match := OUTCOME.fullmatch(line))]
    if not found:
        return None
    kind = found[0][1]
    if kind in {"=>", "!="}:
        return Outcome("->" if kind == "=>" else "!!", json.loads(found[0][2]))
    text = "\n".join(match[2] or "" for match in found)
    span = SPAN.fullmatch(text) if kind != "->" else None
    return Outcome(kind, span[1], span[2]) if span else Outcome(kind, text)


def write_outcome(outcome: Outcome) -> list[str]:
    """The lines that say an outcome."""
    plain = all(" " <= c <= "~" or c >= "\xa0" or c == "\n" for c in outcome.text)
    if outcome.kind in {"->", "!!"} and (not plain or re.search(r"[ \xa0]$", outcome.text, re.MULTILINE)):
        return [f"{'=>' if outcome.kind == '->' else '!='} {json.dumps(outcome.text)}"]
    span = f"    ^ {outcome.span}" if outcome.span is not None else ""
    return [f"{outcome.kind} {line}".rstrip() for line in f"{outcome.text}{span}".split("\n")]


def rewrite(path: Path, outcomes: dict[str, Outcome]) -> bool:
    """Put outcomes, by title, in place of those in the file; True if that changed it."""
    lines = path.read_text(encoding="latin-1").split("\n")
    changed = False
    for case in reversed(read_cases(path)):
        new = outcomes.get(case.title)
        if new is None or (case.outcome and (case.outcome.kind, case.outcome.text) == (new.kind, new.text)):
            continue
        lines[slice(*case.lines)] = write_outcome(new)
        changed = True
    if changed:
        path.write_text("\n".join(lines), encoding="latin-1")
    return changed
