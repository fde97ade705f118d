"""Puts recorded scenarios together to a file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

MOST_LEFT = 20


def head(config: str, output: Path | None, profile: str, macros: Mapping[str, str], source: str) -> list[str]:
    """The first lines of a file: where it comes from, and what its scenarios have in common.

    The configuration is named from where the file lies; without one from the current folder.
    """
    folder = output.absolute().parent if output is not None else os.getcwd()  # noqa: PTH109 - a text is wanted
    named = os.path.relpath(config, folder)
    lines = [f"# Recorded from {source}.", "", f'config "{named}"' if " " in named else f"config {named}"]
    lines.append(f"profile {profile}")
    lines += [f"macro {name}={value}" for name, value in macros.items()]
    return [*lines, ""]


def left_out(lines: Iterable[str]) -> list[str]:
    """Comments that tell of what nothing was made."""
    told = list(lines)
    if not told:
        return []
    shown = [f"#   {line}" for line in told[:MOST_LEFT]]
    more = [f"#   and {len(told) - MOST_LEFT} more"] if len(told) > MOST_LEFT else []
    return ["# Nothing was made of these lines:", *shown, *more]
