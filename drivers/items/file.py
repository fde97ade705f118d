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


def open_failed(path: str, code: int) -> Failed:
    """The failure to open a file, in Exim's words."""
    who = f" (euid={os.geteuid()} egid={os.getegid()})" if code == errno.EACCES else ""
    return Failed(f"failed to open {path}: {os.strerror(code)}{who}")


def with_line_ends(ctx: Context, text: str, eol: str) -> str:
    """The text with another string for each newline. Raises ``LimitReached`` if that is too long."""
    ctx.grown(len(text) + text.count("\n") * len(eol))
    return text.replace("\n", eol)


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
        raise open_failed(path, errno.EACCES)
    try:
        text = from_bytes(ctx.world.files.read(path.partition("\0")[0], ctx.limits.size + 1))
    except IsADirectoryError:
        return ""
    except OSError as error:
        raise open_failed(path, error.errno or errno.EIO) from error
    ctx.grown(len(text))
    return text if eol is None else with_line_ends(ctx, text, eol)
