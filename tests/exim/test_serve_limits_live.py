"""Limits of a server beside the daemon of the real Exim: who is let in, what is said and logged."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from real_exim import PROGRAM
from smtp_server import serving

pytestmark = pytest.mark.exim

BASE = """\
primary_hostname = mail.example.test
spool_directory = @DIR@/spool
log_file_path = @DIR@/log/%slog
keep_environment =
timezone = UTC
tls_advertise_hosts =
smtp_banner = ready
@SELECTOR@acl_smtp_rcpt = accept
acl_smtp_data = accept
"""
ONE, TWO = "127.0.0.3", "127.0.0.4"
MAIL = b"MAIL FROM:<>\r\nRCPT TO:<a@b.test>\r\nDATA\r\n"


class Scenario(NamedTuple):
    """A configuration, the clients that come and stay, and how many messages each of them sends."""

    config: str
    clients: Sequence[str]
    messages: int = 0


SCENARIOS = {
    "so many": Scenario("smtp_accept_max = 2\n", [ONE, ONE, TWO]),
    "so many of a host": Scenario(
        "smtp_accept_max = 9\n"
        f"smtp_accept_max_per_host = ${{if eq{{$sender_host_address}}{{{ONE}}}{{2}}{{1}}}}\n",
        [ONE, ONE, ONE, TWO, TWO],
    ),
    "a number that is none": Scenario(
        "smtp_accept_max = 9\nsmtp_accept_max_per_host = ${if eq{$sender_host_address}{127.0.0.3}{x}fail}\n",
        [ONE, TWO],
    ),
    "a number that cannot be expanded": Scenario(
        "smtp_accept_max = 9\nsmtp_accept_max_per_host = ${foo}\n", [ONE]
    ),
    "reserved": Scenario(
        f"smtp_accept_max = 3\nsmtp_accept_reserve = 2\nsmtp_reserve_hosts = {ONE}\n", [TWO, TWO, ONE, TWO]
    ),
    "reserved for nobody": Scenario("smtp_accept_max = 3\nsmtp_accept_reserve = 2\n", [TWO, TWO]),
    "load": Scenario("smtp_load_reserve = 0\n", [ONE]),
    "load, and reserved": Scenario(f"smtp_load_reserve = 0\nsmtp_reserve_hosts = {ONE}\n", [ONE, TWO]),
    "what is logged": Scenario(
        "log_selector = +incoming_port +incoming_interface\nsmtp_accept_max = 1\n", [ONE, ONE]
    ),
    "what is not": Scenario(
        f"log_selector = -connection_reject\nsmtp_accept_max = 1\nhosts_connection_nolog = {ONE}\n", [ONE] * 2
    ),
    "many clients, no delivery": Scenario("smtp_accept_queue = 1\n", [ONE, ONE], 1),
    "many messages, no delivery": Scenario("smtp_accept_queue_per_connection = 1\n", [ONE], 3),
    "load, no delivery": Scenario("queue_only_load = 0\n", [ONE], 1),
    "messages of a connection": Scenario("smtp_accept_max_per_connection = 1\n", [ONE], 3),
}  # fmt: skip


def _configured(scenario: Scenario, folder: Path) -> str:
    text = BASE.replace("@DIR@", str(folder)) + scenario.config
    return text.replace(
        "@SELECTOR@", "" if "log_selector" in scenario.config else "log_selector = +smtp_connection\n"
    )


def _plain(text: str, port: int) -> list[str]:
    text = re.sub(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ", "", text, flags=re.MULTILINE)
    text = re.sub(r"\b[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}\b", "ID", text).replace(str(port), "PORT")
    text = re.sub(r"\]:\d+", "]:N", re.sub(r"load average( =)? [\d.]+", "load average", text))
    lines = [re.sub(r"D=\d+s", "D", line) for line in text.splitlines() if line]
    of_daemon = ("daemon started", "lost D", "== ", "** ", "Completed", "routing", "Frozen", "lost privilege")
    return sorted(line for line in lines if not any(word in line for word in of_daemon))


def _comes(address: str, port: int) -> socket.socket:
    client = socket.socket()
    client.settimeout(20)
    client.bind((address, 0))
    client.connect(("127.0.0.1", port))
    return client


def _said(client: socket.socket) -> str:
    data = b""
    while not re.search(rb"(?m)^\d{3} .*\r\n\Z", data):
        more = client.recv(4096)
        if not more:
            break
        data += more
    return data.decode("latin-1")


def _talked(scenario: Scenario, port: int) -> list[str]:
    clients, said = [], []
    for address in scenario.clients:
        client = _comes(address, port)
        clients.append(client)
        said.append(_said(client))
        time.sleep(0.2)
    for client in clients if scenario.messages else ():
        client.sendall(b"HELO c\r\n")
        said.append(_said(client))
        for _ in range(scenario.messages):
            for line in (*MAIL.splitlines(keepends=True), b"a: b\r\n\r\n.\r\n"):
                client.sendall(line)
                said.append(re.sub(r"id=\S+", "id=ID", _said(client)))
                if said[-1].startswith(("4", "5")):
                    break
    time.sleep(0.3)
    for client in clients:
        client.close()
    return said


@pytest.fixture
def folder() -> Iterator[Path]:
    if PROGRAM is None:
        pytest.skip("there is no Exim here")
    with tempfile.TemporaryDirectory() as name:
        path = Path(name)
        path.chmod(0o777)
        for inner in ("spool", "log"):
            (path / inner).mkdir()
            (path / inner).chmod(0o777)
            shutil.chown(path / inner, "Debian-exim", "Debian-exim")
        yield path


def _by_exim(scenario: Scenario, folder: Path) -> tuple[list[str], list[str]]:
    assert PROGRAM is not None
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "conf").write_text(_configured(scenario, folder))
    argv = [
        PROGRAM,
        "-C",
        str(folder / "conf"),
        "-bdf",
        "-oX",
        f"127.0.0.1.{port}",
        "-oP",
        str(folder / "pid"),
    ]
    daemon = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={"TZ": "UTC"})
    log = folder / "log" / "mainlog"
    try:
        deadline = time.monotonic() + 20
        while not (log.exists() and "daemon started" in log.read_text()) and time.monotonic() < deadline:
            time.sleep(0.05)
        said = _talked(scenario, port)
        time.sleep(0.5)
        return said, _plain(log.read_text(encoding="latin-1"), port)
    finally:
        daemon.terminate()
        daemon.wait()


@pytest.mark.parametrize("name", SCENARIOS)
def test_limits(name: str, folder: Path, tmp_path: Path) -> None:
    scenario = SCENARIOS[name]
    expected = _by_exim(scenario, folder)
    with serving(tmp_path, _configured(scenario, folder)) as server:
        said = _talked(scenario, server.port)
        time.sleep(0.3)
        found = said, _plain(server.stop(), server.port)
    assert found == expected
