"""Alias and forward files that are odd, large or wrong, and loops: the installed Exim says the same."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from real_exim import PROGRAM

pytestmark = pytest.mark.exim

CONFIG = """\
primary_hostname = mail.example.test
qualify_domain = example.test
keep_environment =
spool_directory = @DIR@/spool
log_file_path = @DIR@/log/%slog
begin routers
files:
  driver = redirect
  domains = files.test
  local_parts = dsearch;@DIR@/lists
  file = @DIR@/lists/$local_part_data
  allow_fail
  modemask = 022
alias:
  driver = redirect
  domains = loop.test
  data = ${lookup{$local_part}lsearch{@DIR@/aliases}}
skip:
  driver = redirect
  domains = skip.test
  file = @DIR@/lists/bad
  skip_syntax_errors
all:
  driver = accept
  domains = example.test : far.test : loop.test
  transport = t
begin transports
t:
  driver = smtp
"""
LISTS = {
    "bad": 'a@far.test\nb@@far.test\n<c@far.test\nd e@far.test\n"x"y@far.test\n@far.test\n',
    "onlybad": "b@@far.test\n",
    "missing-include": ":include:/nowhere/at/all\n",
    "folder-include": ":include:@DIR@\n",
    "empty": "",
    "comment": "# nothing\n",
    "defer": ":defer: later\n",
    "fail": ":fail:\n",
    "blackhole": ":blackhole:\n",
    "quoted": '"a b"@far.test\n',
    "source-route": "@one,@two:a@far.test\n",
    "nul": "a@far.test\n\0b@far.test\n",
    "long": f"{'a' * 3000}@far.test\n",
    "crlf": "a@far.test\r\nb@far.test\r\n",
    "commas": "a@far.test,,b@far.test,\n,c\n",
    "pipe": "|/bin/x\n",
    "file": "/var/x\n",
    "high": "\xe4@far.test\n",
    "many": "".join(f"user{number}@far.test\n" for number in range(10_000)),
    "writable": "a@far.test\n",
}
ALIASES = "a: b@loop.test\nb: a@loop.test\nc: c@loop.test\nd: d@loop.test, e\ne: \\e\n" + "".join(
    f"x{number}: x{number + 1}@loop.test\n" for number in range(130)
)
ADDRESSES = [
    *(f"{name}@files.test" for name in (*LISTS, "nowhere")),
    *(f"{name}@loop.test" for name in ("a", "b", "c", "d", "e", "x0", "x20", "x28", "x29", "x30", "x100")),
    "x@skip.test",
]
TIME = re.compile(r"(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as name:
        directory = Path(name)
        directory.chmod(0o755)
        for inner in ("spool", "log", "lists"):
            (directory / inner).mkdir()
            (directory / inner).chmod(0o777 if inner != "lists" else 0o755)
        for file, text in LISTS.items():
            (directory / "lists" / file).write_bytes(text.replace("@DIR@", name).encode("latin-1"))
            (directory / "lists" / file).chmod(0o666 if file == "writable" else 0o644)
        (directory / "aliases").write_text(ALIASES)
        (directory / "exim.conf").write_text(CONFIG.replace("@DIR@", name))
        yield directory


@pytest.mark.parametrize("mode", [["-bt"], ["-bv"], ["-bvs"], ["-v", "-bv"]], ids=" ".join)
def test_odd_lists_and_loops(folder: Path, mode: list[str]) -> None:
    assert PROGRAM is not None
    environment = {"PATH": os.environ["PATH"], "EXIMULATE_PROFILE": "debian-12"}
    data = "".join(f"{address}\n" for address in ADDRESSES).encode()

    def answers(command: list[str]) -> tuple[str, str, int]:
        done = subprocess.run(
            [*command, "-C", str(folder / "exim.conf"), *mode],
            input=data, capture_output=True, check=False, env=environment, timeout=120,
        )  # fmt: skip
        told = TIME.sub("", done.stderr.decode("latin-1"))
        return done.stdout.decode("latin-1"), told, done.returncode

    assert answers([sys.executable, "-m", "expander"]) == answers([PROGRAM])
