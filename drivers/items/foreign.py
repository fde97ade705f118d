"""Items that call code in other languages: perl, dlfunc."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from drivers.api.errors import Failed, Unsupported
from drivers.api.unit import item
from drivers.items.counted import counted

if TYPE_CHECKING:
    from drivers.api.protocols import Context

SECTION = "Expansion items"


@item(
    "perl",
    syntax="${perl{<subroutine>}{<arg>}{<arg>}...}",
    feature="perl",
    section=SECTION,
    shape=counted("perl", 1, 9),
    forbid="forbid_filter_perl",
)
def perl(ctx: Context, name: str, *arguments: str) -> str:
    """Call a subroutine of the embedded Perl interpreter.

    No Perl is embedded here. Raises `Failed` if ``perl_startup`` is not set and `Unsupported`
    otherwise.
    """
    if not ctx.options.get("perl_startup"):
        raise Failed("A setting of perl_startup is needed when using the Perl interpreter")
    raise Unsupported(f'calling the Perl subroutine "{name}" is not supported by eximulate')


@item(
    "dlfunc",
    syntax="${dlfunc{<file>}{<function>}{<arg>}{<arg>}...}",
    since="4.51",
    feature="dlfunc",
    section=SECTION,
    shape=counted("dlfunc", 2, 10),
    forbid="forbid_filter_dlfunc",
)
def dlfunc(ctx: Context, path: str, function: str, *arguments: str) -> str:
    """Call a function of a shared object.

    Foreign code is never loaded here. Raises `Failed` for an object that is not there and
    `Unsupported` for one that is.
    """
    try:
        ctx.world.files.stat(path)
    except OSError as error:
        reason = f"cannot open shared object file: {os.strerror(error.errno or errno.ENOENT)}"
        raise Failed(f'dlopen "{path}" failed: {path}: {reason}') from error
    raise Unsupported(f'calling "{function}" of {path} is not supported by eximulate')
