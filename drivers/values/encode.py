"""Numbers and bytes as text in other bases: base 32, base 62, base64, hexadecimal, modified UTF-7."""

from __future__ import annotations

import binascii
import re

from drivers.api.text import SPACE, from_bytes, to_bytes
from grammar.patterns import late_pattern

BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
BASE62_DIGITS = 6
UNSIGNED = 1 << 64
LONGEST = 25
"""A decimal number of so many digits exceeds 64 bits."""

_UNSIGNED = late_pattern(rf"[{SPACE}]*([+-]?)0*([0-9]+)\Z", re.ASCII)
_BASE64_SPACE = late_pattern(f"[{SPACE}]+", re.ASCII)
_BASE64 = late_pattern(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?", re.ASCII)
_HIGH_RUN = late_pattern(r"[^ -%'-~]+", re.ASCII)


def unsigned(text: str) -> int | None:
    """A decimal number as an unsigned one of 64 bits, None if the text is not one.

    What C does: white space and a sign may stand before it, a negative number wraps, one that is
    too large gives the largest. Text that is empty counts as zero.
    """
    if not text:
        return 0
    found = _UNSIGNED.match(text)
    if found is None:
        return None
    if len(found[2]) >= LONGEST or (value := int(found[2])) >= UNSIGNED:
        return UNSIGNED - 1
    return -value % UNSIGNED if found[1] == "-" else value


def signed(value: int) -> int:
    """The number of 64 bits with its sign that has the same bits."""
    value %= UNSIGNED
    return value - UNSIGNED if value >= UNSIGNED // 2 else value


def base32(value: int) -> str:
    """The digits of a number, most significant first; none for zero."""
    digits = []
    while value:
        value, digit = divmod(value, len(BASE32))
        digits.append(BASE32[digit])
    return "".join(reversed(digits))


def base62(value: int) -> str:
    """The last six digits of a number."""
    digits = []
    for _ in range(BASE62_DIGITS):
        value, digit = divmod(value, len(BASE62))
        digits.append(BASE62[digit])
    return "".join(reversed(digits))


def from_digits(text: str, alphabet: str) -> int | None:
    """The number that the digits stand for, wrapped to 64 bits; None if one is not in the alphabet."""
    value = 0
    for digit in text:
        index = alphabet.find(digit)
        if index < 0:
            return None
        value = (value * len(alphabet) + index) % UNSIGNED
    return signed(value)


def base64(text: str) -> str:
    """The base64 form of the bytes, in one line."""
    return binascii.b2a_base64(to_bytes(text), newline=False).decode("ascii")


def from_base64(text: str) -> str | None:
    """The bytes of a base64 text, None if it is not well formed. White space does not count."""
    body = _BASE64_SPACE.sub("", text)
    return from_bytes(binascii.a2b_base64(body)) if _BASE64.fullmatch(body) else None


def hexadecimal(text: str) -> str | None:
    """The bytes that pairs of hexadecimal digits stand for; None if that is not what they are."""
    try:
        return from_bytes(binascii.unhexlify(text.encode("ascii")))
    except (ValueError, UnicodeEncodeError):
        return None


def modified_utf7(text: str) -> str:
    """Unicode text (not bytes) as the name of an IMAP mailbox, RFC 3501 section 5.1.3."""

    def coded(run: re.Match[str]) -> str:
        body = (
            binascii.b2a_base64(run[0].encode("utf-16-be"), newline=False)
            .decode("ascii")
            .rstrip("=")
            .replace("/", ",")
        )
        return f"&{body}-"

    return "&-".join(_HIGH_RUN.sub(coded, part) for part in text.split("&"))
