"""What follows the pattern and the error of a retry rule: the senders, and the steps one after the other.

Exim complains at the first character that does not fit, and has looked at everything before it by then; so
the steps that stand before it are kept, and the one that breaks off is the last of them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from grammar.ast.config import RetryStep, Word
from grammar.patterns import late_pattern
from grammar.record import State, made_by
from grammar.source import Span

if TYPE_CHECKING:
    from grammar.source import Source

SPACE = " \t\v\f\r"
_TEXT = late_pattern(r'"(?:[^"\\]|\\.)*"?|[^ \t\v\f\r]*', re.DOTALL)
_BLANK = late_pattern(r"[ \t\v\f\r]*")
_TIME = late_pattern(r"[A-Za-z0-9]*")
_FACTOR = late_pattern(r"[A-Za-z0-9.]*")
_WITHOUT_FACTOR = "fF"
_WITH_FACTOR = "gGhH"


class RetryRest(State):
    """The parts that were read, and Exim's words for what comes next, "" if all was read."""

    source: Source
    at: int
    senders: Word | None = None
    steps: list[RetryStep] = made_by(default_factory=list)
    problem: str = ""

    @classmethod
    def read(cls, source: Source, at: int) -> RetryRest:
        """Read a line from this place on."""
        rest = cls(source, at)
        rest._senders()
        while not rest.problem and rest._next():
            rest._step()
        return rest

    def _next(self) -> str:
        """The next character that is no white space, "" at the end."""
        found = _BLANK.match(self.source.text, self.at)
        assert found is not None
        self.at = found.end()
        return self._character()

    def _character(self) -> str:
        return self.source.text[self.at : self.at + 1]

    def _senders(self) -> None:
        self._next()
        if not self.source.text.startswith("senders", self.at):
            return
        self.at += len("senders")
        if self._next() != "=":
            self.problem = '"=" expected after "senders" in retry rule'
            return
        self.at += 1
        self._next()
        found = _TEXT.match(self.source.text, self.at)
        assert found is not None
        self.senders = Word(Span(self.source, self.at, found.end()))
        self.at = found.end()

    def _step(self) -> None:
        start = self.at
        letter = self._character()
        self.at += 1
        if not self._comma():
            return
        parts: list[str | None] = []
        wanted = 2 if letter in _WITHOUT_FACTOR else 3 if letter in _WITH_FACTOR else 0
        while not self.problem and len(parts) < wanted and (not parts or self._comma()):
            part = self._part(_FACTOR if len(parts) == 2 else _TIME)
            if part is not None:
                parts.append(part)
        if wanted == 0:
            self.problem = "unknown retry rule letter"
        parts += [None] * (3 - len(parts))
        self.steps.append(RetryStep(Span(self.source, start, self.at), letter, *parts))
        if not self.problem and self._next():
            if self._character() == ";":
                self.at += 1
            else:
                self.problem = "semicolon expected"

    def _comma(self) -> bool:
        if self._character() == ",":
            self.at += 1
            return True
        self.problem = "comma expected"
        return False

    def _part(self, form: re.Pattern[str]) -> str | None:
        """One of the parts between the commas; None if it does not end where one may."""
        self._next()
        found = form.match(self.source.text, self.at)
        assert found is not None
        self.at = found.end()
        if self._character() not in {"", ",", ";", *SPACE}:
            self.problem = "comma or semicolon expected"
            return None
        return found[0]
