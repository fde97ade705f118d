"""Deliveries that meet others, full disks, locks and quotas: nothing is lost, and nothing comes twice."""

from __future__ import annotations

import fcntl
import os
import re
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

import storm
from expander.delivery.beginning import deliver
from killing import Site, in_child, receive, site

MBOX = "  file = @DIR@/mail/box\n  lock_retries = 60\n  lock_interval = 1s\n"
IMPATIENT = "  file = @DIR@/mail/box\n  lock_retries = 1\n  use_lockfile = false\n"
SIZE_FILE = "  directory = @DIR@/mail/box\n  maildir_format\n  maildir_use_size_file\n"
MESSAGE = b"Subject: the one\n\n" + b"line\n" * 8000
SMALL = b"Subject: small\n\nbody\n"


@pytest.fixture
def here(request: pytest.FixtureRequest) -> Iterator[Site]:
    with site(str(request.param)) as made:
        yield made


def box(here: Site) -> bytes:
    path = here.folder / "mail/box"
    if path.is_dir():
        return b"".join(found.read_bytes() for found in path.glob("**/*") if is_message(found))
    return path.read_bytes() if path.exists() else b""


def is_message(path: Path) -> bool:
    return path.is_file() and path.name != "maildirsize"


def log(here: Site) -> str:
    return (here.folder / "log/mainlog").read_text()


def retry(here: Site) -> None:
    """Deliver what waits as a later run would; what is remembered of the failure has gone by then."""
    for path in (here.folder / "spool/db").glob("*"):
        path.unlink()
    agent = here.agent()
    for name in here.queue:
        assert deliver(agent, name)


@pytest.mark.parametrize(
    "here", [MBOX, MBOX + "  use_lockfile = false\n", MBOX + "  mbx_format\n"], indirect=True
)
def test_two_deliver_to_one_file_at_once(here: Site) -> None:
    agent = here.agent()
    names = [
        receive(agent, b"Subject: number %d.\n\n" % number + b"x" * 5000 + b"\n") for number in range(12)
    ]
    children = []
    for part in (names[::2], names[1::2]):
        child = os.fork()
        if not child:
            try:
                agent.world.pid = os.getpid()  # a world made here would know it
                for name in part:
                    deliver(agent, name)
            finally:
                os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    assert here.queue == []
    text = box(here).replace(b"\r", b"")
    found = re.findall(rb"Subject: number (\d+)\.\n(?:[^\n]+\n)*\nx{5000}\n\n", text)
    assert sorted(map(int, found)) == list(range(12))


@pytest.mark.parametrize(
    "here",
    [
        MBOX,
        "  directory = @DIR@/mail/box\n  maildir_format\n",
        "  directory = @DIR@/mail/box\n",
        "  directory = @DIR@/mail/box\n  mailstore_format\n",
    ],
    indirect=True,
)
def test_there_is_no_room_for_a_message(here: Site) -> None:
    agent = here.agent()
    deliver(agent, receive(agent, SMALL))
    before, name = box(here), receive(agent, MESSAGE)

    def delivered() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        deliver(agent, name)

    assert in_child(delivered) == 0
    assert "defer (27): File too large" in log(here)
    assert here.queue == [name]
    assert box(here) == before
    retry(here)
    assert here.queue == []
    assert box(here).count(b"Subject: the one\n") == box(here).count(b"Subject: small\n") == 1
    assert box(here).count(b"line\n") == 8000


@pytest.mark.parametrize("here", [IMPATIENT], indirect=True)
def test_somebody_has_the_file_locked(here: Site) -> None:
    agent = here.agent()
    deliver(agent, receive(agent, SMALL))
    before, name = box(here), receive(agent, MESSAGE)
    with (here.folder / "mail/box").open("rb+") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        in_child(lambda: deliver(agent, name))
        assert f"defer (-9): failed to lock mailbox {here.folder}/mail/box (fcntl/flock)" in log(here)
        assert (here.queue, box(here)) == ([name], before)
    retry(here)
    assert box(here).count(b"Subject: the one\n") == 1


@pytest.mark.parametrize("here", [MBOX.replace("60", "1")], indirect=True)
def test_somebody_has_a_lock_file(here: Site) -> None:
    agent, lock = here.agent(), here.folder / "mail/box.lock"
    lock.write_text("")
    name = receive(agent, MESSAGE)
    deliver(agent, name)
    assert f"defer (-9): failed to lock mailbox {here.folder}/mail/box (lock file)" in log(here)
    assert (here.queue, box(here), lock.exists()) == ([name], b"", True)
    lock.unlink()
    retry(here)
    assert box(here).count(b"Subject: the one\n") == 1
    assert not lock.exists()


@pytest.mark.parametrize(
    "here",
    [
        "  file = @DIR@/mail/box\n  quota = ${readfile{@DIR@/quota}{}}",
        f"{SIZE_FILE}  quota = ${{readfile{{@DIR@/quota}}{{}}}}",
    ],
    indirect=True,
)
def test_the_mailbox_is_full(here: Site) -> None:
    quota = here.folder / "quota"
    quota.write_text("30K")
    agent = here.agent()
    deliver(agent, receive(agent, SMALL))
    before, name = box(here), receive(agent, MESSAGE)
    deliver(agent, name)
    assert "defer (-22): mailbox is full (MTA-imposed quota exceeded while writing to " in log(here)
    assert (here.queue, box(here)) == ([name], before)
    quota.write_text("100K")
    retry(here)
    assert here.queue == []
    assert box(here).count(b"Subject: the one\n") == 1


@pytest.mark.parametrize("here", [storm.TO_FILE, storm.TO_FOLDER], indirect=True)
def test_workers_are_killed_all_the_time(here: Site) -> None:
    messages = 200  # with few of them a quick machine is ready before the first kill
    assert storm.run(here, messages)
    assert storm.wrong(here, messages) == []
    assert here.queue == []
