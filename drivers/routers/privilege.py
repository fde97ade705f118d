"""Redirection data that Exim would read as another user, which it cannot become while it verifies."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from drivers.api.errors import PANIC_DIES
from drivers.api.routing import KEEPS_RIGHTS, REPORT, TESTING
from drivers.routers import redirect_file
from drivers.routers.finishing import Ids, defer

if TYPE_CHECKING:
    from drivers.api.routing import Work

INCLUDE = ":include:"
LAST_ERROR = "redirect_errno"


def check(work: Work, runs_as: Ids, path: str) -> None:
    """Put the address off where data is to be read as somebody else whom nobody can become now.

    Exim gives its rights up before it verifies an address, and with ``deliver_drop_privilege`` before it
    delivers or tests, and goes on as its own user. ``path`` is the file with the data, "" where it is a text.
    Raises `Refusal`, and `NoFileError` for a file that is not there.
    """
    own = _own(work)
    drops = work.purpose != TESTING and not work.ctx.state.get(KEEPS_RIGHTS)
    drops = drops or bool(work.ctx.options.get("deliver_drop_privilege"))
    if runs_as.uid is None or (drops and own == (runs_as.uid, runs_as.gid)):
        return
    reason, more = _sought(work, path) if path else (_last_error(work), "")
    if not drops:
        return
    where = f"{work.router.name} router (recipient is {work.address.text})"
    numbers = f"gid={runs_as.gid} or uid={runs_as.uid} (euid={own[0]})"
    work.ctx.log(f"unable to set {numbers}: {where}", panic=PANIC_DIES)
    what = f"failure to transfer data from subprocess: status=0100 readerror='{reason}'{more}"
    work.child_failed()
    words = f"internal problem in {where}: {what}"
    work.ctx.log(words, panic=True)
    raise defer(work.address, words)


def _sought(work: Work, path: str) -> tuple[str, str]:
    """The words of the last error, and what is wrong with the folder.

    Raises `NoFileError` where only the file is missing. Exim looks for it before it becomes somebody else to
    read it, whatever its name is made of.
    """
    try:
        work.ctx.world.files.stat(path)
    except OSError as problem:
        if problem.errno == errno.ENOENT:
            work.ctx.state[LAST_ERROR] = errno.ENOENT
            try:
                redirect_file.check_folder(work, path)
            except redirect_file.FileError as missing:
                return _last_error(work), f": error={missing.message}"
            raise redirect_file.NoFileError from None
    return _last_error(work), ""


def _last_error(work: Work) -> str:
    """The words of the error that the system told last, as far as files were looked for here.

    In deliveries it is that of files that are not there yet.
    """
    number = work.ctx.state.get(LAST_ERROR) or (errno.ENOENT if REPORT in work.ctx.state else 0)
    return os.strerror(int(str(number))) if number else "Success"


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
