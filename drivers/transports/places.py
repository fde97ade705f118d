"""Where files may be made, and the folders on the way to them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from drivers.api.transports import BAD_CREATION, DEFER, Failure

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
    if not home or not path.startswith(f"{home.rstrip('/')}/"):
        return False
    rest = path[len(home.rstrip("/")) + 1 :]
    if where == "inhome":
        return "/" not in rest
    return "/../" not in f"/{rest}"


def make_folders(job: Job, path: str) -> None:
    """Make a folder and those that it lies in, where they are missing. Raises `Failure`."""
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
                words = f"failed to create directories for {path}: {problem.strerror}"
                raise Failure(DEFER, problem.errno or 0, words) from None


def prepare(job: Job, path: str, parts: tuple[str, ...] = ()) -> None:
    """Make the folder where it is missing, with its parts. Raises `Failure`."""
    files = job.ctx.world.files
    for folder in (path, *(f"{path}/{part}" for part in parts)):
        try:
            files.stat(folder)
        except OSError as problem:
            if not job.transport["create_directory"]:
                what = "maildir " if parts else ""
                raise Failure(
                    DEFER, problem.errno or 0, f"stat() error for {what}directory {folder}"
                ) from None
            if not may_be_created(job, folder):
                raise Failure(DEFER, BAD_CREATION, f"creation of {folder} not permitted") from None
            make_folders(job, folder)


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
