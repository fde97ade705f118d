"""What a start may load: most of what a short run of the command costs is its imports."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from architecture.modules import ROOT

SLOW = frozenset({
    "argparse", "asyncio", "dataclasses", "email", "hashlib", "inspect", "json", "logging", "pathlib",
    "socket", "ssl", "string", "subprocess", "tempfile", "threading", "zoneinfo",
    "cryptography", "dkim", "dns", "idna", "lark", "lmdb", "pcre2",
})  # fmt: skip
"""Modules whose import takes longer than that of ten of ours."""

PROGRAM = """
import sys
from re import _compiler
compiled, real = [], _compiler.compile
def counted(*given):
    compiled.append(given[0])
    return real(*given)
_compiler.compile = counted
from expander.cli.main import run
run(sys.argv[1:])
print(len(compiled), *sys.modules, file=sys.stderr)
"""
CONFIG = """\
primary_hostname = mail.example
keep_environment =
begin acl
check:
  accept hosts = 127.0.0.1
"""
MODES = {
    "-be": (["${strlen:x}"], 110, 32),
    "-bV": ([], 84, 25),
    "-bP": (["primary_hostname"], 84, 25),
    "-bh": (["127.0.0.1"], 217, 40),
}
"""For each mode its arguments, and how many modules of ours it loads and patterns it compiles at most."""


def loaded(folder: Path, arguments: Sequence[str]) -> tuple[set[str], int]:
    """The modules that a run of the command has loaded, and how many patterns it has compiled."""
    config = folder / "exim.conf"
    config.write_text(CONFIG, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "-C", str(config), *arguments],
        capture_output=True,
        input=b"QUIT\r\n",
        check=True,
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "EXIMULATE_PROFILE": "debian-12"},  # no HOME: nothing is kept anywhere
    )
    compiled, *modules = done.stderr.decode().splitlines()[-1].split()
    return set(modules), int(compiled)


@pytest.mark.parametrize("mode", MODES)
def test_a_mode_loads_little(tmp_path: Path, mode: str) -> None:
    arguments, most, patterns = MODES[mode]
    modules, compiled = loaded(tmp_path, [mode, *arguments])
    assert not SLOW & modules
    ours = {name for name in modules if name.partition(".")[0] in {"grammar", "drivers", "expander"}}
    assert len(ours) <= most, len(ours)
    assert compiled <= patterns, compiled
