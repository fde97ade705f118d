"""The mailstore format: a file with the envelope and one with the message."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, ForcedFail
from drivers.api.text import to_bytes
from drivers.api.transports import DEFER, PANIC, UNKNOWN, Failure
from drivers.transports import places, quota, recovery
from drivers.transports.folder_quota import check_quota
from drivers.transports.writing import mode_of, texts
from drivers.values.encode import base62

if TYPE_CHECKING:
    from collections.abc import Iterable

    from drivers.api.transports import Job


def deliver(job: Job, path: str) -> None:
    """Put the message into the folder. Raises `Failure`."""
    world, ctx = job.ctx.world, job.ctx
    base = _free_base(job, path)
    temporary, envelope, message = f"{base}.tmp", f"{base}.env", f"{base}.msg"
    if recovery.was_finished(job):
        return
    places.prepare(job, path)
    limits = quota.limits(job)
    check_quota(job, limits, path, message, temporary)
    if job.only_checks:
        return
    ctx.facts["mailstore_basename"] = base
    made: list[str] = []
    shown = temporary
    try:
        _write(job, temporary, [_envelope(job)], made)
        shown = message
        _write(job, message, texts(job, in_folder=True), made)
        recovery.renames(job, temporary, envelope)
        world.storage.rename(temporary, envelope)
    except (OSError, Failure) as problem:
        recovery.gives_up(job, temporary)
        for name in made:
            with suppress(OSError):
                world.storage.remove(name)
        if isinstance(problem, Failure):
            raise problem.while_writing(message) from None
        raise Failure(DEFER, problem.errno or 0, f"while creating file {shown}") from None


def _free_base(job: Job, path: str) -> str:
    """The beginning of the paths; a message that came before by itself has one with another number."""
    world, number = job.ctx.world, job.ctx.world.pid
    while True:
        base = f"{path}/{job.message}-{base62(number)}"
        try:
            world.files.lstat(f"{base}.env")
        except OSError:
            return base
        number += 1


def _envelope(job: Job) -> bytes:
    text = _line(job, "mailstore_prefix")
    text += f"{job.ctx.facts.get('sender_address', '')}\n"
    text += "".join(f"{address.local_part}@{address.domain}\n" for address in job.addresses)
    return to_bytes(text + _line(job, "mailstore_suffix"))


def _line(job: Job, option: str) -> str:
    """The text of an option as lines; none where its expansion is made to fail. Raises `Failure`."""
    text = str(job.transport[option] or "")
    if not text:
        return ""
    try:
        value = job.ctx.expand(text)
    except ForcedFail:
        return ""
    except ExpansionError as problem:
        what = f"{option.replace('_', ' ')} for {job.transport.name} transport"
        words = f'Expansion of "{text}" ({what}) failed: {problem.message}'
        raise Failure(PANIC, UNKNOWN, words) from None
    return value if value.endswith("\n") or not value else f"{value}\n"


def _write(job: Job, path: str, pieces: Iterable[bytes], made: list[str]) -> None:
    recovery.makes(job, path)
    file = job.ctx.world.storage.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode_of(job))
    made.append(path)
    try:
        for piece in pieces:
            file.write(piece)
        file.sync()
    finally:
        file.close()
