"""Sessions with ``-bh`` as data, and what a program says and tells in one."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from real_exim import PROGRAM

NAME = re.compile(r"\b[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}\b")
BASE = """\
primary_hostname = mail.example.test
qualify_domain = example.test
spool_directory = @DIR@
log_file_path = @DIR@/log-%s
timezone = UTC
keep_environment =
tls_advertise_hosts =
smtp_banner = ready
smtp_accept_max_nonmail = 1000
"""


class Finding(NamedTuple):
    """A configuration behind `BASE`, a client's address, and what the client says, as text or bytes."""

    config: str
    lines: str | bytes
    peer: str = "192.0.2.1"


def outcomes(finding: Finding) -> list[tuple[str, str]]:
    """What this program and the real Exim say and tell."""
    assert PROGRAM is not None
    with tempfile.TemporaryDirectory(prefix="sessions-", dir="/tmp") as name:
        Path(name).chmod(0o777)
        commands = ([sys.executable, "-m", "expander"], [PROGRAM])
        return [talk(command, Path(name), finding) for command in commands]


def talk(command: list[str], folder: Path, finding: Finding) -> tuple[str, str]:
    """What a program says and tells, but for the lines about options that are not set."""
    config = folder / "exim.conf"
    config.write_text((BASE + finding.config).replace("@DIR@", str(folder)))
    root = str(Path(__file__).resolve().parents[2])
    done = subprocess.run(
        [*command, "-C", str(config), "-bh", finding.peer],
        input=(finding.lines if isinstance(finding.lines, bytes) else finding.lines.encode()) + b"\n",
        capture_output=True,
        check=False,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "TZ": "UTC", "EXIMULATE_PROFILE": "debian-12", "PYTHONPATH": root},
        timeout=60,
    )
    told = re.sub(r".* \(option unset\)\n", "", done.stderr.decode("latin-1"))
    said, told = (NAME.sub("ID", text) for text in (done.stdout.decode("latin-1"), told))
    return said, told
