"""Where files may be made, and the folders on the way to them."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from drivers.api.transports import BAD_CREATION, DEFER, NOT_DIRECTORY, Failure

if TYPE_CHECKING:
    from drivers.api.transports import Job


def may_be_created(job: Job, path: str) -> bool:
    """True if the option ``create_file`` lets a file be made there."""
    where = job.transport["create_file"] or "anywhere"
    if where == "anywhere":
        return True
    home = job.home
    if where.startswith("/"):
        home, where = where, "belowhome"
    if not home:
        return True  # nothing says where home is
    if not path.startswith(f"{home.rstrip('/')}/"):
        return False
    rest = path[len(home.rstrip("/")) + 1 :]
    if where == "inhome":
        return "/" not in rest
    return "/../" not in f"/{rest}"


def make_folders(job: Job, path: str, *, told: str = "") -> None:
    """Make a folder and those that it lies in, where they are missing. Raises `Failure`.

    ``told`` is what is named where that fails, if it is not the folder.
    """
    world, mode = job.ctx.world, int(job.transport["directory_mode"])
    parts = [part for part in path.split("/") if part]
    for count in range(1, len(parts) + 1):
        folder = "/" + "/".join(parts[:count])
        try:
            world.files.stat(folder)
        except OSError:
            try:
                world.storage.make_folder(folder, mode)
            except FileExistsError:
                continue
            except OSError as problem:
                words = f"failed to create directories for {told or path}: {problem.strerror}"
                raise Failure(DEFER, problem.errno or 0, words) from None


def prepare(job: Job, path: str, parts: tuple[str, ...] = ()) -> None:
    """Make the folder where it is missing, with its parts. Raises `Failure`."""
    if not may_be_created(job, f"{path}/any"):
        words = (
            f"tried to create file in {path}, but file creation outside the home directory is not permitted"
        )
        raise Failure(DEFER, BAD_CREATION, words)
    if not parts:
        if job.transport["create_directory"] and not job.ctx.world.files.exists(path):
            make_folders(job, path)
        return
    for folder in (path, *(f"{path}/{part}" for part in parts)):
        _ensure(job, folder)


def _ensure(job: Job, folder: str) -> None:
    """Make a folder of a maildir if it is missing. Raises `Failure`."""
    files = job.ctx.world.files
    try:
        found = files.stat(folder)
    except FileNotFoundError as problem:
        if not job.transport["create_directory"]:
            words = f"stat() error for {folder}: {os.strerror(errno.ENOENT)}"
            raise Failure(DEFER, errno.ENOENT, words) from problem
        _make(job, folder)
        return
    except OSError as problem:
        number = problem.errno or 0
        if number == errno.EACCES:  # the one above is not ours to be in
            raise Failure(DEFER, number, f"cannot chdir to {folder.rpartition('/')[0]}") from None
        words = f"stat() error for {folder}: {os.strerror(number)}"
        raise Failure(DEFER, number, words) from None
    if not stat.S_ISDIR(found.st_mode):
        raise Failure(DEFER, NOT_DIRECTORY, f"{folder} is not a directory")


def _make(job: Job, folder: str) -> None:
    above = folder.rpartition("/")[0]
    if not job.ctx.world.files.exists(above):
        make_folders(job, folder)
        return
    try:
        job.ctx.world.storage.make_folder(folder, int(job.transport["directory_mode"]))
    except FileExistsError:
        return
    except OSError as problem:
        raise Failure(DEFER, problem.errno or 0, f"cannot create {folder}") from None


def quota_directory(job: Job, path: str, *, marks_folders: bool = False) -> str:
    """The folder whose size is limited. Raises `Failure`.

    With ``marks_folders`` one that has a file "maildirfolder" is a part of the one above.
    """
    if job.transport["quota_directory"]:
        return job.expand("quota_directory")
    if marks_folders and "/" in path.rstrip("/")[1:]:
        with suppress(OSError):
            job.ctx.world.files.stat(f"{path}/maildirfolder")
            return path.rstrip("/").rpartition("/")[0]
    return path
