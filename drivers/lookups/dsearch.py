"""The lookup of names in a directory."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

from drivers.api.errors import Deferred, Failed
from drivers.api.unit import lookup
from drivers.lookups.opening import open_failed
from drivers.values.lookup_type import SINGLE_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from drivers.api.protocols import Context

PATHS_SINCE = "4.97"
FILTERS: dict[str, Callable[[str, int], bool]] = {
    "file": lambda _name, mode: stat.S_ISREG(mode),
    "dir": lambda _name, mode: stat.S_ISDIR(mode),
    "subdir": lambda name, mode: stat.S_ISDIR(mode) and name not in {".", ".."},
}
"""What the option ``filter`` lets through; an unknown word lets all through."""


@lookup(
    "dsearch",
    syntax="dsearch{<directory>}",
    section="File and database lookups",
    feature="lookup_dsearch",
    style=SINGLE_KEY,
    examples={
        "${lookup{null}dsearch{/dev}}": "null",
        "${lookup{null}dsearch,ret=full{/dev}}": "/dev/null",
        "[${lookup{null}dsearch,filter=dir{/dev}{$value}{no directory}}]": "[no directory]",
    },
)
def dsearch(ctx: Context, path: str, options: Sequence[str]) -> Callable[[str], str | None]:
    """Look for an entry of that name in a directory.

    The result is the name, with the option ``ret=full`` the whole path. ``filter=file``, ``dir`` or
    ``subdir`` (all but ``.`` and ``..``) passes over other kinds of entries; of several one is enough.
    ``key=path`` (since 4.97) allows slashes in the key, but no component without a name. Raises `Failed`
    for a directory that cannot be opened or has a relative name, and `Deferred` for a key with a slash
    or an entry out of reach.
    """
    try:
        ctx.world.files.names(path)
    except OSError as error:
        raise open_failed(path, "directory search", error.errno or errno.EIO) from error
    if not path.startswith("/"):
        raise Failed(f"dirname '{path}' for dsearch is not absolute")
    deep = "key=path" in options and ctx.profile.at_least(PATHS_SINCE)
    chosen = [FILTERS[word[7:]] for word in options if word.startswith("filter=") and word[7:] in FILTERS]

    def find(key: str) -> str | None:
        if not deep and "/" in key:
            raise Deferred(f"key for dsearch lookup contains a slash: {key}")
        if deep and not all(part.strip(".") for part in key.split("/")):
            raise Deferred(f"key for dsearch lookup contains bad component: {key}")
        place = f"{path}/{key}"
        try:
            mode = ctx.world.files.lstat(place).st_mode
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Deferred(f"{place}: lstat: {os.strerror(error.errno or errno.EIO)}") from error
        if chosen and not any(passes(key, mode) for passes in chosen):
            return None
        return place if "ret=full" in options else key

    return find
