"""What is sent to the log of the system: the options ``syslog_...`` and ``log_file_path``."""

from __future__ import annotations

import re
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import installed
import pytest
from installed import BASE, BUILT_IN, Installed, root

from namespace import command
from real_exim import PROGRAM

pytestmark = [
    pytest.mark.exim,
    pytest.mark.skipif(not installed.possible(), reason="needs root and name spaces"),
]

OWN_DEVICES = """\
place="$1"; shift
for name in null urandom random zero; do touch "$place/$name"; mount --bind "/dev/$name" "$place/$name"; done
mount --bind "$place" /dev
exec "$@"
"""
REFUSES = "acl_not_smtp = refuses\nbegin acl\nrefuses:\n  deny log_message = not \\\n  this\n"
LONG = "begin acl\ntells:\n  accept logwrite = ${{sg{{{}}}{{x}}{{yyyyy}}}}\n".format("x" * 400)
CONFIGS = {
    "as it is": "log_file_path = syslog\n",
    "by another name": "log_file_path = syslog\nsyslog_facility = local3\nsyslog_processname = mta\n",
    "each facility": "log_file_path = syslog\nsyslog_facility = uucp\n",
    "beside files": "log_file_path = syslog : @DIR@/log/%slog\n",
    "files alone": "log_file_path = @DIR@/log/%slog\n",
    "without times": "log_file_path = syslog\nno_syslog_timestamp\nlog_selector = +pid +millisec\n",
    "without process numbers": "log_file_path = syslog\nno_syslog_pid\nlog_selector = +pid\n",
    "two logs": f"log_file_path = syslog\n{REFUSES}",
    "two logs, each line once": f"log_file_path = syslog\nno_syslog_duplication\n{REFUSES}",
    "no reject log": f"log_file_path = syslog\nno_write_rejectlog\n{REFUSES}",
    "long lines": f"log_file_path = syslog\nacl_not_smtp = tells\n{LONG}",
}
WRONG = {
    "the configuration is wrong": "log_file_path = syslog\nnonsense = 1\n",
    "a fault without times": "log_file_path = syslog\nno_syslog_timestamp\nnonsense = 1\n",
    "a driver is wrong": "log_file_path = syslog\nsyslog_facility = user\nbegin routers\nr:\n  driver = x\n",
}
MESSAGE = b"Subject: x\nFrom: a@b.test\nTo: c@d.test\n\nbody\n"


@contextmanager
def listening(place: Path) -> Iterator[list[bytes]]:
    """What is sent to a socket."""
    found: list[bytes] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(place))
        place.chmod(0o777)
        listener.settimeout(5)

        def listen() -> None:
            while (data := listener.recv(8192)) != b"end":
                found.append(data)

        reader = threading.Thread(target=listen)
        reader.start()
        try:
            yield found
        finally:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ending:
                ending.sendto(b"end", str(place))
            reader.join()


def sent(system: Installed, argv: list[str], number: int) -> list[bytes]:
    """What a program sends to the log of the system, without what differs each time."""
    system.clear()
    devices = system.directory / f"dev{number}"
    devices.mkdir()
    devices.chmod(0o755)
    inner = ["sh", "-c", OWN_DEVICES, "sh", str(devices), *argv, "-oep", "-odq", "c@d.test"]
    with listening(devices / "log") as found:
        system._run(command({system.file: BUILT_IN}, inner), MESSAGE, {"EXIMULATE_PROFILE": "debian-12"})
    return [
        re.sub(rb"\b\d\d:\d\d:\d\d(\.\d\d\d)?|\[\d{2,}\]|E?\w{6}-\w{6}-\w\w\b", b"#", line) for line in found
    ]


@pytest.mark.parametrize("name", CONFIGS)
def test_the_same_is_sent(name: str) -> None:
    with root(CONFIGS[name], base=BASE.replace("log_file_path = @DIR@/log/%slog\n", "")) as system:
        real = sent(system, [str(PROGRAM)], 1)
        ours = sent(system, [sys.executable, "-m", "expander", "-C", str(system.file)], 2)
        files = (system.directory / "log/mainlog").exists()
    assert ours == real
    assert bool(real) == (name != "files alone")
    assert files == ("files" in name)


@pytest.mark.parametrize("name", WRONG)
def test_faults_of_the_configuration_are_sent(name: str) -> None:
    with root(WRONG[name], base=BASE.replace("log_file_path = @DIR@/log/%slog\n", "")) as system:
        real = sent(system, [str(PROGRAM)], 1)
        ours = sent(system, [sys.executable, "-m", "expander", "-C", str(system.file)], 2)
    place = str(system.file).encode()
    assert [line.replace(place, BUILT_IN.encode()) for line in ours] == real
    assert real
