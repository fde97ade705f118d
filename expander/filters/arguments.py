"""Reads what follows the name of a Sieve command, one argument after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, TypeVar

from drivers.api.sieve import SieveError
from drivers.api.text import lower
from drivers.sieve_actions import encoded
from grammar.ast.sieve import Block, Command, End, Fault, Number, Tag, Test, TestList, Text, TextList

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grammar.ast.sieve import Argument

T = TypeVar("T")

UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
OUT_OF_RANGE = "Numerical result out of range"
LARGEST = (1 << 64) - 1

Item = Tag | Number | Text | TextList | Test | TestList | End | Block | Fault


class Arguments:
    """The arguments that are left of one command or test, and the place up to which the script was read.

    Exim's grammar has fixed places where the general one leaves freedom: ``true false`` is a test with a test
    as its argument there, and for Exim something that should be a block. So what a test leaves over is put
    in front of what follows it.
    """

    def __init__(self, node: Command | Test) -> None:
        self.start, self.at = node.start, node.end
        self._items: list[Item] = _items(node)
        self._next = 0
        self.decodes = False

    def peek(self) -> Item | None:
        """What comes next; None behind the end of a test."""
        return self._items[self._next] if self._next < len(self._items) else None

    def take(self) -> Item:
        """What comes next, which counts as read."""
        item = self._items[self._next]
        self._next += 1
        self.start = item.start
        return item

    def enter(self, test: Test) -> None:
        """Put what belongs to a test in front of what follows it."""
        self.start, self.at = test.start, test.end
        self._items[: self._next] = _items(test)
        self._next = 0

    def inside(self, items: list[Item], read: Callable[[], T]) -> T:
        """Read from other items for a while."""
        kept = self._items, self._next
        self._items, self._next = items, 0
        try:
            return read()
        finally:
            self._items, self._next = kept

    def expected(self, words: str) -> NoReturn:
        """Refuse what comes next."""
        item = self.peek()
        if item is None:
            raise SieveError(words, self.at)
        if isinstance(item, Fault) and item.space:
            raise SieveError(item.words, item.start)
        raise SieveError(words, item.start)

    def tag(self, names: Sequence[str]) -> str:
        """The next argument if it is one of the tags, or ""."""
        item = self.peek()
        if isinstance(item, Tag) and lower(item.name) in names:
            self.take()
            self.at = item.end
            return lower(item.name)
        return ""

    def number(self) -> int:
        """A number with its unit."""
        item = self.peek()
        if not isinstance(item, Number):
            self.expected("missing number")
        self.take()
        self.at = item.end
        value = int(item.digits) * UNITS[item.unit]
        if value > LARGEST:
            raise SieveError(OUT_OF_RANGE, self.at, self.start)
        return value

    def text(self, words: str) -> str:
        """A string."""
        item = self.peek()
        if isinstance(item, Fault) and item.words:
            raise SieveError(item.words, item.start if item.space else item.end, item.start)
        if not isinstance(item, Text):
            self.expected(words)
        self.take()
        return self._decoded(item)

    def texts(self, words: str) -> list[str]:
        """Strings in brackets, or one without."""
        item = self.peek()
        if not isinstance(item, TextList):
            return [self.text(words)]
        self.take()
        found = []
        for member in item.items:
            try:
                found.append(self._decoded(member))
            except SieveError as problem:
                raise SieveError("missing string list", problem.at, problem.start) from None
        if item.fault is not None:
            fault = item.fault
            raise SieveError("missing string list", fault.start if fault.space else fault.end, fault.start)
        self.at = item.end
        return found

    def _decoded(self, text: Text) -> str:
        self.start, self.at = text.start, text.end
        if not self.decodes:
            return text.value
        try:
            return encoded.decoded(text.value)
        except encoded.OutOfRangeError:
            raise SieveError("unicode character out of range", self.at, self.start) from None

    def semicolon(self) -> None:
        """The end of a command."""
        item = self.peek()
        if not isinstance(item, End):
            self.expected("missing semicolon")
        self.take()
        self.at = item.end


def _items(node: Command | Test) -> list[Item]:
    arguments: Sequence[Argument] = node.arguments
    items: list[Item] = list(arguments)
    if node.inner is not None:
        items.append(node.inner)
    if isinstance(node, Command):
        items.append(node.tail)
    return items
