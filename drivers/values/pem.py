"""The encoded form of a certificate that is held as PEM text, and its digests."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable

from drivers.api.errors import Failed
from drivers.api.text import upper

BEGIN, END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"


def der(pem: str) -> bytes:
    """The encoded certificate. Raises `Failed` for what is not PEM text."""
    body = "".join(pem.partition(BEGIN)[2].partition(END)[0].split())
    try:
        data = base64.b64decode(body, validate=True)
    except binascii.Error:
        data = b""
    if not data:
        raise Failed("the text of the certificate is damaged")
    return data


def fingerprint(pem: str, digest: Callable[[bytes], bytes]) -> str:
    """A digest of the encoded certificate, in hexadecimal with upper case letters."""
    return upper(digest(der(pem)).hex())


def encoded(pem: str) -> str:
    """The encoded certificate as base64, in one line."""
    return base64.b64encode(der(pem)).decode("ascii")
