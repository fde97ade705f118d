"""SPF: the real Exim, with libspf2, asks a name server about what the unit tests have in memory."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from dns_server import NameServer
from expander.world.memory import MemoryWorld
from real_exim import PROGRAM
from spf_cases import QUESTIONS, ZONES

pytestmark = pytest.mark.exim

SERVER = ("127.0.0.53", 53)
ENTER = 'mount --bind "$0" /etc/resolv.conf && exec "$@"'


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder with a configuration and the settings of the resolver, while a server answers."""
    (tmp_path / "conf").write_text("keep_environment =\nprimary_hostname = mx.test\n")
    settings = tmp_path / "resolv.conf"
    settings.write_text(f"nameserver {SERVER[0]}\noptions timeout:1 attempts:1\n")
    can = subprocess.run(["unshare", "-m", "sh", "-c", ENTER, str(settings), "true"], check=False)
    if can.returncode:
        pytest.skip("the settings of the resolver cannot be changed here")
    try:
        with NameServer(MemoryWorld(zones=ZONES).dns, SERVER):  # type: ignore[arg-type]
            yield tmp_path
    except OSError as problem:
        pytest.skip(f"no name server can be run here: {problem}")


def test_the_library_gives_these_results(folder: Path) -> None:
    assert PROGRAM is not None
    texts = [f"${{lookup{{{sender}}}spf{{{client}}}}}" for sender, client, _, _ in QUESTIONS]
    inside = [PROGRAM, "-C", str(folder / "conf"), "-be"]
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", ENTER, str(folder / "resolv.conf"), *inside],
        env={"PATH": os.environ["PATH"]},
        input="\n".join(texts),
        capture_output=True,
        text=True,
        check=False,
    )
    answers = done.stdout.removeprefix("> ").split("\n> ")
    wrong = [
        (sender, client, library, answer)
        for (sender, client, _, library), answer in zip(QUESTIONS, answers, strict=False)
        if library != answer.strip()
    ]
    assert not wrong
