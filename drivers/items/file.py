"""The item readfile."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.text import from_bytes, is_tainted
from drivers.api.unit import item
from drivers.items.counted import counted

if TYPE_CHECKING:
    from drivers.api.protocols import Context

ROOT = 0


def open_failed(ctx: Context, path: str, code: int) -> Failed:
    """The failure to open a file, in Exim's words."""
    who = ""
    if code == errno.EACCES:
        uid = os.geteuid()
        gid = ctx.expand("$exim_gid") if uid == ROOT else os.getegid()  # root takes Exim's group
        who = f" (euid={uid} egid={gid})"
    return Failed(f"failed to open {path}: {os.strerror(code)}{who}")


@item(
    "readfile",
    syntax="${readfile{<file name>}{<eol string>}}",
    section="Expansion items",
    shape=counted("readfile", 1, 2),
    taint="removes",
    forbid="forbid_filter_readfile",
    examples={"[${readfile{/dev/null}}]": "[]"},
)
def readfile(ctx: Context, path: str, eol: str | None = None) -> str:
    """The contents of a file; the second argument, even if empty, replaces each newline.

    Raises `Failed` for a file that cannot be opened and for a tainted name.
    """
    if is_tainted(path):
        ctx.log(f"Tainted filename '{path}'", panic=True)
        raise open_failed(ctx, path, errno.EACCES)
    try:
        text = from_bytes(ctx.world.files.read(path.partition("\0")[0]))
    except IsADirectoryError:
        return ""
    except OSError as error:
        raise open_failed(ctx, path, error.errno or errno.EIO) from error
    return text if eol is None else text.replace("\n", eol)
