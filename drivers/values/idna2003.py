"""Internationalised domains as IDNA2003 (RFC 3490) has them, for builds whose library knows no other."""

from __future__ import annotations

import re

from drivers.api.text import from_bytes, to_bytes
from drivers.values.idn import Unconvertible

_DOTS = re.compile("[.\u3002\uff0e\uff61]")
_BAD_UTF8 = "Could not convert string in locale encoding."
_NOT_PREPARED = "String preparation failed"
_BAD_LENGTH = "Output would be too large or too small"
LONGEST_LABEL = 63


def domain_to_ascii(text: str) -> str:
    """A domain in UTF-8 with its labels as A-labels; one in ASCII stays as it is.

    Raises `Unconvertible`.
    """
    if text.isascii():
        return text
    from encodings import idna

    try:
        labels = _DOTS.split(to_bytes(text).decode("utf-8"))
    except UnicodeDecodeError:
        raise Unconvertible(_BAD_UTF8) from None
    made = []
    for label in labels:
        if not label:
            made.append("")
            continue
        try:
            prepared = idna.nameprep(label)
        except UnicodeError:
            raise Unconvertible(_NOT_PREPARED) from None
        coded = prepared if prepared.isascii() else "xn--" + prepared.encode("punycode").decode("ascii")
        if not 0 < len(coded) <= LONGEST_LABEL:
            raise Unconvertible(_BAD_LENGTH)
        made.append(coded)
    return ".".join(made)


def domain_from_ascii(text: str) -> str:
    """A domain with its A-labels as UTF-8; a label that is none, or no good one, stays as it is."""
    from encodings import idna

    made = []
    for label in text.split("."):
        try:
            made.append(from_bytes(idna.ToUnicode(label).encode("utf-8")) if label else "")
        except UnicodeError:
            made.append(label)
    return ".".join(made)
