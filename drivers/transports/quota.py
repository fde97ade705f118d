"""Quotas of mailboxes: the options ``quota`` and its neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError
from drivers.api.transports import DEFER, EXIM_QUOTA, PANIC, Failure
from drivers.values.integer import parse
from grammar.record import Record

if TYPE_CHECKING:
    from drivers.api.transports import Job

FULL = "mailbox is full"


class Limits(Record):
    """How large a mailbox may be and how many files it may have, 0 for no limit."""

    size: int = 0
    files: int = 0
    is_inclusive: bool = True


def limits(job: Job) -> Limits:
    """The limits that the options give, expanded. Raises `Failure`."""
    return Limits(
        _number(job, "quota"), _number(job, "quota_filecount"), bool(job.transport["quota_is_inclusive"])
    )


def known(job: Job, option: str) -> int | None:
    """The size or the number of files that ``mailbox_size`` or ``mailbox_filecount`` tells."""
    return _number(job, option) if job.transport[option] else None


def _number(job: Job, option: str) -> int:
    text = str(job.transport[option] or "")
    if not text:
        return 0
    name = job.transport.name
    try:
        value = job.ctx.expand(text)
    except ExpansionError as problem:
        raise Failure(
            PANIC, 0, f'Expansion of "{text}" in {name} transport failed: {problem.message}'
        ) from None
    value = value.partition("/")[0]
    try:
        return parse(value) if value.strip() else 0
    except ExpansionError:
        words = f'Malformed value "{value}" (expansion of "{text}") in {name} transport'
        raise Failure(PANIC, 0, words) from None


def check(job: Job, limit: Limits, size: int, count: int, path: str) -> None:
    """See that the message fits in. Raises `Failure`."""
    if limit.size > 0:
        told = known(job, "mailbox_size")
        size = size if told is None else told
        if size + (job.size if limit.is_inclusive else 0) > limit.size:
            raise _full(job, path, "")
    if limit.files > 0:
        told = known(job, "mailbox_filecount")
        count = count if told is None else told
        if count + (1 if limit.is_inclusive else 0) > limit.files:
            raise _full(job, path, "filecount ")


def _full(job: Job, path: str, what: str) -> Failure:
    for address in job.addresses:
        address.user_message = FULL
    words = f"{FULL} (MTA-imposed {what}quota exceeded while writing to {path})"
    return Failure(DEFER, EXIM_QUOTA, words)
