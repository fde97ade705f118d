"""A process that is killed at any call of the system with which it changes files."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from expander.api import Expander
from expander.config.load import load
from expander.config.profile import PROFILES
from expander.delivery.beginning import deliver
from expander.queue.agent import Agent
from expander.reception.local import LocalReception
from expander.reception.submission import Submission
from expander.world import real_storage
from expander.world.real import RealWorld

CALLS = ("open", "write", "rename", "link", "unlink", "mkdir", "ftruncate", "fsync", "close", "utime")
CONFIG = """\
primary_hostname = mail.example.test
qualify_domain = example.test
keep_environment =
spool_directory = @DIR@/spool
log_file_path = @DIR@/log/%slog
begin routers
all:
  driver = accept
  transport = box
begin transports
box:
  driver = appendfile
  user = @USER@
  group = @GROUP@
@HOW@
begin retry
* * F,1d,1m
"""


class Site:
    """A spool and mailboxes below one folder."""

    def __init__(self, folder: Path, how: str) -> None:
        self.folder = folder
        folder.chmod(0o755)
        for name in ("spool", "log", "mail"):
            (folder / name).mkdir()
            (folder / name).chmod(0o777)
        uid, gid = (os.geteuid(), os.getegid()) if os.geteuid() else (65534, 65534)
        text = CONFIG.replace("@HOW@", how).replace("@DIR@", str(folder))
        self.conf = folder / "conf"
        self.conf.write_text(text.replace("@USER@", str(uid)).replace("@GROUP@", str(gid)))

    def agent(self) -> Agent:
        """What receives and delivers in this process."""
        world, profile = RealWorld(), PROFILES["debian-12"]
        config = load(str(self.conf), profile=profile, world=world)
        made = Agent(
            config, profile, world, lambda: Expander(config=config, profile=profile, world=world).context
        )
        made.deliver_with = lambda name: deliver(made, name)
        return made

    @property
    def queue(self) -> list[str]:
        """The messages that wait."""
        return [path.name.removesuffix("-H") for path in sorted((self.folder / "spool/input").glob("*-H"))]


@contextmanager
def site(how: str) -> Iterator[Site]:
    """Such a site in a folder that all users can get to, unlike those of pytest."""
    folder = Path(tempfile.mkdtemp(prefix="eximulate-", dir="/tmp"))
    try:
        yield Site(folder, how)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def receive(agent: Agent, text: bytes, recipient: str = "user@example.test") -> str:
    """Hand a message in, to wait on the spool: its name."""
    submission = Submission(agent.world.users.caller(), recipients=[recipient], is_trusted=True)
    taken = LocalReception(agent, submission, agent.context()).receive(text)
    assert taken is not None
    return taken.name


def in_child(work: Callable[[], object]) -> int:
    """Do work in a process of its own: how it ended, 0 or the number of a signal."""
    child = os.fork()
    if not child:
        try:
            work()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


class KilledAt:
    """Stands for the module ``os`` in the world's storage, and kills this process at one of its calls.

    With ``within`` half of the bytes of a write are written before.
    """

    def __init__(self, number: int, *, within: bool = False) -> None:
        self._left = number
        self._within = within

    def __getattr__(self, name: str) -> Any:
        found = getattr(os, name)
        if name not in CALLS:
            return found

        def call(*arguments: Any, **more: Any) -> Any:
            self._left -= 1
            if self._left:
                return found(*arguments, **more)
            if self._within and name == "write":
                found(arguments[0], arguments[1][: len(arguments[1]) // 2])
            os.kill(os.getpid(), signal.SIGKILL)
            raise AssertionError

        return call

    def take_effect(self) -> None:
        """From now on."""
        real_storage.os = self  # type: ignore[attr-defined]
