"""Shell completion and the manual page: made from the arguments that the verbs really take."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from expander import manpage
from expander.cli import parsers
from expander.cli.verbs import VERBS


def _script(shell: str) -> str:
    argv = [sys.executable, "-m", "expander", "completion", shell]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout


def _completed(*words: str) -> list[str]:
    quoted = " ".join(f"'{word}'" for word in words)
    lines = f"COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; _eximulate"
    lines += "; printf '%s\\n' \"${COMPREPLY[@]}\""
    argv = ["groff", "-man", "-Tascii", "-ww", "-z"]
    done = subprocess.run(argv, input=manpage.page(), capture_output=True, text=True, check=True)
    assert done.stderr == ""
