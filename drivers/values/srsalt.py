"""Senders as the library libsrs_alt rewrites them: the guarded scheme of SRS."""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b64encode
from typing import TYPE_CHECKING

from drivers.api.text import lower, to_bytes
from drivers.values.encode import BASE32
from grammar.patterns import late_pattern
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

DAY = 86400
DAYS = 1024
LONGEST_HASH = 20
LONGEST_AGE = 365
KEY_LENGTH = 16

_FIRST = late_pattern(r"SRS0[=+-](.*)", re.IGNORECASE | re.DOTALL)
_SECOND = late_pattern(r"SRS1[=+-](.*)", re.IGNORECASE | re.DOTALL)


class SrsSettings(Record):
    """The settings of the library: ages in days, lengths in characters."""

    secrets: Sequence[str]
    max_age: int = 31
    hash_length: int = 6
    hash_min: int = -1
    use_timestamp: bool = True
    use_hash: bool = True

    @property
    def least_hash(self) -> int:
        """How much of a hash must be there."""
        return self.hash_length if self.hash_min < 0 else self.hash_min


class NotRewritten(ValueError):
    """The address is none that was rewritten."""


class BadRewritten(ValueError):
    """The address was rewritten by somebody else, or too long ago."""


def wrong_with(settings: SrsSettings) -> str:
    """What Exim says of settings that cannot be, "" for good ones."""
    problem = ""
    if not settings.secrets or not settings.secrets[0]:
        problem = "No secret specified"
    elif not 0 <= settings.max_age <= LONGEST_AGE:
        problem = "Invalid maximum timestamp age"
    elif not (1 <= settings.hash_length <= LONGEST_HASH and 1 <= settings.least_hash <= LONGEST_HASH):
        problem = "Invalid hash length"
    return f"SRS Configuration Error: {problem}" if problem else ""


def forward(address: str, domain: str, settings: SrsSettings, now: float) -> str:
    """The sender for a message that goes on, with the domain of this host."""
    local, _, host = address.rpartition("@")
    if lower(host) == lower(domain):
        return address
    again = _FIRST.match(local)
    once_more = _SECOND.match(local)
    if again:
        rest = f"{host}={local[4]}{again[1]}"
        return f"SRS1={_hash_part(rest, 2, settings)}{rest}@{domain}"
    if once_more:
        rest = _without_hash(once_more[1], settings)
        return f"SRS1={_hash_part(rest, 2, settings)}{rest}@{domain}"
    stamp = f"{_stamp(now)}=" if settings.use_timestamp else ""
    rest = f"{stamp}{host}={local}"
    return f"SRS0={_hash_part(rest, 2 + settings.use_timestamp, settings)}{rest}@{domain}"


def reverse(address: str, settings: SrsSettings, now: float) -> str:
    """The address that a rewritten one stands for. Raises `NotRewritten` and `BadRewritten`."""
    local = address.rpartition("@")[0]
    first, second = _FIRST.match(local), _SECOND.match(local)
    if second:
        rest = _checked(second[1], 2, settings)
        host, mark, further = rest.partition("=")
        if not mark or not further or further[0] not in "=+-":
            raise NotRewritten(address)
        return f"SRS0{further}@{host}"
    if not first:
        raise NotRewritten(address)
    rest = _checked(first[1], 2 + settings.use_timestamp, settings)
    if settings.use_timestamp:
        stamp, mark, rest = rest.partition("=")
        if not mark:
            raise NotRewritten(address)
        if not _is_current(stamp, settings.max_age, now):
            raise BadRewritten(address)
    host, mark, user = rest.partition("=")
    if not mark or not host or not user:
        raise NotRewritten(address)
    return f"{user}@{host}"


def key_of(address: str, settings: SrsSettings) -> str:
    """The key under which an address is kept."""
    return hmac.new(to_bytes(settings.secrets[0]), to_bytes(address), hashlib.sha1).hexdigest()[:KEY_LENGTH]


def by_key(key: str, domain: str) -> str:
    """The sender that stands for an address that is kept."""
    return f"SRS0={key}@{domain}"


def kept_key(address: str) -> str:
    """The key in a sender that stands for an address that is kept. Raises `NotRewritten`."""
    found = _FIRST.match(address.rpartition("@")[0])
    if not found or not found[1] or "=" in found[1]:
        raise NotRewritten(address)
    return found[1]


def _hash_part(rest: str, parts: int, settings: SrsSettings) -> str:
    return f"{_hash(rest, parts, settings.secrets[0])[: settings.hash_length]}=" if settings.use_hash else ""


def _hash(rest: str, parts: int, secret: str) -> str:
    """The hash of so many parts of a rewritten local part; what stands between them does not count."""
    text = lower("".join(rest.split("=", parts - 1)))
    return b64encode(hmac.new(to_bytes(secret), to_bytes(text), hashlib.sha1).digest()).decode("ascii")


def _without_hash(rest: str, settings: SrsSettings) -> str:
    return rest.partition("=")[2] if settings.use_hash else rest


def _checked(rest: str, parts: int, settings: SrsSettings) -> str:
    """What stands behind the hash, which must be one by any of the secrets."""
    if not settings.use_hash:
        return rest
    given, mark, rest = rest.partition("=")
    if not mark:
        raise NotRewritten(rest)
    wanted = (lower(_hash(rest, parts, secret))[: len(given)] for secret in settings.secrets)
    if len(given) < settings.least_hash or lower(given) not in wanted:
        raise BadRewritten(rest)
    return rest


def _stamp(now: float) -> str:
    day = int(now) // DAY % DAYS
    return (BASE32[day >> 5] + BASE32[day & 31]).upper()


def _is_current(stamp: str, max_age: int, now: float) -> bool:
    digits = [BASE32.find(char) for char in lower(stamp)]
    if len(digits) != len(_stamp(now)) or min(digits) < 0:
        return False
    return (int(now) // DAY - (digits[0] << 5 | digits[1])) % DAYS <= max_age
