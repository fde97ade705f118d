"""Redirection data that Exim would read as another user, which it cannot become while it verifies."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from drivers.api.errors import PANIC_DIES
from drivers.api.routing import REPORT, TESTING
from drivers.routers import redirect_file
from drivers.routers.finishing import Ids, defer

if TYPE_CHECKING:
    from drivers.api.routing import Work

INCLUDE = ":include:"


def check(work: Work, runs_as: Ids, path: str) -> None:
    """Put the address off where data is to be read as somebody else whom nobody can become now.

    Exim gives its rights up before it verifies an address, and with ``deliver_drop_privilege`` before it
    delivers or tests, and goes on as its own user. ``path`` is the file with the data, "" where it is a text.
    Raises `Refusal`, and `NoFileError` for a file that is not there.
    """
    drops = work.purpose != TESTING or work.ctx.options.get("deliver_drop_privilege")
    if not drops or runs_as.uid is None:
        return
    own = _own(work)
    if own == (runs_as.uid, runs_as.gid):
        return
    # What a process has in errno when nothing has failed: in deliveries that of files that are not there yet.
    reason, more = os.strerror(errno.ENOENT) if REPORT in work.ctx.state else "Success", ""
    if path:
        try:
            work.ctx.world.files.stat(path)
        except OSError as problem:
            if problem.errno == errno.ENOENT:
                reason = os.strerror(errno.ENOENT)
                try:
                    redirect_file.check_folder(work, path)
                    raise redirect_file.NoFileError
                except redirect_file.FileError as missing:
                    more = f": error={missing.message}"
    where = f"{work.router.name} router (recipient is {work.address.text})"
    numbers = f"gid={runs_as.gid} or uid={runs_as.uid} (euid={own[0]})"
    work.ctx.log(f"unable to set {numbers}: {where}", panic=PANIC_DIES)
    what = f"failure to transfer data from subprocess: status=0100 readerror='{reason}'{more}"
    work.child_failed()
    words = f"internal problem in {where}: {what}"
    work.ctx.log(words, panic=True)
    raise defer(work.address, words)


def _own(work: Work) -> tuple[int | None, int | None]:
    """The numbers of Exim's own user and group."""
    users, options = work.ctx.world.users, work.ctx.options
    user, group = options.get("exim_user"), options.get("exim_group")
    if isinstance(user, str):
        account = users.user(user)
        user = None if account is None else account.uid
    if isinstance(group, str):
        group = users.group(group)
    return user, group
