"""The item readfile."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.text import is_tainted
from drivers.api.unit import item
from drivers.items.counted import counted
from drivers.values import contents, refusal

if TYPE_CHECKING:
    from drivers.api.protocols import Context


def open_failed(ctx: Context, path: str, code: int) -> Failed:
    """The failure to open a file, in Exim's words."""
    users = ctx.world.users
    caller = users.caller()
    # The superuser's Exim is in Exim's own group.
    own = users.group(str(ctx.options.get("exim_group") or "")) if caller.uid == 0 else None
    reason = refusal.words(code, (caller.uid, caller.gid if own is None else own))
    return Failed(f"failed to open {path}: {reason}")


def with_line_ends(ctx: Context, text: str, eol: str) -> str:
    """The text with another string for each newline. Raises ``LimitReached`` if that is too long."""
    ctx.grown(len(text) + text.count("\n") * len(eol))
    return text.replace("\n", eol)


@item(
    "readfile",
    syntax="${readfile{<file name>}{<eol string>}}",
    section="Expansion items",
    shape=counted("readfile", 1, 2),
    taint=(1,),
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
        data = ctx.world.files.read(path.partition("\0")[0], ctx.limits.size + 1)
    except IsADirectoryError:
        return ""
    except OSError as error:
        raise open_failed(ctx, path, error.errno or errno.EIO) from error
    ctx.grown(len(data) + (data.count(b"\n") * len(eol) if eol else 0))
    return contents.held(data, eol)
