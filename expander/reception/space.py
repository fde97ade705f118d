"""Whether the disks have room for another message: ``check_spool_space`` and its like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.variables.system import log_partition, spool_partition

if TYPE_CHECKING:
    from expander.expand.context import Context

OVERHEAD = 5000
"""What a message needs beside its size: header lines that are added, recipients."""

BYTES = 1024
PLACES = {
    "spool": ("check_spool_space", "check_spool_inodes"),
    "log": ("check_log_space", "check_log_inodes"),
}


def is_short(ctx: Context, size: int = 0) -> bool:
    """True if there is no room for a message of ``size`` bytes (0 if that is unknown); the log tells why.

    As in Exim the size counts as room that is there already. See "check_spool_space" in the manual.
    """
    options = ctx.options
    for place, (space_option, inodes_option) in PLACES.items():
        least, inodes = int(options.get(space_option) or 0), int(options.get(inodes_option) or 0)
        if least <= 0 and inodes <= 0 and not (place == "spool" and size > 0):
            continue
        space, free = spool_partition(ctx) if place == "spool" else log_partition(ctx)
        if 0 <= space < least - size // BYTES or 0 <= free < inodes:
            ctx.log(f"{place} directory space check failed: space={space} inodes={free}")
            return True
    return False
