"""The tree of a Sieve script, by the general grammar of RFC 5228; all places are offsets into its text."""

from __future__ import annotations

from grammar.record import Record


class Fault(Record):
    """The place where the script goes wrong or ends too early; nothing follows it.

    ``start`` is where something else is expected, ``end`` how far it was read. ``words`` is what Exim says of
    it: of a string that is not closed where a string is expected, of a comment (``space``) anywhere; "" for
    what has no words of its own.
    """

    start: int
    end: int
    words: str = ""
    space: bool = False


class Tag(Record):
    """A tagged argument, its name with the colon as it is written."""

    start: int
    end: int
    name: str


class Number(Record):
    """A number as it is written: digits, and the letter of a unit or ""."""

    start: int
    end: int
    digits: str
    unit: str


class Text(Record):
    """A string, quoted or of several lines, without its quotes, backslashes and stuffed dots."""

    start: int
    end: int
    value: str


class TextList(Record):
    """Strings in brackets; ``fault`` is where the list goes wrong, None for a whole one."""

    start: int
    end: int
    items: tuple[Text, ...]
    fault: Fault | None


Argument = Tag | Number | Text | TextList


class Test(Record):
    """A test: its name and arguments, and the test or the list of tests after them."""

    start: int
    end: int
    name: str
    arguments: tuple[Argument, ...]
    inner: Test | TestList | None


class TestList(Record):
    """Tests in parentheses.

    ``commas`` are what separates the tests: there are as many commas as tests where the last test is missing.
    ``close`` is the end of the list, or what stands there instead.
    """

    start: int
    tests: tuple[Test, ...]
    commas: tuple[End, ...]
    close: End | Fault


class End(Record):
    """What closes a command, a block or a list: a semicolon, a brace, a parenthesis."""

    start: int
    end: int


class Block(Record):
    """Commands in braces, and the closing brace or what stands in its place."""

    start: int
    commands: tuple[Command, ...]
    close: End | Fault


class Command(Record):
    """A command: ``start`` and ``end`` are those of its name; ``tail`` is its semicolon or its block."""

    start: int
    end: int
    name: str
    arguments: tuple[Argument, ...]
    inner: Test | TestList | None
    tail: End | Block | Fault


class Script(Record):
    """A script: its text, its commands, and where it goes wrong behind them, None for a whole one.

    ``uncounted`` are the bracket comments: Exim does not count the lines in them.
    """

    text: str
    commands: tuple[Command, ...]
    fault: Fault | None
    uncounted: tuple[tuple[int, int], ...]

    def line(self, at: int) -> int:
        """The number of the line of a place as Exim counts."""
        left_out = sum(self.text.count("\n", start, min(end, at)) for start, end in self.uncounted)
        return 1 + self.text.count("\n", 0, at) - left_out
