"""What the rules for routers and transports call errors, the real Exim says when it routes or delivers."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from expander.config.profile import PROFILES
from expander.lint.engine import check_file
from expander.lint.finding import ERROR
from expander.world.memory import MemoryWorld
from real_exim import PROGRAM, base_config

pytestmark = [pytest.mark.exim, pytest.mark.skipif(PROGRAM is None, reason="exim is not installed")]

ADDRESS = "ann@example.test"
SMTP = "begin transports\nsmtp:\n  driver = smtp\n"
ROUTES = "begin routers\nr:\n  driver = manualroute\n  transport = smtp\n  "
REDIRECT = "begin routers\nr:\n  driver = redirect\n  "
ROUTED = {
    "EXN002": "begin routers\nr:\n  driver = accept\n  transport = nosuch\n",
    "EXR001": "begin routers\nr:\n  driver = manualroute\n  route_list = * 192.0.2.1\n",
    "EXR004": f"{REDIRECT}data = a-$local_part@$domain\n",
    "EXR005": f"{REDIRECT}data = :fail: gone\n",
    "EXR006": f"{REDIRECT}data = |/bin/cat\n",
    "EXR007": f"{REDIRECT}data = a@example.test : b@example.test\n",
    "EXR010": "begin routers\nr:\n  driver = accept\n  require_files = a/b\n  transport = smtp\n" + SMTP,
    "EXR011": f"{ROUTES}route_list = * 192.0.2.1 : 192.0.2.2\n{SMTP}",
    "EXR012": f"{ROUTES}route_list = example.test\n{SMTP}",
    "EXR015": f"{ROUTES}route_list = * 127.0.0.1\n{SMTP}",
    "EXR021": f"{REDIRECT}file = forwards\n",
}
"""A configuration for each code whose finding a test of an address shows."""

ALL = "begin routers\nr:\n  driver = accept\n  transport = t\nbegin transports\nt:\n  "
DELIVERED = {
    "EXR020 appendfile": f"{ALL}driver = appendfile\n",
    "EXR020 pipe": f"{ALL}driver = pipe\n",
    "EXR020 smtp": f"{ALL}driver = smtp\n",
    "EXR015": f"{ALL}driver = smtp\n  hosts = 127.0.0.1\n",
    "EXR021": f"{ALL}driver = appendfile\n  file = mail/all\n",
    "EXR021 home": f"{ALL}driver = pipe\n  command = /bin/true\n  home_directory = home\n",
    "EXR022": f"{ALL}driver = appendfile\n  file = /var/mail/all\n  maildir_format\n",
    "EXR024": f"{ALL}driver = pipe\n  command = |/bin/cat\n",
    "EXR030 quota": f"{ALL}driver = appendfile\n  file = /var/mail/all\n  quota = 10MB\n",
    "EXR030 size": f"{ALL}driver = pipe\n  command = /bin/true\n  message_size_limit = 1T\n",
    "EXR031": f"{ALL}driver = smtp\n  hosts = 192.0.2.1\n  interface = eth0\n",
    "EXR032": f"{ALL}driver = smtp\n  hosts = 192.0.2.1\n  port = 25a\n",
}
"""A configuration for each code whose finding a delivery shows."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that Exim can use after it gave up its rights."""
    path = Path(tempfile.mkdtemp(prefix="findings"))
    for one in (path, path / "spool", path / "log"):
        one.mkdir(exist_ok=True)
        one.chmod(0o777)
    yield path
    shutil.rmtree(path, ignore_errors=True)


def errors(config: str, code: str) -> list[str]:
    """The messages of the errors of one rule."""
    world = MemoryWorld(files={"/etc/exim.conf": config.encode()})
    found = check_file("/etc/exim.conf", profile=PROFILES["debian-12"], world=world, macros={})
    return [one.message for one in found if one.code == code and one.severity == ERROR]


def asked(folder: Path, config: str, *arguments: str) -> str:
    """What Exim prints and logs."""
    file = folder / "exim.conf"
    file.write_text(base_config("").replace("@DIR@", str(folder)) + config)
    command = [PROGRAM or "", "-C", str(file), *arguments, ADDRESS]
    done = subprocess.run(
        command, input="Subject: x\n\nx\n", capture_output=True, text=True, check=False, timeout=60
    )
    logs = (log.read_text() for log in (folder / "log").iterdir())
    return "\n".join((done.stdout, done.stderr, *logs))


def essence(message: str) -> str:
    """A message without what only the finding says: a place that Exim does not know."""
    return message.partition(": the router")[0].partition("r router: ")[2] or message.partition(": the ")[0]


@pytest.mark.parametrize("code", ROUTED)
def test_exim_says_it_when_it_routes(folder: Path, code: str) -> None:
    config = ROUTED[code]
    found = errors(config, code)
    assert found
    said = asked(folder, config, "-bt")
    assert all(essence(message) in said for message in found)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can deliver")
@pytest.mark.parametrize("title", DELIVERED)
def test_exim_says_it_when_it_delivers(folder: Path, title: str) -> None:
    config = DELIVERED[title]
    found = errors(config, title.split(maxsplit=1)[0])
    assert found
    said = asked(folder, config, "-odf", "-bm", "-f", "<>")
    assert all(essence(message) in said for message in found)
