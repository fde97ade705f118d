"""Moments in time zones, in the forms that mail, mailboxes and logs give them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from io import BytesIO
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drivers.api.outside import Files

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MINUTE = timedelta(minutes=1)
MACHINE_ZONE = "/etc/localtime"


def zone(name: str, files: Files) -> tzinfo:
    """The time zone of a name as TZ takes it, the machine's own for the empty name.

    A name is one of the zone database, a rule such as ``CET-1CEST,M3.5.0,M10.5.0/3``, or either
    with a colon before it. What is none of these is UTC.
    """
    if not name:
        try:
            return _machine_zone(files)
        except OSError:
            return UTC
    return _named_zone(name.removeprefix(":"))


_LAST_ZONE: list[tuple[Files, tuple[int, ...], tzinfo, float]] = []
"""The zone of a machine that was read last: whose, which file it was, and when that was looked at."""

SHORTLY = 1.0
"""So many seconds after a look at the file it is taken for the same."""


def _machine_zone(files: Files) -> tzinfo:
    """The zone of a machine, read again only when its file has changed. Raises ``OSError``."""
    now = monotonic()
    for whose, _, known, looked in _LAST_ZONE[:]:
        if whose is files and now - looked < SHORTLY:
            return known
    found = files.stat(MACHINE_ZONE)
    stamp = found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
    for whose, before, known, _ in _LAST_ZONE[:]:
        if whose is files and before == stamp:
            made = known
            break
    else:
        made = _compiled_zone(files.read(MACHINE_ZONE)) or UTC
    _LAST_ZONE[:] = [(files, stamp, made, now)]
    return made


@lru_cache(maxsize=16)
def _compiled_zone(data: bytes) -> tzinfo | None:
    """A zone in the compiled form of the zone database."""
    if _is_utc(data):
        return UTC
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo.from_file(BytesIO(data))
    except (ValueError, OSError):
        return None


def _is_utc(data: bytes) -> bool:
    """True for a zone that never changes and whose rule says UTC, as on many servers."""
    last = data.rfind(b"TZif")  # the header of the second part, which is the one that counts
    return last > 0 and data[last + 32 : last + 36] == bytes(4) and data.endswith(b"\nUTC0\n")


@lru_cache(maxsize=64)
def _named_zone(name: str) -> tzinfo:
    from zoneinfo import ZoneInfo

    if name in {"UTC", "GMT", "UTC0", "Etc/UTC"}:
        return UTC
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return _rule_zone(name) or UTC


def _rule_zone(rule: str) -> tzinfo | None:
    """The zone of a POSIX rule: an empty compiled zone that has the rule at its end."""
    counts = bytes(16) + (1).to_bytes(4, "big") + (4).to_bytes(4, "big")
    head = b"TZif2" + bytes(15) + counts
    body = bytes(6) + b"UTC\0"
    try:
        data = head + body + head + body + b"\n" + rule.encode("ascii") + b"\n"
    except UnicodeEncodeError:
        return None
    return _compiled_zone(data)


def in_zone(seconds: float, where: tzinfo) -> datetime:
    """A number of seconds since 1970 as a moment in a zone."""
    return datetime.fromtimestamp(seconds, where)


@lru_cache(maxsize=8)
def full_at(seconds: int, where: tzinfo) -> str:
    """The form of header lines for a second, which a message asks for several times."""
    return full(in_zone(seconds, where))


def full(when: datetime) -> str:
    """The form of header lines: ``Mon, 16 Oct 1995 09:51:40 +0100``."""
    date = f"{DAYS[when.weekday()]}, {when.day:02} {MONTHS[when.month - 1]} {when.year}"
    time = f"{when.hour:02}:{when.minute:02}:{when.second:02}"  # half the work of a format
    return f"{date} {time} {offset(when)}"


def inbox(when: datetime) -> str:
    """The form of mailbox files: ``Thu Oct 17 17:14:09 1995``."""
    return f"{DAYS[when.weekday()]} {MONTHS[when.month - 1]} {when.day:02} {when:%H:%M:%S} {when.year}"


def log(when: datetime) -> str:
    """The form of log lines: ``1995-10-12 15:32:29``."""
    return f"{when:%Y-%m-%d %H:%M:%S}"


def day(when: datetime) -> str:
    """The date alone: ``19951012``."""
    return f"{when:%Y%m%d}"


def offset(when: datetime) -> str:
    """The distance from UTC: ``+0100``."""
    distance = when.utcoffset()
    return "" if distance is None else _shown(distance)


@lru_cache(maxsize=16)
def _shown(distance: timedelta) -> str:
    hours, minutes = divmod(abs(distance) // MINUTE, 60)
    return f"{'-' if distance < timedelta() else '+'}{hours:02}{minutes:02}"


def zulu(when: datetime) -> str:
    """The form of ISO 8601 in UTC: ``20030221154023Z``."""
    return f"{when.astimezone(UTC):%Y%m%d%H%M%SZ}"
