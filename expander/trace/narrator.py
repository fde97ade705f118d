"""Tells the steps of expansions as ``-d+expand`` does: see "The Exim command line", option ``-d``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

UNDER = 11
"""Columns from the bar of a result to its value, where the mark of tainted text stands."""

LEVELS_OF_A_BAR = 4

BUFFER = 2048
LONGEST = BUFFER - 2
KEPT = 2001
TOO_LONG = "**** debug string too long - truncated ****\n"
"""Exim writes through a buffer: of a line that is longer it writes the beginning, and these words."""


class Narrator:
    """Writes lines, indented by how deep expansions are nested; ``level`` is 0 outside of all.

    ``write`` takes held text. Lines that begin with ``╭``, ``├`` or ``╰`` and ``─`` are drawn with the
    bytes of UTF-8 or, if ``utf8`` is false, with letters of ASCII. ``prefix`` gives what every line
    begins with.
    """

    def __init__(
        self,
        write: Callable[[str], None],
        *,
        utf8: bool = True,
        prefix: Callable[[], str] = str,
    ) -> None:
        self.level = 0
        self._prefix = prefix
        self._write = write
        self._utf8 = utf8

    def say(self, text: str) -> None:
        """A line (or several) in Exim's words, of the level that is open."""
        bars, blanks = divmod(self.level, LEVELS_OF_A_BAR)
        indent = f"   {self._drawn('╎')}" * bars + " " * blanks
        self._write(_as_exim_writes(self._prefix() + indent, text))

    def plain(self, text: str) -> None:
        """A line that is not indented."""
        self._write(_as_exim_writes(self._prefix(), text))

    def draw(self, head: str, text: str) -> None:
        """A line that begins with box-drawing characters."""
        self.say(self._drawn(head) + text)

    def value(self, head: str, text: str, *, tainted: bool = False) -> None:
        """The same with a value, which may be marked as tainted."""
        self.draw(head, text)
        if tainted:
            self.draw(f"{' ' * UNDER}╰──", "(tainted)")

    def failure(self, text: str, message: str, *, forced: bool = False) -> None:
        """What could not be expanded, and why."""
        self.draw("├failed to expand: ", text)
        self.draw("├───error message: " if forced else "╰───error message: ", message)
        if forced:
            self.draw("╰failure was forced", "")

    def plain_group(self, text: str) -> None:
        """All that is told of a text that is nothing but text."""
        self.level += 1
        if text:
            self.draw("╭considering: ", text)
            self.draw("├───────text: ", text)
        self.draw("├──expanding: ", text)
        self.draw("╰─────result: ", text)
        self.level -= 1

    def _drawn(self, head: str) -> str:
        if self._utf8:
            return head.encode().decode("latin-1")
        return head.translate(_LAST if "╰" in head else _ASCII)


_ASCII = str.maketrans("╭├╎─", "/|!-")
_LAST = str.maketrans("╰─", "\\_")


def _as_exim_writes(prefix: str, text: str) -> str:
    """A text with its newline and the prefix before each of its lines, as far as Exim's buffer goes."""
    written = f"{prefix}{text}\n"
    if len(written) > LONGEST:
        written = written[:KEPT]
        written += TOO_LONG if written.endswith("\n") else f"\n{TOO_LONG}"
    at = written.find("\n") + 1
    while at < len(written) and len(written) + len(prefix) < BUFFER:
        written = written[:at] + prefix + written[at:]
        at = written.find("\n", at) + 1
    return written
