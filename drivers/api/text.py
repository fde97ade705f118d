"""Text is bytes held in ``str``: one character (U+0000 to U+00FF) is one byte.

Conversion happens at the edges only. Exim counts and cuts bytes and knows ASCII letters
only, so never use ``str.lower``, ``str.isalpha`` and the like on such text; use these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from grammar.patterns import late_pattern

if TYPE_CHECKING:
    from typing import Self

_UPPER, _LOWER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
ASCII_LOWER = str.maketrans(_UPPER, _LOWER)
ASCII_UPPER = str.maketrans(_LOWER, _UPPER)
SPACE = " \t\n\v\f\r"
"""What C's isspace() accepts in the C locale."""


class Tainted(str):
    """Text that came from outside; most operations keep the mark, a lookup's result has none."""

    __slots__ = ()


class QuotedFor(Tainted):
    """Tainted text that was quoted for the queries of one kind of lookup, which is named by ``kind``."""

    __slots__ = ("kind",)

    kind: str

    def __new__(cls, text: str, kind: str) -> Self:
        """The text with its mark."""
        made = super().__new__(cls, text)
        made.kind = kind
        return made


def is_tainted(text: str) -> bool:
    """True if the text is marked as coming from outside."""
    return isinstance(text, Tainted)


def tainted_like(text: str, *sources: str) -> str:
    """The text, marked as tainted if any of the sources is that adds something to it.

    Of an empty source nothing is copied, mark or not, unless the text is empty as well. If all that
    are were quoted for lookups, so is the text, for the kind of the last one.
    """
    last: QuotedFor | None = None
    for source in sources:  # a generator would cost more than the rest
        kind = type(source)
        if kind is Tainted and (source or not text):
            return Tainted(text)
        if kind is QuotedFor:
            last = cast("QuotedFor", source)
    return text if last is None else QuotedFor(text, last.kind)


def from_bytes(data: bytes) -> str:
    """Bytes as they are held inside."""
    return data.decode("latin-1")


def to_bytes(text: str) -> bytes:
    """Held text as the bytes that it stands for."""
    return text.encode("latin-1")


def from_argument(argument: str) -> str:
    """A command line argument (or anything decoded by the file system's encoding) as held text."""
    return argument.encode("utf-8", "surrogateescape").decode("latin-1")


def to_display(text: str) -> str:
    """Held text for a person: UTF-8 where it is UTF-8, otherwise surrogate escapes."""
    return text.encode("latin-1").decode("utf-8", "surrogateescape")


def is_plain(text: str) -> bool:
    """True for a text whose expansion is the text itself: it has neither a dollar nor a backslash."""
    return "$" not in text and "\\" not in text


def quoted(text: str) -> str:
    """The text in quotes, with a backslash before each quote and backslash in it."""
    body = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{body}"'


def lower(text: str) -> str:
    """ASCII letters in lower case, all other bytes unchanged."""
    # Text without other bytes, nearly all of it, is done ten times faster by Python's own method.
    return text.lower() if text.isascii() else text.translate(ASCII_LOWER)


def upper(text: str) -> str:
    """ASCII letters in upper case, all other bytes unchanged."""
    return text.translate(ASCII_UPPER)


def _named_escapes() -> dict[int, str]:
    table = {ord(c): f"\\{n}" for c, n in zip("\b\n\r\t\v\f", "bnrtvf", strict=True)}
    controls = {code: f"\\{code:03o}" for code in (*range(32), 127) if code not in table}
    return table | controls


_CONTROLS = _named_escapes()
_CONTROLS_AND_HIGH = _CONTROLS | {code: f"\\{code:03o}" for code in range(128, 256)}
_NON_PRINTING = late_pattern(r"[^ -~]")


def printing(text: str, *, top_bit_prints: bool = False) -> str:
    r"""Non-printing characters as ``\n``, ``\t``... or three octal digits.

    ``top_bit_prints`` is the main option ``print_topbitchars``.
    """
    if not _NON_PRINTING.search(text):
        return text
    return text.translate(_CONTROLS if top_bit_prints else _CONTROLS_AND_HIGH)


def logged(text: str, *, top_bit_prints: bool = False) -> str:
    """The same for what is quoted in log lines, where tabs stay as they are."""
    return "\t".join(printing(part, top_bit_prints=top_bit_prints) for part in text.split("\t"))


def caseless_keys(first: str, second: str) -> tuple[str, str]:
    """The strings in lower case, such that comparing them tells what Exim's comparison would.

    Where the first is the beginning of the second it counts as the greater one, not the lesser.
    """
    first, second = lower(first), lower(second)
    if first != second and second.startswith(first):
        return second, first
    return first, second
