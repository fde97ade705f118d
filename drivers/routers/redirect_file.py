"""The file of a redirect router: whether it may be used, and what is in it."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

from drivers.api.errors import EximError
from drivers.api.text import from_bytes, is_tainted, tainted_like
from drivers.routers.rights import reason_of

if TYPE_CHECKING:
    from drivers.api.routing import Work

LARGEST = 1024 * 1024
"""Larger files are refused."""


class NoFileError(Exception):
    """There is no such file, so the router declines."""


class FileError(EximError):
    """The file cannot be used; the message is for the address."""


def contents(work: Work, path: str) -> str:
    """What is in the file.

    Raises `NoFileError` where the router is to decline, `FileError` where the address has to wait.
    """
    if is_tainted(path):
        raise FileError(f"Tainted name '{path}' for file read not permitted\n")
    files, router = work.ctx.world.files, work.router
    try:
        found = files.stat(path)
        text = from_bytes(files.read(path)) if stat.S_ISREG(found.st_mode) else ""
    except OSError as problem:
        _not_opened(work, path, problem)
    if not stat.S_ISREG(found.st_mode):
        raise FileError(f"{path} is not a regular file")
    unexpected = found.st_mode & router["modemask"]
    if unexpected:
        raise FileError(f"bad mode (0{found.st_mode:o}) for {path}: 0{unexpected:o} bit(s) unexpected")
    if not _is_owned(work, found.st_uid):
        raise FileError(f"bad owner for {path}")
    if not _is_of_group(work, found.st_gid):
        raise FileError(f"bad group for {path}")
    if found.st_size > LARGEST:
        raise FileError(f"{path} is too big (max {LARGEST})")
    return tainted_like(text.partition("\0")[0], path)


def _is_owned(work: Work, uid: int) -> bool:
    router = work.router
    if not router["check_owner"] or (work.user is not None and uid == work.user.uid):
        return True
    return uid in (router["owners"] or ())


def _is_of_group(work: Work, gid: int) -> bool:
    router = work.router
    if not router["check_group"] or (work.user is not None and gid == work.user.gid):
        return True
    return gid in (router["owngroups"] or ())


def _not_opened(work: Work, path: str, problem: OSError) -> None:
    """Say what a file means that cannot be opened. Raises `NoFileError` or `FileError`."""
    router = work.router
    if problem.errno == errno.ENOENT:
        if not router["ignore_enotdir"]:
            check_folder(work, path)
        raise NoFileError
    if problem.errno == errno.ENOTDIR and router["ignore_enotdir"]:
        raise NoFileError
    if problem.errno == errno.EACCES and router["ignore_eacces"]:
        raise NoFileError
    raise FileError(f"failed to open {path}: {reason_of(work, problem.errno)}")


def check_folder(work: Work, path: str) -> None:
    """Raise `FileError` if the folder is not there either: then it may just not be mounted."""
    folder = path[: path.rfind("/") + 1] + "."
    try:
        work.ctx.world.files.stat(folder)
    except OSError as problem:
        if problem.errno == errno.EACCES:
            try:
                work.ctx.world.files.stat(folder[:-2])
            except OSError as again:
                problem = again
            else:
                return
        reason = os.strerror(problem.errno or errno.EIO)
        raise FileError(f"failed to stat {folder} ({reason})") from None
