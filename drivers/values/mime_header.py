"""The header of a MIME part, read as Exim reads it for its ACLs: more lenient than the standard."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.text import lower
from drivers.values.charset import decoded_words
from grammar.patterns import late_pattern
from grammar.record import State

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_HEADER = 8192
"""So many bytes of a header line are looked at, what follows them is a line of its own."""

FIELDS = {
    "content-type:": "content_type",
    "content-disposition:": "content_disposition",
    "content-transfer-encoding:": "content_transfer_encoding",
    "content-id:": "content_id",
    "content-description:": "content_description",
}
"""The header lines that say something of a part, and where it is kept."""

PARAMETERS = {"name=": "filename", "filename=": "filename", "charset=": "charset", "boundary=": "boundary"}
"""The same for parameters, whichever of the header lines they stand in."""

DISPOSITION = "content-disposition:"
"""Only here a file name that cannot be decoded is kept as it stands."""

_EXTENDED = late_pattern(r"(?:((?:file)?name)|charset|boundary)\*(?:\d*\*?)=", re.IGNORECASE | re.ASCII)
_PERCENT = late_pattern(r"%([0-9A-Fa-f]{2})", re.ASCII)
_PIECE = late_pattern(r'"([^"]*)"?|([^";]+)')
_NEXT = late_pattern(r'(?:"[^"]*"?|[^";]+)*')


class Described(State):
    """What the header of a part says; empty texts stand for what it does not say."""

    content_type: str = ""
    content_disposition: str = ""
    content_transfer_encoding: str = ""
    content_id: str = ""
    content_description: str = ""
    filename: str = ""
    charset: str = ""
    boundary: str = ""


def read_header(data: str, position: int, *, check_length: bool) -> tuple[Described, int]:
    """What the header at a position says, and where the part's contents begin.

    ``check_length`` is the main option ``check_rfc2047_length``. See "Scanning MIME parts".
    """
    described = Described()
    while True:
        line, position = _line(data, position)
        if line is None:
            return described, position
        low = lower(line)
        for field, attribute in FIELDS.items():
            if low.startswith(field):
                _take(described, field, attribute, line[len(field) :], check_length=check_length)


class _Scanner:
    """Goes through a header line character by character and keeps what counts.

    Before the value of a parameter, white space and comments do not count, and a backslash keeps the
    character behind it. In a value they do, up to a semicolon, even one in quotes.
    """

    def __init__(self) -> None:
        self.kept: list[str] = []
        self.comments = 0
        self.in_value = self.has_begun = False

    def take(self, char: str) -> None:
        """Look at one character."""
        if char < " ":
            return
        if self.in_value:
            if char == " " and not self.has_begun:
                return
            self.has_begun = True
            if char == ";":
                self.in_value = False
        else:
            if char == " ":
                return
            if char == "(":
                self.comments += 1
                return
            if char == ")" and self.comments:
                self.comments -= 1
                return
            if char == "=" and not self.comments:
                self.in_value, self.has_begun = True, False
            if self.comments:
                return
        self.kept.append(char)

    def take_escaped(self, char: str) -> None:
        """Keep a character that stands behind a backslash."""
        if not self.comments:
            self.kept.append(char)


def _line(data: str, position: int) -> tuple[str | None, int]:
    """A header line with its continuations, closed by a semicolon, and where the next one begins.

    None for the line that ends the header, and for one that the message ends in.
    """
    scanner = _Scanner()
    size = len(data)
    while position < size:
        char = data[position]
        position += 1
        if char == "\n":
            if scanner.kept:
                if position == size:
                    return None, position
                if data[position] in " \t":
                    position += 1
                    continue
            scanner.take(";")
            break
        if char == "\\" and not scanner.in_value:
            if position == size:
                return None, position
            scanner.take_escaped(data[position])
            position += 1
        else:
            scanner.take(char)
        if len(scanner.kept) >= LONGEST_HEADER:
            break
    else:
        return None, position
    line = "".join(scanner.kept)
    if line == ";" or len(line) == 1:
        return None, position
    return (f"{line[:-1]};" if line else ""), position


def _take(described: Described, field: str, attribute: str, text: str, *, check_length: bool) -> None:
    """Keep the value of a header line and those parameters of it that are known."""
    value, _, rest = text.partition(";")
    setattr(described, attribute, lower(value))
    extended = _Extended()
    for written in _parameters(rest):
        found = _EXTENDED.match(written)
        if found is not None:
            name = extended.with_piece(_value(written[found.end() :]), is_name=found[1] is not None)
            described.filename = described.filename if name is None else name
            continue
        low = lower(written)
        for name, kept in PARAMETERS.items():
            if low.startswith(name):
                plain = _value(written[len(name) :])
                if plain:
                    plain = decoded_words(plain, None, check_length=check_length, zero=" ")
                setattr(described, kept, plain)
                break
    if extended.is_undecodable and field == DISPOSITION:
        described.filename = extended.raw


def _parameters(text: str) -> Iterator[str]:
    """The parameters of a header line, one after the other."""
    position = 0
    while position < len(text):
        found = _NEXT.match(text, position)
        assert found is not None
        yield found[0]
        position = found.end() + 1


def _value(text: str) -> str:
    """The value of a parameter without its quotes."""
    return "".join(found[1] if found[1] is not None else found[2] for found in _PIECE.finditer(text))


class _Extended:
    """The file name of parameters of RFC 2231, put together from its pieces as they stand."""

    def __init__(self) -> None:
        self.charset: str | None = None
        self.raw = self.decoded = ""
        self.is_undecodable = False

    def with_piece(self, value: str, *, is_name: bool) -> str | None:
        """The name with a further piece, None for no name; the first piece names the character set.

        Pieces of other parameters are no part of the name, but they name the character set as well, and stand
        in the name that cannot be decoded.
        """
        if not value:
            return None
        self.raw += value
        if self.is_undecodable:
            return None
        if self.charset is None:
            head, mark, text = value.partition("'")
            if mark:
                self.charset = head or None
                value = text.lstrip("'")
        word = f"=?{self.charset or ''}?Q?{_PERCENT.sub(lambda found: f'={found[1]}', value)}?="
        decoded = decoded_words(word, None, check_length=False, zero=" ")
        if len(decoded) == len(word):
            self.is_undecodable = True
        elif is_name:
            self.decoded += decoded
            return self.decoded
        return None
