"""What the checker calls an error in an ACL, Exim says in a session, in the same words."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from casefile import Case, read_cases
from expander.config.profile import PROFILES
from expander.lint.engine import check_file
from expander.lint.finding import ERROR
from expander.world.memory import MemoryWorld
from real_exim import PROGRAM

FOLDER = Path(__file__).parent.parent / "cases" / "check"
PATH = "/etc/exim.conf"
CLIENT = "192.0.2.1"
DIALOGUE = b"""\
EHLO client.example
MAIL FROM:<a@a.example>
RCPT TO:<b@a.example>
DATA
From: a@a.example
To: b@a.example

text
.
VRFY b@a.example
QUIT
"""
LOCAL = b"To: b@a.example\n\ntext\n"
SETTINGS = """\
primary_hostname = mail.example.test
qualify_domain = example.test
spool_directory = @DIR@/spool
log_file_path = @DIR@/log/%slog
keep_environment =
tls_advertise_hosts =
"""
LAST = """\
begin routers
all:
  driver = accept
  transport = none
begin transports
none:
  driver = appendfile
  file = /dev/null
"""
ANOTHER_WAY = ("QUIT cannot be refused", "holds up nobody", "the item acl", "the condition acl")
"""Cases in which Exim says no more than that the ACL made an error, or nothing to the client."""


def errors(case: Case) -> list[str]:
    """The messages of the errors that the checker finds in the ACLs of a case."""
    world = MemoryWorld(files={PATH: f"{case.text}\n".encode("latin-1")})
    found = check_file(PATH, profile=PROFILES["debian-12"], world=world, macros={})
    return [f.message for f in found if f.severity == ERROR and f.code.startswith("EXA")]


CASES = [
    case
    for name in ("acl-phases", "acl-words", "acl-values")
    for case in read_cases(FOLDER / f"{name}.case")
    if errors(case) and not case.setup.files and not any(part in case.title for part in ANOTHER_WAY)
]


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that the user Exim runs as can reach."""
    folder = Path(tempfile.mkdtemp(prefix="acl"))
    folder.chmod(0o755)
    for name in ("spool", "log"):
        (folder / name).mkdir()
        (folder / name).chmod(0o777)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.exim
@pytest.mark.skipif(PROGRAM is None, reason="there is no Exim on this machine")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_exim_says_the_same(case: Case, open_folder: Path) -> None:
    assert PROGRAM is not None
    main, begin, rest = case.text.partition("begin acl\n")
    passing = [
        f"acl_smtp_{phase} = accept\n" for phase in ("rcpt", "vrfy") if f"acl_smtp_{phase}" not in main
    ]
    text = f"{SETTINGS}{main}\n{''.join(passing)}{begin}{rest}\n{'' if 'begin routers' in rest else LAST}"
    config = open_folder / "exim.conf"
    config.write_text(text.replace("@DIR@", str(open_folder)), encoding="latin-1")
    local = "acl_not_smtp" in main
    options = ["-d-all+acl", "b@a.example"] if local else ["-bh", CLIENT]
    done = subprocess.run(
        [PROGRAM, "-C", str(config), *options],
        input=LOCAL if local else DIALOGUE,
        capture_output=True,
        check=False,
        cwd=open_folder,
        env={"PATH": os.environ.get("PATH", ""), "TZ": "UTC"},
        timeout=120,
    )
    said = (done.stdout + done.stderr).decode("latin-1")
    assert any(all(part in said for part in message.split("...")) for message in errors(case))
