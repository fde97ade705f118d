"""Operators that write numbers and bytes in another base, or read them back."""

from __future__ import annotations

import re

from drivers.api.errors import Failed
from drivers.api.unit import operator
from drivers.values import encode, pem
from grammar.shapes import OperatorShape

SECTION = "Expansion operators"
OF_CERTIFICATE = OperatorShape(certificate=True)

_NOT_GRAPHIC = re.compile(r"[^!-~]")
_XTEXT = re.compile(r"\+([0-9A-Fa-f]{2})", re.ASCII)
_HEX = frozenset("0123456789abcdefABCDEF")


def _number(text: str, name: str) -> int:
    value = encode.unsigned(text)
    if value is None:
        message = f'argument for {name} operator is "{text}", which is not a decimal number'
        raise Failed(message)
    return value


def _digits(text: str, name: str, alphabet: str) -> str:
    value = encode.from_digits(text, alphabet)
    if value is None:
        message = f'argument for {name} operator is "{text}", which is not a base {len(alphabet)} number'
        raise Failed(message)
    return str(value)


@operator(
    "base32",
    syntax="${base32:<digits>}",
    since="4.88",
    section=SECTION,
    taint="removes",
    pure=True,
    examples={"${base32:1000}": "7i", "${base32:0}": ""},
)
def base32(text: str) -> str:
    """Convert a decimal number to base 32; zero gives nothing at all."""
    return encode.base32(_number(text, "base32"))


@operator(
    "base32d",
    syntax="${base32d:<base-32 digits>}",
    since="4.88",
    section=SECTION,
    taint="removes",
    pure=True,
    examples={"${base32d:7i}": "1000"},
)
def base32d(text: str) -> str:
    """Convert a number in base 32 to a decimal one."""
    return _digits(text, "base32d", encode.BASE32)


@operator(
    "base62",
    syntax="${base62:<digits>}",
    section=SECTION,
    taint="removes",
    pure=True,
    examples={"${base62:1000}": "0000G8"},
)
def base62(text: str) -> str:
    """Convert a decimal number to six digits of base 62."""
    return encode.base62(_number(text, "base62"))


@operator(
    "base62d",
    syntax="${base62d:<base-62 digits>}",
    section=SECTION,
    taint="removes",
    pure=True,
    examples={"${base62d:0000G8}": "1000"},
)
def base62d(text: str) -> str:
    """Convert a number in base 62 to a decimal one."""
    return _digits(text, "base62d", encode.BASE62)


@operator(
    "base64",
    syntax="${base64:<string>}",
    since="4.87",
    section=SECTION,
    grows=True,
    pure=True,
    shape=OF_CERTIFICATE,
    of_certificate=pem.encoded,
    examples={"${base64:hello world}": "aGVsbG8gd29ybGQ="},
)
def base64(text: str) -> str:
    """Encode the bytes of a string as base64, in one line.

    Of a single certificate variable: the certificate as it is encoded (DER).
    """
    return encode.base64(text)


@operator(
    "str2b64",
    syntax="${str2b64:<string>}",
    section=SECTION,
    grows=True,
    pure=True,
    examples={"${str2b64:abc}": "YWJj"},
)
def str2b64(text: str) -> str:
    """Encode the bytes of a string as base64: the old name of ``base64``."""
    return encode.base64(text)


@operator(
    "base64d",
    syntax="${base64d:<string>}",
    since="4.87",
    section=SECTION,
    pure=True,
    undeclared_suffix=True,
    examples={"${base64d:aGVs bG8=}": "hello"},
)
def base64d(text: str, suffix: str | None) -> str:
    """Decode base64; white space in it does not count, and the result ends before a binary zero.

    Raises `Failed` for what is not base64, with the operator's name as it was written.
    """
    plain = encode.from_base64(text)
    if plain is None:
        name = "base64d" if suffix is None else f"base64d_{suffix}"
        message = f'string "{text}" is not well-formed for "{name}" operator'
        raise Failed(message)
    return plain.partition("\0")[0]


@operator(
    "hex2b64",
    syntax="${hex2b64:<hexstring>}",
    section=SECTION,
    pure=True,
    examples={"${hex2b64:DEADBEEF}": "3q2+7w=="},
)
def hex2b64(text: str) -> str:
    """Convert bytes given as hexadecimal digits to base64."""
    if not _HEX.issuperset(text):
        message = f'"{text}" is not a hex string'
        raise Failed(message)
    plain = encode.hexadecimal(text)
    if plain is None:
        message = f'"{text}" contains an odd number of characters'
        raise Failed(message)
    return encode.base64(plain)


@operator(
    "hexquote",
    syntax="${hexquote:<string>}",
    since="4.82",
    section=SECTION,
    grows=True,
    pure=True,
    examples={"${hexquote:a b}": r"a\x20b"},
)
def hexquote(text: str) -> str:
    r"""Write every byte outside the range from ``!`` to ``~`` as ``\xHH``."""
    return _NOT_GRAPHIC.sub(lambda byte: f"\\x{ord(byte[0]):02x}", text)


@operator(
    "xtextd",
    syntax="${xtextd:<string>}",
    since="4.98",
    section=SECTION,
    pure=True,
    examples={"${xtextd:a+2Bb+3Dc}": "a+b=c"},
)
def xtextd(text: str) -> str:
    """Decode xtext (RFC 3461), in which ``+`` and two hexadecimal digits stand for a byte."""
    return _XTEXT.sub(lambda byte: chr(int(byte[1], 16)), text)
