"""The queuefile transport hands messages to another program, which gives them to the installed Exim."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import installed
import pytest

pytestmark = [
    pytest.mark.exim,
    pytest.mark.skipif(not installed.possible(), reason="needs root and name spaces"),
]

SCANNED = """\
begin routers
scan:
  driver = accept
  transport = scan
begin transports
scan:
  driver = queuefile
  directory = @DROP@
begin retry
* * F,1h,1h
"""
BEYOND = """\
begin routers
here:
  driver = accept
  local_parts = u1 : u2
  transport = box
begin transports
box:
  driver = appendfile
  file = @DIR@/mail/$local_part_data
  user = nobody
"""
MESSAGE = b"From: a@x.test\nTo: b@y.test\nSubject: s\n\nOne\nFrom here\n\xe4\n"
MISSING = "No such file or directory"
FAILED = f"failed with error: {MISSING}"
PROFILE = "debian-12,+transport_queuefile"


class Watcher(threading.Thread):
    """Moves each pair of files that comes to be complete in one directory to the spool of an Exim."""

    def __init__(self, drop: Path, beyond: installed.Installed) -> None:
        super().__init__()
        self.drop, self.beyond = drop, beyond
        self.delivered: list[str] = []
        self.ends = False

    def run(self) -> None:
        inputs = self.beyond.directory / "spool/input"
        inputs.mkdir(parents=True, exist_ok=True)
        uid, gid = self.beyond.directory.joinpath("spool").stat().st_uid, 0
        os.chown(inputs, uid, -1)
        while True:
            last = self.ends
            for data in sorted(self.drop.glob("*-D")):  # the second of the two
                name = data.name.removesuffix("-D")
                for suffix in ("-D", "-H"):
                    gid = self.beyond.directory.joinpath("spool").stat().st_gid
                    shutil.copyfile(self.drop / f"{name}{suffix}", inputs / f"{name}{suffix}")
                    os.chown(inputs / f"{name}{suffix}", uid, gid)
                    (inputs / f"{name}{suffix}").chmod(0o640)
                    (self.drop / f"{name}{suffix}").unlink()
                assert self.beyond.exim("-M", name).returncode == 0
                self.delivered.append(name)
            if last:
                return
            time.sleep(0.05)


@pytest.fixture(params=["/tmp", "/dev/shm"])
def drop(request: pytest.FixtureRequest) -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="eximulate-", dir=str(request.param)))
    made.chmod(0o777)
    yield made
    shutil.rmtree(made, ignore_errors=True)


def test_a_watcher_picks_the_files_up_and_exim_delivers_them(drop: Path) -> None:
    with (
        installed.root(SCANNED.replace("@DROP@", str(drop))) as here,
        installed.root(BEYOND) as beyond,
    ):
        watcher = Watcher(drop, beyond)
        watcher.start()
        try:
            for name in ("u1", "u2", "u1"):
                done = here.ours("-odi", f"{name}@example.test", data=MESSAGE, EXIMULATE_PROFILE=PROFILE)
                assert (done.returncode, done.stderr) == (0, b"")
        finally:
            watcher.ends = True
            watcher.join()
        assert here.queue == beyond.queue == []
        assert len(watcher.delivered) == 3
        sent = [line.partition(" ")[2] for line in here.log() if " => " in line]
        first, second = (f"=> {name} <{name}@example.test> R=scan T=scan" for name in ("u1", "u2"))
        assert sent == [first, second, first]
        one, two, three = (name.encode() for name in watcher.delivered)
        for name, names in (("u1", [one, three]), ("u2", [two])):
            text = (beyond.directory / "mail" / name).read_bytes()
            assert text.count(b"\n\nOne\n>From here\n\xe4\n\n") == len(names)
            assert re.findall(rb"\tid (\S+)\n", text) == names


def test_a_second_recipient_waits_until_the_files_are_gone() -> None:
    with installed.root(SCANNED.replace("@DROP@", "@DIR@/mail")) as here:
        here.ours("-odi", "u1@example.test", "u2@example.test", data=MESSAGE, EXIMULATE_PROFILE=PROFILE)
        (name,) = here.queue
        at = f"{here.directory}/mail/{name}-H failed with error: File exists"
        assert here.log()[-1].endswith(f"T=scan defer (17): File exists: scan transport linking file: {at}")
        for path in (here.directory / "mail").iterdir():
            path.unlink()
        here.ours("-M", name, EXIMULATE_PROFILE=PROFILE)
        assert here.queue == []


def test_the_files_are_those_of_the_spool(drop: Path) -> None:
    with installed.root(SCANNED.replace("@DROP@", str(drop))) as here:
        here.ours("-odq", "u1@example.test", data=MESSAGE, EXIMULATE_PROFILE=PROFILE)
        (name,) = here.queue
        kept = {
            suffix: (here.directory / f"spool/input/{name}{suffix}").read_bytes() for suffix in ("-H", "-D")
        }
        here.ours("-M", name, EXIMULATE_PROFILE=PROFILE)
        assert here.queue == []
        assert {path.name: path.read_bytes() for path in drop.iterdir()} == {
            f"{name}{suffix}": data for suffix, data in kept.items()
        }


@pytest.mark.parametrize(
    ("directory", "words"),
    [
        ("/nowhere", f"T=scan defer (2): {MISSING}: scan transport accessing directory: /nowhere {FAILED}"),
        ("relative", "T=scan defer (0): scan transport directory: relative is not absolute"),
        ("${nothing}", "T=scan defer (0): scan transport: failed to expand dirname option"),
    ],
)
def test_a_directory_that_cannot_be_used(directory: str, words: str) -> None:
    with installed.root(SCANNED.replace("@DROP@", directory)) as here:
        here.ours("-odi", "u1@example.test", data=MESSAGE, EXIMULATE_PROFILE=PROFILE)
        assert any(line.endswith(words) for line in here.log()), here.log()
        assert len(here.queue) == 1
