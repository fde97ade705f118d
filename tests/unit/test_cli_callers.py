"""What callers who are not trusted can say of a message, and what is done to its header."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CONFIG = "primary_hostname = h.test\nqualify_domain = q.test\nkeep_environment =\n"
SHOWN = "$rh_sender:$rh_from:[$sender_address|$authenticated_id|$authenticated_sender]"
ANN = "ann:4242:4242:Ann B.:/home/ann:ann"


def run(directory: Path, *options: str, more: str = "", caller: str = ANN) -> str:
    """What is printed for the message, all on one line."""
    (directory / "conf").write_text(CONFIG + more)
    (directory / "mail").write_text("Sender: z\nSubject: x\n\nb\n")
    command = [sys.executable, "-m", "expander", "-C", str(directory / "conf"), *options]
    done = subprocess.run(
        [*command, "-bem", str(directory / "mail"), SHOWN],
        env={**os.environ, "EXIMULATE_CALLER": caller, "EXIMULATE_PROFILE": "debian-12"},
        capture_output=True,
        check=False,
    )
    return " ".join((done.stdout + done.stderr).decode().split())


OWN = '"Ann B." <ann@q.test> [{sender}|ann|ann@q.test]'


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ([], OWN.format(sender="ann@q.test")),
        (["-f", "a@b.test"], '"Ann B." <a@b.test> [a@b.test|ann|ann@q.test]'),
        (["-f", "<>"], OWN.format(sender="")),
        (["-G"], "exim: permission denied (-G requires a trusted user)"),
    ],
)
def test_a_caller_who_is_not_trusted(tmp_path: Path, options: list[str], shown: str) -> None:
    assert run(tmp_path, *options) == shown


@pytest.mark.parametrize("more", ["trusted_users = 4242\n", "trusted_groups = 4242\n"])
def test_a_caller_who_is_trusted(tmp_path: Path, more: str) -> None:
    assert run(tmp_path, "-f", "a@b.test", more=more) == "z@q.test a@b.test [a@b.test||]"
    assert run(tmp_path, "-f", "<>", more=more) == "z@q.test [||]"
