"""Message identifications: the time, the process and the fraction of a second in digits of base 62."""

from __future__ import annotations

from functools import lru_cache

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
MICRO = 1_000_000
PAIRS = [first + second for first in DIGITS for second in DIGITS]
SQUARE = 62 * 62


def base62(number: int, width: int) -> str:
    """The last ``width`` digits of a number in base 62."""
    text = ""
    for _ in range((width + 1) // 2):
        text = PAIRS[number % SQUARE] + text
        number //= SQUARE
    return text[-width:]


_kept = lru_cache(maxsize=64)(base62)


def message_id(now: float, pid: int, localhost_number: int | None = None, *, long: bool = False) -> str:
    """The identification of a message that process ``pid`` began to receive at ``now``.

    The last part counts 1/200 of a second (not the 1/2000 that the manual speaks of), on top of the number
    of the host among those that share a spool. ``long`` asks for the form since 4.97, whose process part
    is wider and whose last part counts microseconds (with the host's number as in the short form).
    See "Message identification".
    """
    seconds, fraction = divmod(round(now * MICRO), MICRO)
    if localhost_number is None:
        last = base62(fraction, 4) if long else base62(fraction // 5000, 2)
    elif long:
        last = base62(localhost_number * 200 + fraction // 5000, 4)
    else:
        last = base62(localhost_number * 200 + fraction // 5000, 2)
    return f"{_kept(seconds, 6)}-{_kept(pid, 11 if long else 6)}-{last}"


def is_message_id(text: str) -> bool:
    """True for a text in the form of a message identification, old or new."""
    parts = text.split("-")
    if [len(part) for part in parts] not in ([6, 6, 2], [6, 11, 4]):
        return False
    return all(digit in DIGITS for part in parts for digit in part)


def seconds_of(name: str) -> int:
    """When the message with this identification began to come, in seconds since 1970."""
    seconds = 0
    for digit in name.partition("-")[0]:
        seconds = seconds * len(DIGITS) + DIGITS.index(digit)
    return seconds
