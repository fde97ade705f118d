"""Signatures of header lines and records of public keys, taken apart as Exim takes them apart."""

from __future__ import annotations

import re
from binascii import a2b_base64
from typing import TYPE_CHECKING

from drivers.api.text import lower
from drivers.values import listtext
from drivers.values.dkimcanon import RELAXED, SIMPLE
from drivers.values.dkimkeys import ED25519, HASHES, RSA
from grammar.patterns import late_pattern
from grammar.record import Record, State

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY_TYPES = (RSA, ED25519)
NO_LIMIT = -1
VERSION = "DKIM1"
HEADER_NAME = "dkim-signature:"

_TAG = late_pattern(r"[^a-z]*([a-z][^=]*)=([^;]*)(;|\Z)")
_B_VALUE = late_pattern(r"((?:\A|;)[^a-z;]*b[^=a-z;]*=)[^;]*")
_NUMBER = late_pattern(r"[+-]?[0-9]+")
_BLANKS = late_pattern(r"[ \t\r\n]+")
_NOT_LETTERS = late_pattern(r"[^a-z]+")
_BASE64 = late_pattern(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?\Z")
_QUOTED = late_pattern(r"=([0-9A-Fa-f]{2})|=(.?)", re.DOTALL)
_LARGEST = (1 << 64) - 1


class Signature(State):
    """One signature of a message: its tags, and what came of its verification.

    ``unsigned`` is the header line without the value of ``b=`` and its end. Texts are "" and octets None
    where a tag is missing or empty; ``version`` is 0 without one and -1 for one that is not known;
    ``created`` and ``expires`` are 0 and ``body_length`` is `NO_LIMIT` where nothing is said. ``status`` is
    "none", "invalid", "fail" or "pass"; for ``reason`` see `drivers.values.dkimverify`.
    """

    key_type: str
    hash_type: str
    unsigned: bytes = b""
    version: int = 0
    domain: str = ""
    selector: str = ""
    identity: str = ""
    header_form: str = SIMPLE
    body_form: str = SIMPLE
    header_names: str = ""
    copied: str = ""
    created: int = 0
    expires: int = 0
    body_length: int = NO_LIMIT
    body_hash: bytes | None = None
    value: bytes | None = None
    status: str = "none"
    reason: str = ""
    key: KeyRecord | None = None
    key_bits: int = 0

    @property
    def algorithm(self) -> str:
        """The algorithm as ``a=`` has it."""
        return f"{self.key_type}-{self.hash_type}"

    @property
    def is_complete(self) -> bool:
        """True if no tag is missing that a signature must have."""
        has_texts = self.domain and self.selector and self.header_names and self.version
        return bool(has_texts and self.body_hash and self.value)


class KeyRecord(Record):
    """The record of a public key: its octets and what else it says."""

    data: bytes
    hashes: str | None = None
    service: str = "*"
    granularity: str = "*"
    notes: str = ""
    testing: bool = False
    no_subdomains: bool = False


def tags(text: str) -> Iterator[tuple[str, str]]:
    """The tags of a list with their values, from which white space is gone; what is in between is skipped."""
    for found in _TAG.finditer(text):
        yield _NOT_LETTERS.sub("", found[1]), _BLANKS.sub("", found[2])


def without_value(line: str) -> str:
    """A header line in which ``b=`` has no value; the end of the last line goes."""
    name, colon, value = line.rstrip("\r\n").partition(":")
    return f"{name}{colon}{_B_VALUE.sub(_keep, value)}"


def _keep(found: re.Match[str]) -> str:
    return found[1]


def signature(line: str) -> Signature | None:
    """The signature of a header line, None for an algorithm that is not known."""
    given = {tag: value for tag, value in tags(line.partition(":")[2]) if value}
    key_type, _, hash_type = given.get("a", "").partition("-")
    hash_type = hash_type.partition("-")[0]
    if key_type not in KEY_TYPES or hash_type not in HASHES:
        return None
    header_form, body_form = _forms(given.get("c", ""))
    length = _number(given["l"]) if "l" in given else NO_LIMIT
    return Signature(
        key_type=key_type,
        hash_type=hash_type,
        unsigned=without_value(line).encode("latin-1"),
        version=0 if "v" not in given else 1 if given["v"] == "1" else -1,
        domain=given.get("d", ""),
        selector=given.get("s", ""),
        identity=quoted_printable(given.get("i", "")),
        header_form=header_form,
        body_form=body_form,
        header_names=given.get("h", ""),
        copied=quoted_printable(given.get("z", "")),
        created=_number(given.get("t", "")) % (_LARGEST + 1),
        expires=_number(given.get("x", "")) % (_LARGEST + 1),
        body_length=length,
        body_hash=base64(given.get("bh", "")),
        value=base64(given.get("b", "")),
    )


def key_record(text: str) -> KeyRecord | None:
    """The record of a public key, None for one that cannot be used. Of a tag, the first letter counts."""
    found: dict[str, str] = {}
    for element in listtext.pieces(text, ";"):
        name, equals, value = element.partition("=")
        if equals:
            found[name[:1]] = value
    data = base64(_BLANKS.sub("", found.get("p", "!")))
    service = found.get("s", "*")
    if data is None or found.get("v", VERSION) != VERSION or service not in {"*", "email"}:
        return None
    flags = found.get("t", "")
    return KeyRecord(
        data,
        hashes=found.get("h"),
        service=service,
        granularity=found.get("g", "*"),
        notes=quoted_printable(found.get("n", "")),
        testing="y" in flags,
        no_subdomains="s" in flags,
    )


def quoted_printable(text: str) -> str:
    """A text in which octets may stand as an equals sign and two digits (RFC 6376, section 2.11)."""
    return _QUOTED.sub(_octet, text)


def _octet(found: re.Match[str]) -> str:
    return chr(int(found[1], 16)) if found[1] else found[2]


def base64(text: str) -> bytes | None:
    """The octets of a text in base64, None for one that is none."""
    return a2b_base64(text) if _BASE64.match(text) else None


def _forms(text: str) -> tuple[str, str]:
    header, _, body = text.partition("/")
    known = {SIMPLE, RELAXED}
    if header in known and (body or SIMPLE) in known:
        return header, body or SIMPLE
    return SIMPLE, SIMPLE


def _number(text: str) -> int:
    """What C takes for the number at the start of a text."""
    found = _NUMBER.match(text)
    return min(int(found[0]), _LARGEST) if found else 0


def is_signature(line: str) -> bool:
    """True for a header line with a signature."""
    return lower(line[: len(HEADER_NAME)]) == HEADER_NAME
