"""Character sets: conversion as iconv() does it, and the encoded words of RFC 2047."""

from __future__ import annotations

import binascii
import codecs
import re
from functools import lru_cache

from drivers.api.errors import Failed
from drivers.api.text import from_bytes, lower, to_bytes
from drivers.values.encode import from_base64
from grammar.patterns import late_pattern

LONGEST_WORD = 75
FULL = 67
"""An encoded word is closed once it holds more bytes than this."""

ALIASES = {
    "": "ascii",
    "ucs-2": "utf-16-le",
    "ucs2": "utf-16-le",
    "ucs-2le": "utf-16-le",
    "ucs-2be": "utf-16-be",
    "ucs-4": "utf-32-be",
    "ucs-4le": "utf-32-le",
    "ucs-4be": "utf-32-be",
    "iso-10646": "utf-32-be",
    "iso-10646-ucs-2": "utf-16-le",
    "unicode": "utf-16",
    "koi8": "koi8-r",
    "cn-gb": "gb2312",
    "euc-cn": "gb2312",
}
NOT_CHARSETS = frozenset(
    {"idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined", "utf-8-sig"}
)

_DROPPED = late_pattern(r"[^A-Za-z0-9_/.,:-]", re.ASCII)
"""What iconv() does not look at in the name of a character set."""
_SUFFIX = late_pattern(r"/(?:/(?!.*TRANSLIT).*)?\Z", re.ASCII | re.IGNORECASE)
"""What can follow a name; transliteration is not imitated."""
_IGNORES = late_pattern(r"//(?:.*[,/])?IGNORE(?![^,/])", re.ASCII | re.IGNORECASE)
"""What is in the name of a target so that iconv() leaves out what cannot be converted."""
_NAME = late_pattern(r"|[A-Za-z0-9]+(?:[_.:-][A-Za-z0-9]+)*", re.ASCII)
_WORD = late_pattern(r"=\?([^?]*)\?([BbQq])\?(.*?)\?=", re.DOTALL)
_BETWEEN = late_pattern(r"[ \t\n\v\f\r]*", re.ASCII)
_CODED = late_pattern(r"=([0-9A-Fa-f]{2})", re.ASCII)
_NOT_IN_QUOTED = late_pattern(r"[ \t]|=(?![0-9A-Fa-f]{2})", re.ASCII)
_MUST_BE_CODED = late_pattern(r"[^ !#$%&'*+/0-9A-Z^`a-z{|}~-]", re.ASCII)


@lru_cache(maxsize=128)
def codec(name: str) -> str | None:
    """Python's name of a character set, None for one that iconv() does not know."""
    name = _SUFFIX.sub("", _DROPPED.sub("", name))
    plain = ALIASES.get(lower(name), name)
    if not _NAME.fullmatch(plain):
        return None
    try:
        found = codecs.lookup(plain)
    except (LookupError, ValueError):
        return None
    text_only = getattr(found, "_is_text_encoding", True)
    return found.name if text_only and found.name.replace("_", "-") not in NOT_CHARSETS else None


def convert(text: str, source: str, target: str) -> str:
    """The bytes of a text in another character set.

    What follows the first character that cannot be converted stays as it is; if the name of the target
    ends with ``//IGNORE``, such characters are left out. Raises ``Failed`` for a character set that is
    not known.
    """
    if lower(source) == lower(target):
        return text
    old, new = codec(source), codec(target)
    if old is None or new is None:
        reason = "Invalid argument (maybe unsupported conversion)"
        message = f'iconv_open("{target}", "{source}") failed: {reason}'
        raise Failed(message)
    data = to_bytes(text)
    if _IGNORES.search(target):
        return from_bytes(data.decode(old, "ignore").encode(new, "ignore"))
    try:
        characters, rest = data.decode(old), b""
    except UnicodeDecodeError as error:
        characters, rest = data[: error.start].decode(old, "ignore"), data[error.start :]
    try:
        return from_bytes(characters.encode(new) + rest)
    except UnicodeEncodeError as error:
        good = characters[: error.start]
        return from_bytes(good.encode(new) + data[len(good.encode(old)) :])


def decode(text: str, charset: str) -> str | None:
    """The characters (not bytes) of a text in a character set; None if it is not valid there."""
    name = codec(charset)
    try:
        return None if name is None else to_bytes(text).decode(name)
    except UnicodeDecodeError:
        return None


def encoded_words(text: str, charset: str, *, short_first: bool = True) -> str:
    """The text as encoded words of RFC 2047 if it needs to be, in the Q encoding.

    Pairs of coded bytes stay together, which keeps most characters of UTF-8 whole. Without
    ``short_first`` the first word is longer than the others by the length of what it begins with.
    """
    if not _MUST_BE_CODED.search(text):
        return text
    opening = f"=?{charset}?Q?"
    out = [opening]
    length, half = len(opening) if short_first else 0, False
    for char in text:
        if length > FULL and not half:
            out.append(f"?= {opening}")
            length = len(opening)
        if char == " ":
            coded, half = "_", False
        elif _MUST_BE_CODED.match(char):
            coded, half = f"={ord(char):02X}", not half
        else:
            coded, half = char, False
        out.append(coded)
        length += len(coded)
    return "".join(out) + "?="


def decoded_words(
    text: str, target: str | None, *, check_length: bool = True, zero: str = "?", lenient: bool = False
) -> str:
    """The text with its encoded words decoded to the character set ``target``; None leaves the bytes.

    White space between two encoded words goes. ``check_length`` leaves words alone that are longer
    than the standard allows; ``zero`` stands for binary zeros. A word in an unknown
    character set keeps its bytes if ``lenient``, otherwise it raises ``Failed``.
    """
    out: list[str] = []
    start = at = 0
    while found := _WORD.search(text, at):
        plain = None
        if not check_length or len(found[0]) <= LONGEST_WORD:
            plain = _plain(found[2], found[3])
        if plain is None:
            at = found.start() + 2
            continue
        gap = text[start : found.start()]
        if not (start and _BETWEEN.fullmatch(gap)):
            out.append(gap)
        known = not lenient or codec(found[1])
        converted = convert(plain, found[1], target) if target is not None and known else plain
        out.append(converted.replace("\0", zero))
        start = at = found.end()
    out.append(text[start:])
    return "".join(out)


def _plain(encoding: str, data: str) -> str | None:
    """The bytes that an encoded word stands for, None if it is malformed."""
    if encoding in "Bb":
        return from_base64(data)
    if _NOT_IN_QUOTED.search(data):
        return None
    return _CODED.sub(lambda byte: from_bytes(binascii.unhexlify(byte[1])), data.replace("_", " "))
