"""Everything that can go wrong, as one family of exceptions in Exim's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grammar.source import Span


PANIC_ALONE = 2
"""For the ``panic`` of a line that goes to the panic log alone."""

PANIC_DIES = 3
"""For that of a line after which a process of Exim ends."""

LOGS = {False: "MAIN", True: "MAIN PANIC", PANIC_ALONE: "PANIC", PANIC_DIES: "MAIN PANIC DIE"}
"""By ``panic``, how Exim names the logs that a line goes to."""


class EximError(Exception):
    """What a person is told: Exim's message, where it arose, and notes of our own.

    ``message`` is a latin-1 carried byte text without a final newline; ``span`` is the place in the
    text that caused it, or None; ``notes`` are lines that Exim would not print (hints,
    "did you mean").
    """

    def __init__(self, message: str, span: Span | None = None, *notes: str) -> None:
        super().__init__(message)
        self.message = message
        self.span = span
        self.notes = list(notes)

    def __str__(self) -> str:
        return self.message

    @property
    def quoted(self) -> str:
        """The message as Exim puts it into another text: it writes differently that there is none."""
        return "NULL" if self.message == "(null)" else self.message


class ConfigError(EximError):
    """A configuration cannot be loaded.

    ``cause`` names the kind of fault for programs, as the checker's rules are named
    ("unknown-option"); "" where whoever frames the message knows it better. ``subject`` is the name
    that it is about, where there is one. ``further`` are errors of the same line that Exim does not
    come to.
    """

    def __init__(
        self, message: str, span: Span | None = None, *notes: str, cause: str = "", subject: str = ""
    ) -> None:
        super().__init__(message, span, *notes)
        self.cause = cause
        self.subject = subject
        self.further: list[ConfigError] = []


class Fatal(EximError):
    """Exim ends here, whatever it is doing, with this line in its log."""


class ExpansionError(EximError):
    """An expansion came to no value."""


class Failed(ExpansionError):
    """The expansion failed: the text after ``Failed: `` in expansion tests."""


class ForcedFail(ExpansionError):
    """The word ``fail`` was met, or an item that forces a failure."""


class Deferred(ExpansionError):
    """A temporary problem: the caller's rule for a deferral applies."""


class NotOpened(Failed):
    """What is to be searched cannot be opened, or the type of the lookup is wrong: over a list Exim ends."""


class Refused(Failed):
    """The sandbox did not permit an effect (a command, a socket, a file to be written)."""


class LimitReached(Failed):
    """The expansion was more work than its limits permit; the message says which limit was met."""


class Unsupported(Failed):
    """A part of Exim that is known by name but not imitated."""


class BrokenOffError(OSError):
    """A conversation over a socket that went wrong once the connection stood.

    ``stage`` is "tls", "send", or "read" where nothing came in time.
    """

    def __init__(self, stage: str, error: OSError) -> None:
        super().__init__(error.errno, error.strerror or str(error))
        self.stage = stage
