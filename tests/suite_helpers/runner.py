"""The suite's runner, for which the spool of a script belongs to Exim's user where that is a real one."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path

sys.path.insert(0, str(Path(sys.argv[1]).parent))
suite = import_module("suite")


def give_to_exim(run: object, path: str) -> None:
    """On a host that is made up the runner takes it that its users are so too."""
    if run.drop:
        os.chown(path, run.exim_uid, run.exim_gid)


suite.Run.give_to_exim = give_to_exim
sys.exit(suite.main(sys.argv[2:]))
