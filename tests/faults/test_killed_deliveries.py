"""A delivery that is killed at any step: its message is delivered once, and the spool can be read."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from expander.delivery.beginning import deliver
from killing import KilledAt, Site, in_child, receive, site

WAYS = {
    "mbox": "  file = @DIR@/mail/box\n  use_lockfile = false",
    "mbx": "  file = @DIR@/mail/box\n  mbx_format",
    "maildir": "  directory = @DIR@/mail/box\n  maildir_format\n  maildir_use_size_file",
    "mailstore": "  directory = @DIR@/mail/box\n  mailstore_format",
    "folder": "  directory = @DIR@/mail/box",
}
BEFORE = b"From: a@b.test\nSubject: earlier\n\nthe message before\n"
MESSAGE = b"From: a@b.test\nSubject: the one\n\n" + b"this is a line of the message\n" * 20
LAST = b"From: a@b.test\nSubject: later\n\nthe message after\n"
MOST_STEPS = 300


def mail(here: Site) -> bytes:
    """All that is in the mailbox, and nothing that is on its way there."""
    box = here.folder / "mail/box"
    if box.is_file():
        return box.read_bytes()
    kept = [path for path in sorted(box.glob("**/*")) if path.is_file() and path.suffix != ".env"]
    return b"".join(path.read_bytes() for path in kept if path.name != "maildirsize")


def ends_well(here: Site, kill: Callable[[], KilledAt]) -> bool:
    """Deliver, be killed, deliver again: true if it was not killed at all."""
    agent = here.agent()
    deliver(agent, receive(agent, BEFORE))
    name = receive(agent, MESSAGE)

    def delivered() -> None:
        kill().take_effect()
        deliver(agent, name)

    was_killed = in_child(delivered)
    for waiting in here.queue:
        assert deliver(here.agent(), waiting)
    deliver(agent, receive(agent, LAST))
    assert here.queue == []
    text = mail(here)
    for line in (b"Subject: earlier", b"Subject: the one", b"Subject: later", b"the message after"):
        assert text.count(line) == 1, (line, text)
    assert text.replace(b"\r", b"").count(b"this is a line of the message\n") == 20
    return not was_killed


@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_lost_and_nothing_comes_twice(way: str) -> None:
    for step in range(1, MOST_STEPS):
        with site(WAYS[way]) as here:
            if ends_well(here, partial(KilledAt, step)):
                break
    assert step > 15
    assert step < MOST_STEPS - 1


@pytest.mark.parametrize("way", ["maildir", "mailstore", "folder"])
def test_half_a_file_is_none(way: str) -> None:
    for step in range(1, MOST_STEPS):
        with site(WAYS[way]) as here:
            if ends_well(here, partial(KilledAt, step, within=True)):
                break
    assert step > 15
