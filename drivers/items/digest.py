"""The item hmac."""

from __future__ import annotations

import hashlib
import hmac as keyed_hash
from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.text import to_bytes
from drivers.api.unit import item
from drivers.items.counted import counted

if TYPE_CHECKING:
    from drivers.api.protocols import Context

ALGORITHMS = {"md5": hashlib.md5, "sha1": hashlib.sha1}


def _told(ctx: Context, name: str, secret: str, text: str) -> str:
    """The item in the form that tells what it does."""
    digest = hmac(name, secret, text)
    if ctx.narrator is not None:
        ctx.narrator.plain(f"HMAC[{name}]({secret},{text})={digest}")
    return digest


@item(
    "hmac",
    narrated=_told,
    taint="removes",
    syntax="${hmac{<hashname>}{<secret>}{<string>}}",
    section="Expansion items",
    shape=counted("hmac", 3, 3),
    examples={"${hmac{md5}{somesecret}{test data}}": "fd20317b3c689a0e9d36e2d2e6ea6f2c"},
)
def hmac(name: str, secret: str, text: str) -> str:
    """The keyed hash of a string (RFC 2104) with MD5 or SHA-1, in hexadecimal.

    Raises `Failed` for other names of algorithms; the name must be in lower case.
    """
    algorithm = ALGORITHMS.get(name)
    if algorithm is None:
        raise Failed(f'hmac algorithm "{name}" is not recognised')
    return keyed_hash.new(to_bytes(secret), to_bytes(text), algorithm).hexdigest()
