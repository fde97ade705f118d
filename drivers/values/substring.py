"""Cutting and hashing text: what the items and the operators substr, length, hash and nhash share.

The numbers are C integers in Exim: they wrap at 32 bits, which shows with huge ones.
"""

from __future__ import annotations

from drivers.api.errors import Failed, Fatal

LETTERS = "abcdefghijklmnopqrtsuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
"""The characters of a textual hash; "t" really stands before "s"."""

FACTORS = (
    *(113, 109, 107, 103, 101, 97, 89, 83, 79, 73, 71, 67, 61, 59),
    *(53, 47, 43, 41, 37, 31, 29, 23, 19, 17, 13, 11, 7, 5, 3),
)
"""The primes that a numeric hash multiplies the bytes with, one after the other, over and over."""

DEFAULT_LETTERS = 26
UNSIGNED = 1 << 64


def wrap32(number: int) -> int:
    """The number as a C ``int`` holds it: the low 32 bits with their sign."""
    return (number + 0x80000000) % 0x100000000 - 0x80000000


def cut(text: str, start: int, length: int | None = None) -> str:
    """The part of the text from ``start`` on, at most ``length`` bytes long.

    A negative start counts from the right; what would lie before the text counts as part of the
    length but is empty. Without a length a negative start gives all that is *left* of it.
    """
    start = wrap32(start)
    wanted = -1 if length is None else wrap32(length)
    if start < 0:
        start += len(text)
        if start < 0:
            start, wanted = 0, max(wrap32(wanted + start), 0)
        elif wanted < 0:
            start, wanted = 0, start
    return text[start:] if wanted < 0 else text[start : start + wanted]


def length(text: str, count: int) -> str:
    """The first ``count`` bytes; all of them for a count that wraps to a negative number."""
    count = wrap32(count)
    return text if count < 0 else text[:count]


def hash_letters(text: str, count: int, letters: int | None = None) -> str:
    """The textual hash: ``count`` characters of the first ``letters`` ones of `LETTERS`.

    A text that is not longer than ``count`` is its own hash. Raises ``Failed`` for more
    letters than there are, and for none of them, and ``Fatal`` for a negative count.
    """
    count = wrap32(count)
    size = DEFAULT_LETTERS if letters is None else wrap32(letters)
    if size < 0:
        size = DEFAULT_LETTERS
    if size > len(LETTERS):
        message = f'hash count "{size}" too big'
        raise Failed(message)
    if count < 0:
        message = f"internal error in string_catn (count {count})"
        raise Fatal(message)
    if len(text) <= count:
        return text
    if count == 0:
        return ""
    if size == 0:
        message = 'hash count "0" too small'
        raise Failed(message)
    codes = [ord(c) for c in text[:count]]
    for index in range(count, len(text)):
        code = ord(text[index])
        shift = (code + index) & 7
        codes[index % count] ^= (code << shift | code >> (8 - shift)) & 0xFF
    return "".join([LETTERS[code % size] for code in codes])


def hash_numbers(text: str, first: int, second: int | None = None) -> str:
    """The numeric hash: a number below ``first``, or with ``second`` two of them, "n/m".

    Raises ``Failed`` where the hash would have to be reduced to nothing.
    """
    total = sum([ord(c) * FACTORS[i % len(FACTORS)] for i, c in enumerate(text)])
    first = wrap32(first)
    by = None if second is None else wrap32(second)
    if by is not None and by < 0:
        by = None
    limit = first if by is None else wrap32(first * by)
    if limit == 0:
        message = "hash range is empty"
        raise Failed(message)
    total %= limit % UNSIGNED
    return str(total) if by is None else f"{total // by}/{total % by}"
