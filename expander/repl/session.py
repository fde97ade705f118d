"""The state of an interactive session and what each line of it does; no terminal in here."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING

from drivers.api.text import to_display
from expander.excerpt import error_lines
from expander.repl import commands
from expander.trace.steps import explain, lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from expander.api import Expander
    from expander.trace.steps import Explanation

_MARK = re.compile(r"\\N(?:(?!\\N).)*(?:\\N|\Z)|\\.|\$\{|[{}]", re.DOTALL)
_CONTINUED = re.compile(r"(?:\A|[^\\])(?:\\\\)*\\\Z", re.DOTALL)


@dataclass(slots=True)
class Session:
    """One conversation: the expander in trace mode, whether steps and times are shown, what waits for more.

    ``allowed`` are the effects that the sandbox lets through, ``config`` the path of the loaded
    configuration or "", ``macros`` those that it is loaded with, ``last`` the last text that was
    expanded.
    """

    expander: Expander
    trace: bool = False
    allowed: set[str] = field(default_factory=set)
    config: str = ""
    macros: dict[str, str] = field(default_factory=dict)
    time: bool = False
    last: Explanation | None = None
    over: bool = False
    _waiting: str = ""

    @property
    def waiting(self) -> bool:
        """True while an expansion has begun that goes on with the next line."""
        return bool(self._waiting)

    def feed(self, line: str) -> list[str]:
        """Take one line, without its newline; the lines to be shown, ready for display.

        A line that leaves braces open or ends in a backslash waits for the next one; an empty line
        ends the waiting. ``line`` is bytes held as latin-1 ``str``. Raises nothing for bad input.
        """
        if not self._waiting and line.lstrip().startswith(":"):
            return self._guarded(self._command, line.strip())
        text = self._waiting + line
        if line.strip() and unfinished(text):
            self._waiting = text[:-1] if _CONTINUED.search(text) else f"{text}\n"
            return []
        self._waiting = ""
        text = text if line else text.removesuffix("\n")
        return self._guarded(self._expand, text) if text.strip() else []

    def end(self) -> list[str]:
        """The input is over: what still waits is expanded as it stands."""
        text, self._waiting = self._waiting.removesuffix("\n"), ""
        return self._guarded(self._expand, text) if text.strip() else []

    def drop(self) -> None:
        """Forget the lines that wait."""
        self._waiting = ""

    def _command(self, line: str) -> list[str]:
        try:
            return commands.run(self, line)
        except commands.EndSession:
            self.over = True
            return []

    def _expand(self, text: str) -> list[str]:
        started = perf_counter()
        explanation = self.last = explain(self.expander, text)
        taken = [f"({(perf_counter() - started) * 1e6:.0f} us)"] if self.time else []
        shown = lines(explanation) if self.trace else []
        if explanation.error is not None:
            return [*shown, *error_lines(explanation.error), *taken]
        return [*shown, to_display(explanation.value), *taken]

    @staticmethod
    def _guarded(work: Callable[[str], list[str]], text: str) -> list[str]:
        """What the work says; a fault of our own ends the line, not the session."""
        try:
            return work(text)
        except Exception as fault:
            if os.environ.get("EXIMULATE_TRACEBACK"):
                raise
            return [
                f"error: internal error, {type(fault).__name__}: {fault}",
                "    note: this is a fault of eximulate itself; please report it, with what",
                "    EXIMULATE_TRACEBACK=1 in the environment makes it print",
            ]


def unfinished(text: str) -> bool:
    r"""True if a text leaves braces open or ends in a backslash.

    Braces count from the first ``${`` on, as the expansion counts them: not after a backslash and
    not between two ``\N``.
    """
    if _CONTINUED.search(text):
        return True
    depth = 0
    for mark in _MARK.findall(text):
        if mark == "${" or (mark == "{" and depth):
            depth += 1
        elif mark == "}" and depth:
            depth -= 1
    return depth > 0
