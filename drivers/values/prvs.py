"""Signed return paths: BATV's prvs tags and the sender rewriting scheme (SRS)."""

from __future__ import annotations

import hashlib
import hmac
import re

from drivers.api.text import lower, to_bytes

DAY = 86400
PRVS_LIFE = 7
"""Days for which a prvs tag is good."""
SRS_LIFE = 10
BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
LONGEST_SECRET = 64
_TAG = re.compile(r"prvs=([0-9])([0-9]{3})([A-F0-9]{6})=(.+)@(.+)\Z", re.ASCII | re.IGNORECASE | re.DOTALL)
_SRS = re.compile(r"SRS0=([^=]+)=([A-Z2-7]{2})=([^=]*)=(.*)\Z", re.ASCII | re.IGNORECASE)
_UNQUOTED = re.compile(r"[^\x00-\x20\"(),:;<>@\[\\\]\x7f-\xff]*\Z")


def prvs_hash(address: str, secret: str, key: str, day: str) -> str:
    """The six hexadecimal digits that sign a tag."""
    data = to_bytes(key + day + address)
    return hmac.new(to_bytes(secret), data, hashlib.sha1).hexdigest()[:6]


def prvs_day(now: float) -> str:
    """The three digits of the day on which a tag made now expires."""
    return f"{(int(now) // DAY + PRVS_LIFE) % 1000:03}"


def prvs_parts(address: str) -> list[str] | None:
    """The whole, the key number, day, hash, local part and domain of a tagged address."""
    found = _TAG.match(address)
    return None if found is None else [found[0], *found.groups()]


def prvs_current(day: str, now: float) -> bool:
    """True if a tag that expires on that day (three digits) is still good."""
    today, last = int(now) // DAY % 1000, int(day)
    if today >= 1000 - PRVS_LIFE and last < PRVS_LIFE:  # the count of days starts again at 1000
        last += 1000
    return last >= today


def srs_hash(address: str, secret: str) -> str:
    """The four hexadecimal digits that sign a rewritten sender."""
    return hmac.new(to_bytes(secret), to_bytes(lower(address)), hashlib.md5).hexdigest()[:4]


def srs_stamp(now: float) -> str:
    """The two characters for the day."""
    day = int(now) // DAY & 1023
    return BASE32[day >> 5] + BASE32[day & 31]


def srs_current(stamp: str, now: float) -> bool:
    """True if the day that a stamp stands for is not too long ago."""
    first, second = (BASE32.index(c) for c in lower(stamp))
    return (int(now) // DAY - (first << 5 | second)) % 1024 <= SRS_LIFE


def srs_parts(local_part: str) -> tuple[str, str, str, str] | None:
    """Hash, stamp, domain and local part out of a rewritten local part."""
    found = _SRS.match(local_part)
    return None if found is None else (found[1], found[2], found[3], found[4])


def srs_address(local_part: str, domain: str) -> str:
    """The original address in lower case; a local part with odd characters is put in quotes."""
    local = lower(local_part)
    if not _UNQUOTED.match(local):
        local = f'"{local}"'
    return f"{local}@{lower(domain)}"
