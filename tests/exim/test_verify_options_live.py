"""What each option of ``verify`` changes, it changes in the same way for the real Exim."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from shutil import rmtree

import pytest

from expander.acl.verify_words import ADDRESS_WORDS, CALLOUT_WORDS
from real_exim import PROGRAM
from smtp_peer import smtp_peer
from verify_effects import ELSEWHERE, OPTIONS, OptionEffect

pytestmark = [pytest.mark.exim, pytest.mark.skipif(not PROGRAM, reason="no Exim is installed")]
_CHANGING = re.compile(r"-\d{9,11}-testing|\b[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}\b")


@contextmanager
def full_port() -> Iterator[int]:
    """A port at which no further connection comes about."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.settimeout(0)
            with suppress(BlockingIOError):
                waiting.connect(listener.getsockname())
        yield listener.getsockname()[1]


def seen(command: list[str], folder: Path, effect: OptionEffect, *, with_option: bool) -> list[object]:
    """What the client sees, the log, what the other host hears, and how many seconds it takes."""
    rmtree(folder / "spool", ignore_errors=True)
    (folder / "spool").mkdir()
    (folder / "spool").chmod(0o777)
    with ExitStack() as stack:
        peer = stack.enter_context(smtp_peer(effect.replies))
        second = stack.enter_context(smtp_peer({}, peer.port, "127.0.0.2"))
        port = stack.enter_context(full_port()) if effect.is_full else peer.port
        config = effect.config(with_option=with_option)
        (folder / "conf").write_text(config.replace("@DIR@", str(folder)).replace("@PORT@", str(port)))
        started = time.monotonic()
        done = subprocess.run(
            [*command, "-C", str(folder / "conf"), "-bhc", "192.0.2.1"],
            input="".join(f"{line}\r\n" for line in effect.lines).encode(),
            capture_output=True,
            timeout=60,
            check=False,
            env={"PATH": "/usr/bin:/bin", "TZ": "UTC", "EXIMULATE_PROFILE": "debian-12", "PYTHONPATH": ROOT},
        )
        took = time.monotonic() - started
    told = [line for line in done.stderr.decode("latin-1").splitlines() if line.startswith("LOG:")]
    texts = [done.stdout.decode("latin-1"), *told, "", *peer.heard, "second", *second.heard]
    is_timed = {"...", "full"} & {*effect.replies.values(), "full" if effect.is_full else ""}
    return [*(_CHANGING.sub("#", text) for text in texts), round(took - 0.4) if is_timed else 0]


ROOT = str(Path(__file__).resolve().parents[2])


@pytest.mark.parametrize("name", OPTIONS)
def test_exim_sees_the_same_difference(name: str) -> None:
    assert PROGRAM is not None
    outcomes = []
    with tempfile.TemporaryDirectory(prefix="verify", dir="/tmp") as place:
        folder = Path(place)
        folder.chmod(0o777)
        for with_option in (True, False):
            ours, real = (
                seen(command, folder, OPTIONS[name], with_option=with_option)
                for command in ([sys.executable, "-m", "expander"], [PROGRAM])
            )
            assert ours == real
            outcomes.append(real)
    assert outcomes[0] != outcomes[1]


def test_each_option_has_its_effect_somewhere() -> None:
    of_callouts = (*CALLOUT_WORDS, "use_tptsender", "connect", "mailfrom", "maxwait", "postmaster_mailfrom")
    known = {*ADDRESS_WORDS, *(f"callout={word}" for word in of_callouts)}
    assert known <= {*OPTIONS, *ELSEWHERE}
