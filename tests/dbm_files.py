"""Writing Berkeley DB files with the programs that administrators use."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin"
DBMBUILD = shutil.which("exim_dbmbuild", path=_PATH)
LOAD = shutil.which("db5.3_load", path=_PATH)


def built(path: Path, lines: str, *options: str) -> Path:
    """A file that ``exim_dbmbuild`` makes of lines such as lsearch reads."""
    assert DBMBUILD is not None
    source = path.with_suffix(".src")
    source.write_bytes(lines.encode("latin-1"))
    subprocess.run([DBMBUILD, *options, source, path], check=False, capture_output=True, timeout=60)
    return path


def loaded(
    path: Path, pairs: Iterable[tuple[bytes, bytes]], *, kind: str = "hash", settings: Iterable[str] = ()
) -> Path:
    """A file that ``db5.3_load`` makes of keys and values; ``settings`` are lines of its head."""
    assert LOAD is not None
    head = ["VERSION=3", "format=bytevalue", f"type={kind}", *settings, "HEADER=END"]
    lines = [f" {part.hex()}" for pair in pairs for part in pair]
    path.unlink(missing_ok=True)
    text = "\n".join([*head, *lines, "DATA=END", ""])
    subprocess.run([LOAD, path], input=text.encode("ascii"), check=True, capture_output=True, timeout=60)
    return path
