"""Internationalised names: domains and local parts between UTF-8 and ASCII."""

from __future__ import annotations

import re
import unicodedata
from itertools import dropwhile
from typing import TYPE_CHECKING

from drivers.api.text import from_bytes, to_bytes
from drivers.values import listtext

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX = "xn--"
DISALLOWED = "string contains a disallowed character"
LONGEST_LABEL = 63
ROOM = 4
"""Exim makes room for so many characters of a local part per character."""
BASE, SKEW, DAMP = 36, 38, 700
FIRST_CODE, FIRST_BIAS = 0x80, 72
TMIN, TMAX = 1, 26
OVERFLOW = 1 << 32
LARGEST = 0x10FFFF

_DOTS = re.compile("[.\u3002\uff0e\uff61]")
_PLAIN_LABEL = re.compile(r"[a-z0-9_-]*", re.ASCII)


class Unconvertible(ValueError):
    """A name that has no other form; the text is the reason in the words of Exim's library."""


def domain_to_ascii(text: str) -> str:
    """A domain in UTF-8 with its labels as A-labels; one in ASCII stays as it is."""
    if text.isascii():
        return text
    import idna

    try:
        name = to_bytes(text).decode("utf-8")
    except UnicodeDecodeError:
        message = "string encoding error"
        raise Unconvertible(message) from None
    try:
        mapped = idna.uts46_remap(name.replace("\u1e9e", "ss"), std3_rules=False, transitional=False)
    except idna.IDNAError:
        raise Unconvertible(DISALLOWED) from None
    labels = _DOTS.split(mapped)
    faults = [fault for label in labels if (fault := _form_fault(label))]
    if faults:
        raise Unconvertible(faults[-1])
    return ".".join([_label_to_ascii(label) for label in labels])


def domain_from_ascii(text: str) -> str:
    """A domain with its A-labels (written in lower case) as UTF-8."""
    labels = listtext.pieces(text, ".")
    names = [_decoded(label) if label.startswith(PREFIX) else label for label in labels]
    return ".".join([listtext.quote(name, ".") for name in dropwhile(lambda name: not name, names)])


def local_part_to_ascii(text: str) -> str:
    """A local part in UTF-8 as one A-label, with no change of case; one in ASCII stays as it is."""
    if text.isascii():
        return text
    try:
        name = to_bytes(text).decode("utf-8")
    except UnicodeDecodeError:
        message = "l_u2a: bad UTF-8 input"
        raise Unconvertible(message) from None
    coded = name.encode("punycode").decode("ascii")
    if len(coded) > ROOM * len(name):
        message = "Output would exceed the buffer space provided"
        raise Unconvertible(message)
    return PREFIX + coded


def local_part_from_ascii(text: str) -> str:
    """A local part that is an A-label as UTF-8."""
    if not text.startswith(PREFIX):
        message = "bad alabel prefix"
        raise Unconvertible(message)
    return _decoded(text)


def _decoded(label: str) -> str:
    return from_bytes(from_punycode(label[len(PREFIX) :]).encode("utf-8", "replace"))


def _form_fault(label: str) -> str | None:
    """What is wrong with the form of a label: hyphens, a leading combining character, bad punycode."""
    if label.startswith(PREFIX):
        try:
            inner = from_punycode(label[len(PREFIX) :])
        except Unconvertible:
            return "string contains invalid punycode data"
        message = "domain label has character forbidden in non-transitional mode (TR46)"
        return message if _disallowed(inner) else None
    if label[2:4] == "--":
        return "string contains forbidden two hyphens pattern"
    if label.startswith("-") or label.endswith("-"):
        return "string start/ends with forbidden hyphen"
    if label and unicodedata.category(label[0]).startswith("M"):
        return "string contains a forbidden leading combining character"
    return None


def _label_to_ascii(label: str) -> str:
    if label.isascii():
        return label
    if fault := _content_fault(label):
        raise Unconvertible(fault)
    coded = PREFIX + label.encode("punycode").decode("ascii")
    if len(coded) > LONGEST_LABEL:
        message = "punycode encoded data will be too large"
        raise Unconvertible(message)
    if not _PLAIN_LABEL.fullmatch("".join(char for char in label if char.isascii())):
        message = "A-label roundtrip failed"
        raise Unconvertible(message)
    return coded


def _disallowed(label: str) -> bool:
    import idna

    try:
        return idna.uts46_remap(label, std3_rules=False, transitional=False) != label
    except idna.IDNAError:
        return True


def _content_fault(label: str) -> str | None:
    """What IDNA2008 holds against the characters of a label, None if nothing."""
    import idna

    classes = idna.idnadata.codepoint_classes
    joiners = [i for i, char in enumerate(label) if idna.intranges_contain(ord(char), classes["CONTEXTJ"])]
    for index, char in enumerate(label):
        if char.isascii() or index in joiners:
            continue
        if not any(idna.intranges_contain(ord(char), classes[kind]) for kind in ("PVALID", "CONTEXTO")):
            return DISALLOWED
    if not all(_joins(label, index) for index in joiners):
        return "string contains a forbidden context-j character"
    try:
        idna.check_bidi(label)
    except idna.IDNAError:
        return "string has forbidden bi-directional properties"
    return None


def _joins(label: str, index: int) -> bool:
    import idna

    try:
        return bool(idna.valid_contextj(label, index))
    except (idna.IDNAError, ValueError):
        return False


def from_punycode(text: str) -> str:
    """The characters that a punycode text (RFC 3492) stands for. Raises `Unconvertible`.

    Digits are read as leniently as Exim's library reads them: characters from code 22 to the
    digits count too.
    """
    basic, delimiter, tail = text.rpartition("-")
    if not basic:
        tail = delimiter + tail
    if not text.isascii():
        raise Unconvertible("Invalid input")
    output = [ord(char) for char in basic]
    code, bias, index = FIRST_CODE, FIRST_BIAS, 0
    digits = iter(tail)
    for first in digits:
        index, old = _number(first, digits, index, bias), index
        size = len(output) + 1
        bias = _adapt(index - old, size, first=old == 0)
        more, index = divmod(index, size)
        code += more
        if code > LARGEST:
            raise Unconvertible("Invalid input")
        output.insert(index, code)
        index += 1
    return "".join(map(chr, output))


def _number(first: str, digits: Iterator[str], index: int, bias: int) -> int:
    weight, threshold_base = 1, BASE
    digit_text: str | None = first
    while True:
        if digit_text is None or (digit := _digit(digit_text)) is None:
            raise Unconvertible("Invalid input")
        index += digit * weight
        threshold = min(max(threshold_base - bias, TMIN), TMAX)
        if index >= OVERFLOW:
            raise Unconvertible("String size limit exceeded")
        if digit < threshold:
            return index
        weight *= BASE - threshold
        if weight >= OVERFLOW:
            raise Unconvertible("String size limit exceeded")
        threshold_base += BASE
        digit_text = next(digits, None)


def _digit(char: str) -> int | None:
    code = ord(char)
    if code < ord("0") + 10:
        value = code - 22
    elif code <= ord("Z"):
        value = code - ord("A")
    else:
        value = code - ord("a")
    return value if 0 <= value < BASE else None


def _adapt(delta: int, size: int, *, first: bool) -> int:
    delta = delta // DAMP if first else delta // 2
    delta += delta // size
    steps = 0
    while delta > (BASE - TMIN) * TMAX // 2:
        delta //= BASE - TMIN
        steps += BASE
    return steps + (BASE - TMIN + 1) * delta // (delta + SKEW)
