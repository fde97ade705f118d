"""Files that a router requires: the option ``require_files``."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

from drivers.api.errors import ConfigError, Deferred, ExpansionError, ForcedFail
from drivers.api.options import find_group, find_user
from drivers.api.text import SPACE
from drivers.values import listtext
from drivers.values.accounts import KnownUsers

if TYPE_CHECKING:
    from drivers.api.protocols import Context

MAY_READ, MAY_SEARCH = 4, 1
_ROOT = 0


def missing(ctx: Context, required: str) -> str | None:
    """The first item of the list that does not hold, None if all do.

    An item without a slash is a user, or a user and a group with a comma, for whom the following files
    must be readable. Raises `Deferred` for what is wrong with the list, and for a file of which nothing
    can be said.
    """
    who: tuple[int, int] | None = None
    for item in listtext.elements(required):
        try:
            text = ctx.expand(item)
        except ForcedFail:
            continue
        except ExpansionError as problem:
            raise Deferred(f'failed to expand "{item}" for require_files: {problem.message}') from None
        if not text:
            continue
        if "/" not in text:
            who = _ids(ctx, text)
            continue
        if not _holds(ctx, text, who):
            return text
    return None


def _ids(ctx: Context, text: str) -> tuple[int, int]:
    user, comma, group = text.partition(",")
    try:
        uid, gid = find_user(user, KnownUsers(ctx))
    except ConfigError:
        raise Deferred(f'user "{text}" for require_files not found') from None
    if comma:
        try:
            return uid, find_group(group, ctx.world.users)
        except ConfigError:
            raise Deferred(f'group "{group}" for require_files not found\n') from None
    if gid is None:
        raise Deferred(f"group missing after numerical uid {uid} for require_files")
    return uid, gid


def _holds(ctx: Context, text: str, who: tuple[int, int] | None) -> bool:
    path, denied_is_missing = text, text.startswith("+")
    if denied_is_missing:
        path = path[1:].lstrip(SPACE)
    inverted = path.startswith("!")
    if inverted:
        path = path[1:].lstrip(SPACE)
    if not path.startswith("/"):
        raise Deferred(f'require_files: "{path}" is not absolute')
    try:
        ctx.world.files.stat(path)
        if who is not None:
            check_access(ctx, path, *who)
    except OSError as problem:
        absent = problem.errno == errno.ENOENT or (denied_is_missing and problem.errno == errno.EACCES)
        if not absent:
            reason = os.strerror(problem.errno or errno.EIO)
            raise Deferred(f"require_files: error for {path}: {reason}") from None
        return inverted
    return not inverted


def check_access(ctx: Context, path: str, uid: int, gid: int, wanted: int = MAY_READ) -> None:
    """Raise ``OSError`` if a user cannot read a file, as far as the modes of the path tell."""
    parts = [part for part in path.split("/") if part]
    for count in range(len(parts)):
        _check(ctx, "/" + "/".join(parts[:count]), uid, gid, MAY_SEARCH)
    _check(ctx, path, uid, gid, wanted)


def _check(ctx: Context, path: str, uid: int, gid: int, wanted: int) -> None:
    found = ctx.world.files.stat(path)
    if uid == _ROOT:
        return
    mode = stat.S_IMODE(found.st_mode)
    bits = mode >> 6 if found.st_uid == uid else mode >> 3 if found.st_gid == gid else mode
    if bits & wanted != wanted:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
