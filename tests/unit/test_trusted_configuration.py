"""Whose configurations root may use."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

NOBODY = 65534


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
@pytest.mark.parametrize(("environment", "status"), [({}, 1), ({"EXIMULATE_HARNESS": "1"}, 0)])
def test_root_uses_files_of_others_only_in_a_harness(
    tmp_path: Path, environment: dict[str, str], status: int
) -> None:
    path = tmp_path / "conf"
    path.write_text("keep_environment =\n")
    os.chown(path, NOBODY, NOBODY)
    done = subprocess.run(
        [sys.executable, "-m", "expander", "-C", str(path), "-bP", "keep_environment"],
        capture_output=True,
        check=False,
        cwd=Path(__file__).parents[2],
        env={"PATH": os.environ["PATH"], **environment},
    )
    assert done.returncode == status
    assert (b"has the wrong owner, group, or mode" in done.stderr) is bool(status)
