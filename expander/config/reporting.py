"""Exim's frames around what is wrong with a configuration, and stopping or going on after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ConfigError
from expander.config.model import LoadError
from grammar.record import State, made_by

if TYPE_CHECKING:
    from grammar.ast.config import Broken, Line
    from grammar.source import Span

_MACRO_PROBLEMS = ("malformed macro definition", "macro name too long")
_HEAD = "Exim configuration error"


class Reporter(State):
    """Raises the first error or, where ``collect`` is set, keeps all of them in order.

    ``kind`` is the cause of errors whose reporter names none: who begins with a part of the
    configuration sets it. ``notices`` are the warnings with their places.
    """

    collect: bool = False
    kind: str = ""
    errors: list[LoadError] = made_by(default_factory=list)
    warnings: list[str] = made_by(default_factory=list)
    notices: list[ConfigError] = made_by(default_factory=list)

    def report(self, error: LoadError) -> None:
        """An error that is complete already."""
        error.warnings = tuple(self.warnings)
        if not self.collect:
            raise error
        self.errors.append(error)

    def warn(self, message: str, span: Span | None = None, cause: str = "") -> None:
        """What Exim logs without stopping for it."""
        self.warnings.append(message)
        self.notices.append(ConfigError(message, span, cause=cause))

    def in_line(
        self, line: Line, message: str, span: Span | None = None, *, log: str = "PANIC DIE", cause: str = ""
    ) -> None:
        """An error in a line of a file."""
        text = f"{_HEAD} in line {line.number} of {line.file}:\n  {message}"
        self.report(LoadError(text, span or line.span, log=log, cause=cause or self.kind))

    def wrong(self, line: Line, error: ConfigError) -> None:
        """What a line's value is refused for; where errors are collected, all that there is."""
        for each in (error, *error.further):
            self.in_line(line, each.message, each.span, cause=each.cause)

    def broken(self, line: Broken) -> None:
        """An error in a line that makes no sense, in the frame that belongs to it."""
        log = "PANIC" if not line.framed or line.message.startswith(_MACRO_PROBLEMS) else "PANIC DIE"
        if line.framed:
            self.in_line(line, line.message, log=log, cause=line.cause)
        else:
            self.plain(line.message, line.span, log=log, cause=line.cause)

    def plain(
        self, message: str, span: Span | None = None, *, log: str = "PANIC DIE", cause: str = ""
    ) -> None:
        """An error found after the lines were read."""
        self.report(LoadError(f"{_HEAD}:\n  {message}", span, log=log, cause=cause or self.kind))

    def for_driver(
        self, family: str, name: str, message: str, span: Span | None = None, *, cause: str = ""
    ) -> None:
        """An error found when a driver is set up."""
        self.report(LoadError(f"{_HEAD} for {name} {family}:\n  {message}", span, cause=cause or self.kind))

    def bare(self, message: str, span: Span | None = None, *, cause: str = "") -> None:
        """An error that Exim gives without any heading."""
        self.report(LoadError(message, span, log="MAIN PANIC DIE", cause=cause or self.kind))
