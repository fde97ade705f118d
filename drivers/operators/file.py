"""Operators that look outside: at a file, or at a string as an expansion."""

from __future__ import annotations

import os
import stat as modes
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, Failed, ForcedFail, LimitReached
from drivers.api.text import is_plain, is_tainted
from drivers.api.unit import operator

if TYPE_CHECKING:
    from drivers.api.outside import World
    from drivers.api.protocols import Context

SECTION = "Expansion operators"
MODE_BITS = 0o77777


@operator(
    "stat",
    syntax="${stat:<path>}",
    section=SECTION,
    examples={
        "${extract{smode}{${stat:/dev/null}}}": "crw-rw-rw-",
        "${extract{size}{${stat:/dev/null}}}": "0",
    },
)
def stat(world: World, path: str) -> str:
    """Give what stat() tells about a file as ``name=value`` pairs.

    The names are mode, smode, inode, device, links, uid, gid, size, atime, mtime and ctime.
    """
    try:
        found = world.files.stat(path)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        message = f"stat({path}) failed: {reason}"
        raise Failed(message) from None
    values = {
        "mode": f"{found.st_mode & MODE_BITS:04o}",
        # Exim knows no sign for a socket.
        "smode": modes.filemode(found.st_mode).replace("s", "?", int(modes.S_ISSOCK(found.st_mode))),
        "inode": found.st_ino,
        "device": found.st_dev,
        "links": found.st_nlink,
        "uid": found.st_uid,
        "gid": found.st_gid,
        "size": found.st_size,
        "atime": int(found.st_atime),
        "mtime": int(found.st_mtime),
        "ctime": int(found.st_ctime),
    }
    return " ".join([f"{name}={value}" for name, value in values.items()])


def _told(ctx: Context, text: str) -> str:
    """The operator ``expand`` in the form that tells what it does, of plain text as well."""
    narrator = ctx.narrator
    if narrator is not None and text and is_tainted(text):
        narrator.level += 1
        narrator.failure(text, f"attempt to expand tainted string '{text}'")
        narrator.level -= 1
    elif narrator is not None and is_plain(text):
        narrator.plain_group(text)
        return text
    return expand(ctx, text)


@operator(
    "expand",
    narrated=_told,
    syntax="${expand:<string>}",
    section=SECTION,
    examples={r"${expand:\${uc:abc\}}": "ABC"},
)
def expand(ctx: Context, text: str) -> str:
    """Expand a string a second time, unless it comes from outside."""
    if text and is_tainted(text):
        problem = f"attempt to expand tainted string '{text}'"
        ctx.log(problem, panic=True)
        raise Failed(f'internal expansion of "{text}" failed: {problem}')
    try:
        return ctx.expand(text)
    except LimitReached:
        raise
    except ExpansionError as error:
        message = f'internal expansion of "{text}" failed: {error.message}'
        raise (ForcedFail if isinstance(error, ForcedFail) else Failed)(message) from error
