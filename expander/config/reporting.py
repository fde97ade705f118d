"""Exim's frames around what is wrong with a configuration, and stopping or going on after it."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError
from expander.config.log_checks import used_of_several
from expander.config.log_selector import is_on
from expander.config.model import LoadError, Notice, Stamp
from grammar.record import State, made_by

if TYPE_CHECKING:
    from drivers.api.errors import ConfigError
    from expander.config.model import Options
    from grammar.ast.config import Broken, Line
    from grammar.source import Span

_MACRO_PROBLEMS = ("malformed macro definition", "macro name too long")
MISSING_FILE = "missing-file"
"""The cause of an error that comes of a file which the machine at hand lacks."""

_NO_FILE = f": {os.strerror(errno.ENOENT)}"
_HEAD = "Exim configuration error"


class Reporter(State):
    """Raises the first error or, where ``collect`` is set, keeps all of them in order.

    ``kind`` is the cause of errors whose reporter names none: who begins with a part of the
    configuration sets it. ``options`` are the main options, of which some say what log lines look like;
    ``selectors`` is as much of ``log_selector`` as has been obeyed, ``is_open`` is true once something was
    logged.
    """

    collect: bool = False
    kind: str = ""
    options: Options | None = None
    errors: list[LoadError] = made_by(default_factory=list)
    warnings: list[Notice] = made_by(default_factory=list)
    selectors: str = ""
    is_open: bool = False

    @property
    def stamp(self) -> Stamp:
        """What stands before the text of a log line now."""
        zone = self.options is not None and self.options["log_timezone"]
        return Stamp(zone, is_on(self.selectors, "millisec"), is_on(self.selectors, "pid"))

    def note(self, text: str, logs: str = "MAIN", *, span: Span | None = None, cause: str = "") -> None:
        """Log a line and go on."""
        self._tell_first()
        self.warnings.append(Notice(text, logs, self.stamp, span, cause))

    def _tell_first(self) -> None:
        """Where the log opens, Exim tells that it uses one path of several."""
        if self.is_open or self.options is None:
            return
        self.is_open = True
        path = used_of_several(self.options)
        if path:
            text = f"More than one path given in log_file_path: using {path}"
            self.warnings.append(Notice(text, "MAIN PANIC", self.stamp))

    def report(self, error: LoadError) -> None:
        """An error that is complete already."""
        self._tell_first()
        if error.message.endswith(_NO_FILE):
            error.cause = MISSING_FILE
        error.warnings = tuple(self.warnings)
        error.stamp = self.stamp
        error.options = self.options
        if not self.collect:
            raise error
        self.errors.append(error)

    def in_line(
        self,
        line: Line,
        message: str,
        span: Span | None = None,
        *,
        log: str = "PANIC DIE",
        cause: str = "",
        subject: str = "",
    ) -> None:
        """An error in a line of a file."""
        text = f"{_HEAD} in line {line.number} of {line.file}:\n  {message}"
        self.report(LoadError(text, span or line.span, log=log, cause=cause or self.kind, subject=subject))

    def wrong(self, line: Line, error: ConfigError) -> None:
        """What a line's value is refused for; where errors are collected, all that there is."""
        for each in (error, *error.further):
            self.in_line(line, each.message, each.span, cause=each.cause, subject=each.subject)

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
        self,
        family: str,
        name: str,
        message: str,
        span: Span | None = None,
        *,
        cause: str = "",
        apart: str = "\n  ",
    ) -> None:
        """An error found when a driver is set up; ``apart`` stands between the heading and the message."""
        text = f"{_HEAD} for {name} {family}:{apart}{message}"
        self.report(LoadError(text, span, cause=cause or self.kind))

    def pattern(self, text: str, span: Span | None = None) -> None:
        """An error of a regular expression that is compiled while loading, if it has one."""
        from expander.expand import regex

        try:
            regex.pattern(text)
        except ExpansionError as error:
            self.bad_pattern(error.message, span)

    def bad_pattern(self, message: str, span: Span | None = None) -> None:
        """The same, where the words for an expansion are known: those for the log are others."""
        from expander.expand import regex

        self.bare(regex.as_logged(message), span, cause="bad-value")

    def bare(self, message: str, span: Span | None = None, *, cause: str = "") -> None:
        """An error that Exim gives without any heading."""
        self.report(LoadError(message, span, log="MAIN PANIC DIE", cause=cause or self.kind))
