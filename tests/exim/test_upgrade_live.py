"""A rewrite that is called proven lets the real Exim deliver to the file that the old text names."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from expander.cli.verbs import run
from real_exim import PROGRAM

CONFIG = """\
primary_hostname = mail.example.test
spool_directory = @DIR@/spool
log_file_path = @DIR@/log/%slog
tls_advertise_hosts =
keep_environment =
domainlist mine = a.example : b.example
begin routers
r:
  driver = accept
  domains = +mine
@LINES@  transport = t
begin transports
t:
  driver = appendfile
  file = @DIR@/mail/$domain-$local_part
  create_file = anywhere
  user = @USER@
"""
USER = "Debian-exim"
WAYS = {
    "plain words": "  local_parts = ann : games\n",
    "a folder": "  local_parts = dsearch;@DIR@/people\n",
    "users": "  check_local_user\n",
    "both": "  local_parts = dsearch;@DIR@/people\n  check_local_user\n",
}


@pytest.mark.exim
@pytest.mark.skipif(os.geteuid() != 0, reason="only root may deliver as another user")
@pytest.mark.parametrize("lines", WAYS.values(), ids=WAYS)
def test_the_message_is_delivered(lines: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert PROGRAM is not None
    folder = tmp_path_factory.mktemp("delivery")
    for one in (folder, *list(folder.parents)[:-2]):
        one.chmod(0o755)
    for name in ("spool", "log", "mail", "people"):
        (folder / name).mkdir()
        shutil.chown(folder / name, USER)
    (folder / "people" / "games").touch()
    config = folder / "exim.conf"
    text = CONFIG.replace("@LINES@", lines).replace("@DIR@", str(folder)).replace("@USER@", USER)
    config.write_text(text)
    assert "not permitted" in delivered(config)
    assert not list((folder / "mail").iterdir())
    assert run(["upgrade", "--write", "--from", "4.92", "--to", "4.96", str(config)]) == 2
    assert "Completed" in delivered(config)
    assert [path.name for path in (folder / "mail").iterdir()] == ["a.example-games"]


def delivered(config: Path) -> str:
    """The main log after one more message."""
    assert PROGRAM is not None
    subprocess.run(
        [PROGRAM, "-C", str(config), "-odi", "-oi", "GAMES@A.example"],
        input=b"Subject: x\n\nhi\n",
        capture_output=True,
        check=False,
    )
    return (config.parent / "log" / "mainlog").read_text(encoding="latin-1")
