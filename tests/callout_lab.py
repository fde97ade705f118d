"""One session that calls out (``-bhc``), of the real Exim and of eximulate, and a configuration for it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from shutil import rmtree

from real_exim import PROGRAM

CONFIG = """\
primary_hostname = mail.example.test
qualify_domain = example.test
spool_directory = @DIR@/spool
log_file_path = @DIR@/log-%s
timezone = UTC
keep_environment =
tls_advertise_hosts =
smtp_banner = ready
acl_smtp_rcpt = check
@MORE@
begin acl
check:
  require verify = @VERIFY@
  accept @TELLS@
begin routers
there:
  driver = manualroute
  domains = z.test
  route_list = z.test @HOST@
  self = send
  transport = there
here:
  driver = accept
  domains = y.test
  transport = here
begin transports
there:
  driver = smtp
  @TRANSPORT@
  @PORT@
here:
  driver = appendfile
  file = /dev/null
begin authenticators
@AUTH@
"""
_CHANGING = re.compile(r"-\d{9,11}-testing|:\d{4,5} (?:from \S+ )?\.\.\.|port=\d+")
COMMANDS = ([PROGRAM or "exim4"], [sys.executable, "-m", "expander"])
"""The real Exim, and eximulate."""


def write(directory: Path, **values: str) -> None:
    """Write the configuration with the values of its places, by their names in small letters."""
    text = CONFIG.replace("@DIR@", str(directory))
    if "port" in values:
        values["port"] = f"port = {values['port']}"
    for name, value in {"host": "127.0.0.1", **values}.items():
        text = text.replace(f"@{name.upper()}@", value)
    (directory / "conf").write_text(re.sub(r"@[A-Z]+@", "", text))


def nest(directory: Path) -> None:
    """Let the ACL be called by another one."""
    path = directory / "conf"
    text = path.read_text().replace("acl_smtp_rcpt = check", "acl_smtp_rcpt = outer")
    path.write_text(text.replace("check:\n", "outer:\n  accept acl = check\ncheck:\n"))


def answers(
    command: list[str], directory: Path, mode: str, data: bytes, profile: str = "debian-12"
) -> tuple[int, str, str]:
    """The exit status, what the client sees, and what is told, but for what changes."""
    rmtree(directory / "spool", ignore_errors=True)
    (directory / "spool").mkdir()
    (directory / "spool").chmod(0o777)
    done = subprocess.run(
        [*command, "-C", str(directory / "conf"), mode, "192.0.2.1"],
        input=data,
        capture_output=True,
        timeout=60,
        check=False,
        env={**os.environ, "EXIMULATE_PROFILE": profile, "TZ": "UTC"},
    )
    return done.returncode, done.stdout.decode("latin-1"), _CHANGING.sub("#", done.stderr.decode("latin-1"))
