"""Whether the disks have room for another message: ``check_spool_space`` and its like."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from expander.expand.context import Context

OVERHEAD = 5000
"""What a message needs beside its size: header lines that are added, recipients."""

BYTES = 1024
PLACES = ("spool", "log")


def is_short(ctx: Context, size: int = 0) -> bool:
    """True if there is no room for a message of ``size`` bytes (0 if that is unknown); the log tells why.

    As in Exim the size counts as room that is there already. See "check_spool_space" in the manual.
    """
    options = ctx.options
    for place in PLACES:
        least, inodes = (int(options.get(f"check_{place}_{what}") or 0) for what in ("space", "inodes"))
        if least <= 0 and inodes <= 0 and not (place == "spool" and size > 0):
            continue
        space, free = (int(ctx.expand(f"${place}_{what}")) for what in ("space", "inodes"))
        if 0 <= space < least - size // BYTES or 0 <= free < inodes:
            ctx.log(f"{place} directory space check failed: space={space} inodes={free}")
            return True
    return False
