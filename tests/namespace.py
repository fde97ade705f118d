"""Running a program that sees other directories in place of the machine's, in a namespace of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path

MOUNT = 'mount --bind "$1" "$2" && shift 2 && exec "$@"'


def command(places: Mapping[Path, str], argv: list[str]) -> list[str]:
    """The command line for a program that sees each directory at another place as well."""
    for directory, place in places.items():
        argv = ["sh", "-c", MOUNT, "sh", str(directory), place, *argv]
    return ["unshare", *([] if os.geteuid() == 0 else ["--map-root-user"]), "--mount", *argv]


@cache
def possible(place: str) -> bool:
    """True if a directory can be put in the place of this one."""
    if not shutil.which("unshare") or not Path(place).is_dir():
        return False
    done = subprocess.run(command({Path(place): place}, ["true"]), capture_output=True, check=False)
    return done.returncode == 0
