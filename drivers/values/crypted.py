"""Encrypted passwords as ``crypteq`` compares them."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from threading import Lock

from drivers.api.errors import Failed, Unsupported
from drivers.api.text import from_bytes, lower, to_bytes

DIGESTS: dict[str, Callable[[bytes], bytes]] = {
    "{md5}": lambda data: hashlib.md5(data).digest(),
    "{sha1}": lambda data: hashlib.sha1(data).digest(),
}
LIBRARIES = ("libcrypt.so.2", "libcrypt.so.1")
CHARACTERS = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
"""The digits of base 64 as crypt() writes them."""

SHA_ROUNDS_A_STEP = 10
_SHA_ROUNDS = re.compile(r"\$[56]\$rounds=([0-9]+)\$", re.ASCII)
_LONGEST_NUMBER = 12
_COST = re.compile(
    r"\$2[abxy]\$([0-9]{2})\$|\$(?:gy|y|7)\$(?:j(?=[./0-9A-Za-z]{2}))?([./0-9A-Za-z])", re.ASCII
)
"""The logarithm of the cost: of bcrypt as a number, of yescrypt and scrypt as a digit."""

HALF = 8
"""The bytes of a password that the traditional crypt() looks at."""
_one_at_a_time = Lock()


def _libraries() -> Iterator[str]:
    yield from LIBRARIES
    from ctypes.util import find_library  # it runs programs to look for one

    yield find_library("crypt") or ""


@lru_cache(maxsize=1)
def _function() -> Callable[[bytes, bytes], bytes | None] | None:
    import ctypes

    for name in _libraries():
        try:
            library = ctypes.CDLL(name)
            function = library.crypt
        except (OSError, AttributeError):
            continue
        function.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
        function.restype = ctypes.c_char_p
        return function
    return None


def system_crypt(plain: str, setting: str) -> str | None:
    """What the system's crypt() makes of a password; None if it knows no such setting.

    All forms that the library knows can be used: traditional DES, ``$1$`` MD5, ``$5$`` and ``$6$``
    SHA, ``$2b$`` bcrypt, ``$y$`` yescrypt. Raises `Unsupported` where there is no such library.
    """
    function = _function()
    if function is None:
        raise Unsupported("comparing passwords without libcrypt is not supported by eximulate")
    with _one_at_a_time:
        result = function(to_bytes(plain), to_bytes(setting))
    return None if result is None or result.startswith(b"*") else from_bytes(result)


def crypt16(plain: str, setting: str) -> str | None:
    """The form of 16 significant bytes: the second half is salted by the first."""
    first = system_crypt(plain[:HALF], setting)
    if first is None or len(plain) <= HALF:
        return first
    second = system_crypt(plain[HALF : 2 * HALF], first[2:4])
    return first if second is None else first + second[2:]


def work(encrypted: str) -> int:
    """What it takes to encrypt a password in that way, in steps of some ten microseconds.

    The text itself says how often its algorithm goes round, which can be for hours.
    """
    sha = _SHA_ROUNDS.search(encrypted)
    if sha is not None:
        return int(sha[1][:_LONGEST_NUMBER]) // SHA_ROUNDS_A_STEP
    cost = _COST.search(encrypted)
    if cost is None:
        return 1
    power = int(cost[1]) if cost[1] else CHARACTERS.index(cost[2])
    return 1 << power


def same(plain: str, encrypted: str) -> bool:
    """True if the password gives the encrypted text. Raises `Failed` for an unknown ``{name}``."""
    if not encrypted.startswith("{"):
        return _same_crypt(system_crypt, plain, encrypted)
    kind, brace, rest = encrypted.partition("}")
    kind = lower(kind + brace)
    if kind in DIGESTS:
        return _same_digest(DIGESTS[kind](to_bytes(plain)), rest)
    if kind == "{crypt}":
        return _same_crypt(system_crypt, plain, rest)
    if kind == "{crypt16}":
        return _same_crypt(crypt16, plain, rest)
    raise Failed(f'unknown encryption mechanism in "{encrypted}"')


def _same_digest(digest: bytes, text: str) -> bool:
    if len(text) == 2 * len(digest):
        return lower(text) == digest.hex()
    return text == base64.b64encode(digest).decode("ascii")


def _same_crypt(function: Callable[[str, str], str | None], plain: str, encrypted: str) -> bool:
    # A setting that is shorter than a salt is refused, whatever the library would make of it.
    return len(encrypted) > 1 and function(plain, encrypted) == encrypted
