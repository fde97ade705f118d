"""The maildir format: a folder with the parts "tmp", "new" and "cur"."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, ForcedFail
from drivers.api.transports import DEFER, PANIC, UNKNOWN, Failure
from drivers.transports import places, quota, recovery
from drivers.transports.folder_size import Measure
from drivers.transports.maildirsize import SizeFile
from drivers.transports.writing import write_file
from drivers.values.truth import holds

if TYPE_CHECKING:
    from drivers.api.transports import Job

_NOT_GRAPHIC = {code for code in range(256) if not 0x21 <= code <= 0x7E}
PARTS = ("tmp", "new", "cur")
LEAST_WAIT = 2
FOLDER_MARK = "maildirfolder"


def deliver(job: Job, path: str, limits: quota.Limits) -> None:
    """Put the message into a maildir. Raises `Failure`."""
    if recovery.was_finished(job):
        return
    places.prepare(job, path, PARTS)
    _mark_folder(job, path)
    fresh, leaf = _free_name(job, path)
    notes = _measured(job, path, limits, f"tmp/{leaf}")
    try:
        if job.only_checks:
            return
        size = write_file(job, fresh, shown=f"tmp/{leaf}")
        tag = _tag_for(job, size, fresh)
        if tag and _is_too_long(job, f"{path}/new/{leaf}{tag}"):
            tag = ""
        _rename(job, fresh, f"{path}/new/{leaf}{tag}", f"tmp/{leaf}", f"new/{leaf}{tag}")
        if notes is not None:
            notes.note(size)
    finally:
        if notes is not None:
            notes.close()


def _measured(job: Job, path: str, limits: quota.Limits, shown: str) -> SizeFile | None:
    """See that the message fits in: the file in which its size is to be noted, if there is one.

    Raises `Failure`.
    """
    keeps_notes = _keeps_size_file(job)
    if not limits.matter and not keeps_notes:
        return None
    top = places.quota_directory(job, path, marks_folders=True)
    notes, size, count = None, 0, 0
    if keeps_notes:
        wanted = job.ctx.pattern(str(job.transport["maildir_quota_directory_regex"]))
        below = path[len(top) :].lstrip("/")
        if wanted.search(f"{below}/new" if below else "new") is None:
            return None  # this part of the maildir does not count
        notes = SizeFile(job, top, limits, wanted)
        size, count = notes.size, notes.count
    elif not job.transport["mailbox_size"] or (limits.files and not job.transport["mailbox_filecount"]):
        size, count = Measure(job).of(top)
    try:
        quota.check(job, limits, *quota.measured(job, size, count), shown)
    except Failure:
        if notes is not None:
            notes.close()
        raise
    return notes


def _keeps_size_file(job: Job) -> bool:
    value = job.transport["maildir_use_size_file"]
    if not isinstance(value, str):
        return bool(value)
    return holds(job.ctx, value, f"`maildir_use_size_file` in transport {job.transport.name}", defers=False)


def _mark_folder(job: Job, path: str) -> None:
    """Make the file that tells folders of a maildir from the maildir itself. Raises `Failure`."""
    pattern, world = job.transport["maildirfolder_create_regex"], job.ctx.world
    if not pattern or job.ctx.pattern(str(pattern)).search(path) is None:
        return
    with suppress(OSError):
        world.files.stat(f"{path}/{FOLDER_MARK}")
        return
    try:
        world.storage.open(f"{path}/{FOLDER_MARK}", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600).close()
    except OSError as problem:
        what = f"appendfile: failed to create maildirfolder file in {path} directory"
        raise Failure(DEFER, problem.errno or 0, f"{what}: {os.strerror(problem.errno or 0)}") from None


def _free_name(job: Job, path: str) -> tuple[str, str]:
    """The path of a new file and its name. Raises `Failure` where all are taken."""
    world = job.ctx.world
    tries = max(int(job.transport["maildir_retries"]), 1)
    for attempt in range(tries):
        if attempt:
            world.clock.sleep(LEAST_WAIT)
        now = world.clock.now()
        micro = round(now % 1 * 1_000_000) % 1_000_000
        leaf = f"{int(now)}.M{micro}P{world.pid}.{job.ctx.options['primary_hostname']}"
        fresh = f"{path}/tmp/{leaf}"  # noqa: S108 - a part of every maildir
        try:
            world.files.stat(fresh)
        except FileNotFoundError:
            return fresh, leaf
        except OSError as problem:
            number = problem.errno or 0
        else:
            number = errno.EEXIST
    words = f"failed to open {fresh} ({tries} tr{'y' if tries == 1 else 'ies'})"
    raise Failure(DEFER, number, words)


def _tag_for(job: Job, size: int, fresh: str) -> str:
    """The tag for a message of that size. Raises `Failure`, then the file is gone."""
    if not job.transport["maildir_tag"]:
        return ""
    facts = job.ctx.facts
    facts["message_size"], before = str(size), facts.get("message_size", "")
    try:
        return _tag(job)
    except Failure:
        with suppress(OSError):
            job.ctx.world.storage.remove(fresh)
        raise
    finally:
        facts["message_size"] = before


def _tag(job: Job) -> str:
    text = str(job.transport["maildir_tag"])
    try:
        value = job.ctx.expand(text)
    except ForcedFail:
        return ""
    except ExpansionError as problem:
        what = f"maildir_tag for {job.transport.name} transport"
        raise Failure(PANIC, UNKNOWN, f'Expansion of "{text}" ({what}) failed: {problem.message}') from None
    value = "".join(char for char in value if ord(char) not in _NOT_GRAPHIC and char != "/")
    return f":{value}" if value[:1].isalnum() else value


def _is_too_long(job: Job, path: str) -> bool:
    try:
        job.ctx.world.files.stat(path)
    except OSError as problem:
        return problem.errno == errno.ENAMETOOLONG
    return False


def _rename(job: Job, path: str, to: str, shown: str, shown_to: str) -> None:
    storage = job.ctx.world.storage
    recovery.renames(job, path, to)
    try:
        storage.rename(path, to)
    except OSError as problem:
        recovery.gives_up(job, path)
        with suppress(OSError):
            storage.remove(path)
        raise Failure(DEFER, problem.errno or 0, f"while renaming {shown} as {shown_to}") from None
