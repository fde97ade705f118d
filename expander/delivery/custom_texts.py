"""The files that ``bounce_message_file`` and ``warn_message_file`` name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import EximError
from drivers.api.text import from_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from expander.delivery.deliver import Delivery

SEPARATOR = "****"


def texts(delivery: Delivery, path: str, names: Sequence[str]) -> dict[str, str]:
    """The items of a file by their names; what is missing, empty or cannot be expanded is left out."""
    ctx = delivery.ctx
    try:
        text = from_bytes(ctx.world.files.read(ctx.expand(path)))
    except OSError as problem:
        ctx.log(f"Failed to open {path} for error message texts: {problem.strerror}", panic=True)
        return {}
    except EximError as problem:
        ctx.log(f"Failed to expand {path}: {problem.message}", panic=True)
        return {}
    items = [""]
    for line in text.splitlines(keepends=True):
        if line.startswith(SEPARATOR):
            items.append("")
        else:
            items[-1] += line
    found = {}
    for name, item in zip(names, items, strict=False):
        try:
            found[name] = ctx.expand(item)
        except EximError as problem:
            what = f"Failed to expand string from bounce_message_file or warn_message_file ({name})"
            ctx.log(f"{what}: {problem.message}", panic=True)
    return found
