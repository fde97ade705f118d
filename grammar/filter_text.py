"""Cutting an Exim filter file into words and data values: "Format of Exim filter files".

The line that messages name is counted as Exim counts it: a word that is looked at and left for
later is counted again when it is read, with the line ends behind it.
"""

from __future__ import annotations

import re

from grammar.ast.filter import Item

LONGEST = 1024
"""A word or string takes fewer bytes than this."""

_BLANK = re.compile(r"(?:[ \t\n\v\f\r]|#[^\n]*)*", re.ASCII)
_WORD = re.compile(r"[^ \t\n\v\f\r]*", re.ASCII)
_IN_CONDITION = re.compile(r"[^ \t\n\v\f\r()]*", re.ASCII)
_QUOTED = re.compile(r'(?:[^"\\\n]|\\(?:[ \t]*\n[ \t]*|[^\n]))*', re.ASCII)
_ESCAPE = re.compile(r"\\([0-7]{1,3}|x[0-9A-Fa-f]{0,2}|[ \t]*\n[ \t]*|.)", re.ASCII | re.DOTALL)
_LETTERS = {"n": "\n", "r": "\r", "t": "\t"}


class Wrong(Exception):
    """What Exim says of a filter file, and where in its text."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.message, self.start, self.end = message, start, end


class Pieces:
    """Goes through the text; it ends at the first NUL, as Exim's strings do."""

    def __init__(self, text: str, at: int = 0, line: int = 1) -> None:
        self.text = text.partition("\0")[0]
        self.at = at
        self.line = line
        self.unclosed = ""
        self.skip()

    @property
    def next(self) -> str:
        """The character that comes next, empty at the end."""
        return self.text[self.at : self.at + 1]

    def skip(self) -> None:
        """Pass over white space and comments."""
        end = self._after(_BLANK)
        self.line += self.text.count("\n", self.at, end)
        self.at = end

    def _after(self, pattern: re.Pattern[str], at: int | None = None) -> int:
        found = pattern.match(self.text, self.at if at is None else at)
        return self.at if found is None else found.end()

    def word(self, *, in_condition: bool = False) -> Item:
        """What stands up to white space, in a condition also up to a parenthesis; may be empty."""
        self.unclosed = ""
        start, end = self.at, self._after(_IN_CONDITION if in_condition else _WORD)
        if end - start >= LONGEST:
            self.fail(
                f"word is too long in line {self.line} of filter file (max = {LONGEST} chars)", start, end
            )
        self.at = end
        self.skip()
        return Item(self.text[start:end], start, end)

    def peek(self, *, in_condition: bool = False) -> Item:
        """The next word, which stays to be read."""
        at = self.at
        found = self.word(in_condition=in_condition)
        self.at = at
        return found

    def take_counted(self, item: Item) -> None:
        """Read what has been looked at; its lines have been counted."""
        self.take(item)

    def take(self, item: Item) -> None:
        """Read what has been looked at, without counting its lines again."""
        self.at = self._after(_BLANK, item.end)

    def item(self, *, in_condition: bool = False) -> Item:
        """A data value: a word, or a string in double quotes, whose end is that of the line if there is none.

        ``unclosed`` says then what is wrong.
        """
        if self.next != '"':
            return self.word(in_condition=in_condition)
        start, end = self.at, self._after(_QUOTED, self.at + 1)
        self.line += self.text.count("\n", start, end)
        last = self.text[end : end + 1]
        closed, goes_on = last == '"', last == "\\"
        value = _ESCAPE.sub(_unescaped, self.text[start + 1 : end])
        if goes_on:  # a line that goes on, and is the last
            self.line += self.text.count("\n", end)
            value += last if end + 1 == len(self.text) else ""
        self.unclosed = "" if closed else f"quote missing at end of string in line {self.line}"
        if len(value) >= LONGEST:
            self.fail(
                f"string is too long in line {self.line} of filter file (max = {LONGEST} chars)", start, end
            )
        self.at = end + 1 if closed else len(self.text) if goes_on else end
        self.skip()
        return Item(value.partition("\0")[0], start, end + closed)

    def value(self, *, in_condition: bool = False) -> Item:
        """An item whose quote must be there at its end. Raises `Wrong`."""
        item = self.item(in_condition=in_condition)
        self.close(item)
        return item

    def close(self, item: Item) -> None:
        """Raise `Wrong` if the quote is missing at the end of the item that was read last."""
        if self.unclosed:
            self.fail(self.unclosed, item.start, item.end)

    def fail(self, message: str, start: int, end: int) -> None:
        """Raise `Wrong`."""
        raise Wrong(message, start, end)


def _unescaped(found: re.Match[str]) -> str:
    text = found[1]
    if text[0] in "01234567":
        return chr(int(text, 8) & 0xFF)
    if text[0] == "x":
        return chr(int(text[1:] or "0", 16))
    if "\n" in text:
        return ""
    return _LETTERS.get(text, text)
