"""Sessions that programs hold go as those of ``-bh``, also where lists remember what others have asked."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from drivers.api.errors import Unsupported
from expander import configuration
from expander.config.model import LoadError
from expander.session.verdict import Replies
from expander.world.real import RealWorld
from lines.sessions import FILES, Maker

COUNT = int(os.environ.get("PROGRAM_SESSIONS", "8"))
CLIENTS = ("192.0.2.1", "2001:db8::1", "192.0.2.1")
MOST_REPAIRS = 60
REMARK = "\n**** SMTP testing: that is not a real message id!\n\n"
GREETING_END = "This is not for real!\n\n"
_NAME = re.compile(r"\b[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}\b")
_DIFFERS = re.compile(
    r"\b[A-Z][a-z]{2}, \d\d? [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [-+]\d{4}|unlinking '.*'| D=\d+s"
)
_LOGGED = re.compile(r"^LOG: (.*(?:\n(?!>>> |LOG: ).*)*)", re.MULTILINE)

Seen = tuple[list[tuple[int, tuple[str, ...]]], list[str]]


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def _loaded(text: str, path: Path) -> configuration.Configuration | None:
    """The configuration without the lines over which it would not be loaded."""
    for _ in range(MOST_REPAIRS):
        path.write_bytes(text.encode("latin-1"))
        try:
            return configuration.load(path, profile="debian-12", world=RealWorld())
        except LoadError as problem:
            found = re.search(r"rror in line (\d+) of", str(problem))
            if found is None:
                return None
            lines = text.splitlines(keepends=True)
            del lines[int(found[1]) - 1]
            text = "".join(lines)
    return None


def _plain(text: str) -> str:
    """A line without what is another one in each run, and without the name of a message before it."""
    return _DIFFERS.sub("", _NAME.sub("NAME", text)).removeprefix("NAME ").removesuffix("\n")


def _with_bh(path: Path, client: str, data: bytes) -> Seen:
    """What the client was told and what was logged with the mode ``-bh``."""
    done = subprocess.run(
        [sys.executable, "-m", "expander", "-C", str(path), "-bh", client],
        input=data,
        capture_output=True,
        check=False,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "EXIMULATE_PROFILE": "debian-12", "TZ": "UTC"},
        timeout=120,
    )
    said, told = done.stdout.decode("latin-1"), done.stderr.decode("latin-1")
    replies = Replies()
    replies.take(said.partition(GREETING_END)[2].replace(REMARK, ""))
    return [(one.code, tuple(map(_plain, one.lines))) for one in replies.done], [
        _plain(line) for line in _LOGGED.findall(told)
    ]


def _by_program(loaded: configuration.Configuration, client: str, data: bytes) -> Seen:
    """The same of a session that a program holds, which begins with the caller's address as ``-bh`` does."""
    caller = f"root@{loaded.model.options['qualify_domain']}"
    session = loaded.session(client, facts={"sender_address": caller})
    session.send(data)
    if not session.closed:
        session.hang_up()
    replies = [(one.code, tuple(map(_plain, one.lines))) for one in session.replies]
    return replies, [_plain(line) for line in session.log]


@pytest.mark.parametrize("number", range(COUNT))
def test_a_session_goes_as_in_the_mode(number: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    made, path = Maker(f"program-{number}"), folder / "conf"
    loaded = _loaded(made.config().replace("@DIR@", str(folder)), path)
    if loaded is None:
        return
    for client in CLIENTS:
        shutil.rmtree(folder / "spool", ignore_errors=True)
        (folder / "spool").mkdir()
        data = made.conversation()
        try:
            ours = _by_program(loaded, client, data)
        except Unsupported:
            continue
        assert ours == _with_bh(path, client, data)
