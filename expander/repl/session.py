"""The state of an interactive session and what each line of it does; no terminal in here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from drivers.api.text import to_display
from expander.excerpt import error_lines
from expander.repl.commands import COMMANDS, EndSession
from expander.trace.steps import explain, lines

if TYPE_CHECKING:
    from expander.api import Expander

_MARK = re.compile(r"\\N(?:(?!\\N).)*(?:\\N|\Z)|\\.|\$\{|[{}]", re.DOTALL)
_CONTINUED = re.compile(r"(?:\A|[^\\])(?:\\\\)*\\\Z", re.DOTALL)


@dataclass(slots=True)
class Session:
    """One conversation: the expander in trace mode, whether steps are shown, lines that wait for more.

    ``allowed`` are the effects that the sandbox lets through, ``config`` the path of the loaded
    configuration or "".
    """

    expander: Expander
    trace: bool = False
    allowed: set[str] = field(default_factory=set)
    config: str = ""
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
            return self._command(line.strip())
        text = self._waiting + line
        if line.strip() and unfinished(text):
            self._waiting = text[:-1] if _CONTINUED.search(text) else f"{text}\n"
            return []
        self._waiting = ""
        text = text if line else text.removesuffix("\n")
        return self._expand(text) if text.strip() else []

    def end(self) -> list[str]:
        """The input is over: what still waits is expanded as it stands."""
        text, self._waiting = self._waiting.removesuffix("\n"), ""
        return self._expand(text) if text.strip() else []

    def drop(self) -> None:
        """Forget the lines that wait."""
        self._waiting = ""

    def _command(self, line: str) -> list[str]:
        name, _, rest = line[1:].partition(" ")
        command = COMMANDS.get(name)
        if command is None:
            from difflib import get_close_matches

            near = get_close_matches(name, COMMANDS, n=1)
            meant = f"; did you mean :{near[0]}?" if near else "; :help lists the commands"
            return [f"error: unknown command :{to_display(name)}{meant}"]
        try:
            return command.run(self, rest.strip())
        except EndSession:
            self.over = True
            return []

    def _expand(self, text: str) -> list[str]:
        explanation = explain(self.expander, text)
        shown = lines(explanation) if self.trace else []
        if explanation.error is not None:
            return [*shown, *error_lines(explanation.error)]
        return [*shown, to_display(explanation.value)]


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
