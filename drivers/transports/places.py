"""Where files may be made, and the folders on the way to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.transports import DEFER, Failure

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
