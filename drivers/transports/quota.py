"""Quotas of mailboxes: the options ``quota`` and its neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError
from drivers.api.transports import DEFER, EXIM_QUOTA, PANIC, UNKNOWN, Failure
from grammar.patterns import late_pattern
from grammar.record import Record

if TYPE_CHECKING:
    from drivers.api.transports import Job

FULL = "mailbox is full"
_NUMBER = late_pattern(r"[ \t\n\v\f\r]*([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)?([KMGkmg]?)")
_SHIFTS = {"": 0, "K": 10, "M": 20, "G": 30}
LARGEST = (1 << 63) - 1
LARGEST_COUNT = (1 << 31) - 1
PERCENT = 100
NO_CHECK = "/no_check"


class Limits(Record):
    """How large a mailbox may be and how many files it may have, 0 for no limit.

    Those that are not ``checks_size`` and ``checks_files`` are kept for others to read alone. Beyond
    ``warns_at`` bytes a warning is sent.
    """

    size: int = 0
    files: int = 0
    is_inclusive: bool = True
    checks_size: bool = True
    checks_files: bool = True
    warns_at: int = 0

    @property
    def matter(self) -> bool:
        """True if somebody has to find out how large the mailbox is."""
        return bool(self.size or self.files or self.warns_at)


def limits(job: Job) -> Limits:
    """The limits that the options give, expanded. Raises `Failure`."""
    size, checks_size = _number(job, "quota")
    files, checks_files = _number(job, "quota_filecount")
    warns_at, _ = _number(job, "quota_warn_threshold", size)
    is_inclusive = bool(job.transport["quota_is_inclusive"])
    return Limits(size, files, is_inclusive, checks_size, checks_files, warns_at)


def known(job: Job, option: str) -> int | None:
    """The size or the number of files that ``mailbox_size`` or ``mailbox_filecount`` tells."""
    return _number(job, option)[0] if job.transport[option] else None


def _number(job: Job, option: str, whole: int = 0) -> tuple[int, bool]:
    """The value of an option, and whether it is to be checked. Raises `Failure`."""
    text = str(job.transport[option] or "")
    if not text:
        return 0, True
    name = job.transport.name
    try:
        value = job.ctx.expand(text)
    except ExpansionError as problem:
        words = f'Expansion of "{text}" in {name} transport failed: {problem.message}'
        raise Failure(PANIC, UNKNOWN, words) from None
    found = _NUMBER.match(value)
    assert found is not None
    number = float(found[1] or 0) * (1 << _SHIFTS[found[2].upper()])
    rest = value[found.end() :]
    if option == "quota_warn_threshold" and rest.startswith("%"):
        number, rest = _share(job, number, whole), rest[1:]
    is_checked = not (option in {"quota", "quota_filecount"} and NO_CHECK in rest)
    rest = "" if rest.startswith("/") else rest
    if rest.strip(" \t\n"):
        words = f'Malformed value "{value}" (expansion of "{text}") in {name} transport'
        raise Failure(PANIC, UNKNOWN, words)
    if number > (LARGEST_COUNT if option.endswith("filecount") else LARGEST):
        words = f"{option} value {number:.10g} is too large (overflow) in {name} transport"
        raise Failure(PANIC, UNKNOWN, words)
    return int(number), is_checked


def _share(job: Job, percentage: float, whole: int) -> float:
    if whole <= 0:
        return 0
    if not 0 <= int(percentage) <= PERCENT:
        what = f"Invalid quota_warn_threshold percentage ({int(percentage)})"
        raise Failure(PANIC, UNKNOWN, f"{what} for {job.transport.name} transport")
    return float(whole) * percentage / PERCENT


def check(job: Job, limit: Limits, size: int, count: int, path: str) -> None:
    """See that the message fits in, and whether a warning is due. Raises `Failure`.

    Where it is too much in both ways, the number of files is what is told.
    """
    if limit.files > 0 and limit.checks_files and count + (1 if limit.is_inclusive else 0) > limit.files:
        raise _full(job, path, "filecount ")
    if limit.size > 0 and limit.checks_size and size + (job.size if limit.is_inclusive else 0) > limit.size:
        raise _full(job, path, "")
    job.warns_above = limit.warns_at - size if 0 < limit.warns_at >= size else None


def measured(job: Job, size: int, count: int) -> tuple[int, int]:
    """The size and the number of files, as options tell them in the place of what was found."""
    told, files = known(job, "mailbox_size"), known(job, "mailbox_filecount")
    return size if told is None else told, count if files is None else files


def _full(job: Job, path: str, what: str) -> Failure:
    for address in job.addresses:
        address.user_message = FULL
    words = f"{FULL} (MTA-imposed {what}quota exceeded while writing to {path})"
    return Failure(DEFER, EXIM_QUOTA, words)
