"""What ``-bh`` of the newest release tells of hosts that do not count as this host is among them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ZONE = """\
one  MX  5  here.
two  MX  5  far.
two  MX  6  here.
two  MX  7  farther.
here     A  192.0.2.1
far      A  192.0.2.2
farther  A  192.0.2.3
"""
CONFIG = """\
primary_hostname = here.test.ex
spool_directory = @DIR@
keep_environment =
acl_smtp_rcpt = check
begin acl
check:
  require @CHECK@
  accept
begin routers
mx:
  driver = dnslookup
  self = pass
  transport = far
deferring:
  driver = redirect
  allow_defer
  data = :defer: later
begin transports
far:
  driver = smtp
"""
REMOVED = [
    "local host in host list - removed hosts:",
    "  here.test.ex 192.0.2.1 6",
    "  farther.test.ex 192.0.2.3 7",
]


def told(folder: Path, check: str, recipient: str) -> list[str]:
    (folder / "zones").mkdir()
    (folder / "zones/db.test.ex").write_text(ZONE.replace(".\n", ".test.ex.\n"))
    (folder / "conf").write_text(CONFIG.replace("@DIR@", str(folder)).replace("@CHECK@", check))
    done = subprocess.run(
        [sys.executable, "-m", "expander", "-C", str(folder / "conf"), "-bh", "192.0.2.9"],
        input=f"helo x\nmail from:<>\nrcpt to:<{recipient}>\nquit\n".encode(),
        capture_output=True,
        check=False,
        cwd=Path(__file__).parents[2],
        env={
            "PATH": os.environ["PATH"],
            "EXIMULATE_PROFILE": "4.99",
            "EXIMULATE_DNS_ZONES": str(folder / "zones"),
            "EXIMULATE_INTERFACES": "127.0.0.1 192.0.2.1",
        },
    )
    return done.stderr.decode("utf-8").splitlines()


def without_margin(lines: list[str], margin: str) -> list[str]:
    return [line.removeprefix(margin) for line in lines if line.startswith(margin)]


def test_lists_tell_of_this_host_among_the_exchangers(tmp_path: Path) -> None:
    lines = without_margin(told(tmp_path, "domains = @mx_any", "a@two.test.ex"), ">>>  ")
    at = lines.index(REMOVED[0])
    assert lines[at - 2 : at] == ["check dnssec require list", "check dnssec request list"]
    assert lines[at : at + 3] == REMOVED


def test_lists_tell_that_this_host_comes_first(tmp_path: Path) -> None:
    assert ">>>  local host has lowest MX" in told(tmp_path, "domains = @mx_any", "a@one.test.ex")


def test_routers_tell_of_this_host_among_the_exchangers(tmp_path: Path) -> None:
    lines = told(tmp_path, "verify = recipient", "a@two.test.ex")
    at = next(at for at, line in enumerate(lines) if line.endswith(REMOVED[0]))
    margin = lines[at].removesuffix(REMOVED[0])
    assert lines[at : at + 3] == [margin + line for line in REMOVED]


def test_why_an_address_waits_is_below_the_line_that_says_so(tmp_path: Path) -> None:
    lines = told(tmp_path, "verify = recipient", "a@one.test.ex")
    at = next(at for at, line in enumerate(lines) if "router: defer for" in line)
    margin = lines[at].partition("deferring")[0]
    assert lines[at + 1] == f"{margin}  message: later"
