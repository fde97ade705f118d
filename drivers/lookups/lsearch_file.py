"""Text files of keys and data, as lsearch and its relatives read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import SPACE, from_bytes, lower
from drivers.values.fields import quoted_word
from grammar.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator
    from mmap import mmap

    Entry = tuple[str, str, int]

_PLAIN_KEY = late_pattern(r"[^: \t\n\v\f\r]*")


class TextFile:
    """The lines of a file without their ends, and for files that are asked again an index of the keys."""

    def __init__(self, data: bytes | mmap) -> None:
        self.lines = from_bytes(data[:]).split("\n")
        self._asked = False
        self._index: dict[str, Entry] | None = None

    def first(self, key: str) -> Entry | None:
        """The first entry that has a key in lower case; an entry is what `entries` gives."""
        if self._index is not None:
            return self._index.get(key)
        if self._asked:
            return self._indexed().get(key)
        self._asked = True
        return next((entry for entry in self.entries() if lower(entry[0]) == key), None)

    def _indexed(self) -> dict[str, Entry]:
        index: dict[str, Entry] = {}
        for entry in self.entries():
            index.setdefault(lower(entry[0]), entry)
        self._index = index
        return index

    def entries(self) -> Iterator[Entry]:
        """The key and what follows it, of each line that begins with one, with the number of the next line.

        A key ends at a colon or white space, in quotes at the closing quote or the end of the line.
        """
        for number, line in enumerate(self.lines, 1):
            if not line or line[0] in "# \t\v\f\r":
                continue
            text = line.rstrip(SPACE)
            if text[0] == '"':
                key, end = quoted_word(text, 0)
            else:
                key = _PLAIN_KEY.match(text)[0]  # type: ignore[index] # it matches everywhere
                end = len(key)
            yield key, text[end:], number

    def whole(self, entry: Entry) -> str:
        """The key and all that follows, with the lines that continue it."""
        key, rest, following = entry
        return self._continued(key + rest, following)

    def data(self, entry: Entry) -> str:
        """The data after the key: one colon may stand before it, and lines that begin with white space go on.

        A comment or an empty line ends it, whatever comes after.
        """
        text = entry[1].lstrip(SPACE)
        return self._continued(text[1:].lstrip(SPACE) if text.startswith(":") else text, entry[2])

    def _continued(self, text: str, following: int) -> str:
        """A text with the lines that continue it, one blank at each junction."""
        for number in range(following, len(self.lines)):
            line = self.lines[number]
            if not line or line[0] not in SPACE or not line.strip(SPACE):
                break
            text += " " + line.strip(SPACE)
        return text
