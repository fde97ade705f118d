"""The file that ``bounce_message_file`` names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import EximError
from drivers.api.text import from_bytes

if TYPE_CHECKING:
    from expander.delivery.deliver import Delivery

SEPARATOR = "****\n"


def bounce_texts(delivery: Delivery, path: str) -> dict[str, str]:
    """The parts of a file for bounces by name: "subject", "intro", "after"; what is empty is the usual."""
    return dict(zip(("subject", "intro", "after"), _parts(delivery, path), strict=False))


def _parts(delivery: Delivery, path: str) -> list[str]:
    ctx = delivery.ctx
    try:
        text = from_bytes(ctx.world.files.read(ctx.expand(path)))
    except (OSError, EximError) as problem:
        ctx.log(f"Failed to open {path} for error message texts: {problem}", panic=True)
        return []
    parts = [""]
    for line in text.splitlines(keepends=True):
        if line.startswith(SEPARATOR[:4]):
            parts.append("")
        else:
            parts[-1] += line
    found = []
    for number, part in enumerate(parts):
        try:
            value = ctx.expand(part)
        except EximError as problem:
            ctx.log(f"Failed to expand an item of {path}: {problem.message}", panic=True)
            value = ""
        if number == 0:
            value = value.removeprefix("Subject:").strip(" \n")
        found.append(value)
    return found
