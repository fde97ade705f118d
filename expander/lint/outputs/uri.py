"""Paths of files as SARIF refers to them."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from urllib.parse import quote

BASE = "SRCROOT"


def uri_of(path: str) -> dict[str, str]:
    """The location of a file: relative to the current directory where it lies below, else absolute."""
    if path.startswith("<"):
        return {"uri": quote(path.strip("<>"))}
    pure = PurePosixPath(path)
    if not pure.is_absolute():
        pure = PurePosixPath(Path.cwd().as_posix()) / pure
    try:
        relative = pure.relative_to(Path.cwd().as_posix())
    except ValueError:
        return {"uri": f"file://{quote(str(pure))}"}
    if ".." in relative.parts:
        return {"uri": f"file://{quote(str(pure))}"}
    return {"uri": quote(str(relative)), "uriBaseId": BASE}
