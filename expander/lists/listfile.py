"""The elements of a list that stand in a file."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from drivers.api.errors import Fatal
from drivers.api.text import SPACE, from_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lists.subject import Subject

WITH_LOCAL_PARTS = frozenset({"address", "localpart"})


def lines_of(subject: Subject, element: str, path: str, whole: str) -> Iterator[str]:
    """The elements in a file, one on each line; comments begin with a hash sign.

    A directory is a file without lines. Where local parts are matched, which may hold that sign, a comment
    begins only at the start of a line or after white space. Raises `Fatal` for a file that cannot be read.
    ``whole`` is what the message shows as the list.
    """
    try:
        if subject.tainted:
            subject.ctx.log(f"Tainted filename '{path}'", panic=True)
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        text = from_bytes(subject.ctx.world.files.read(path))
    except IsADirectoryError:
        return  # it can be opened, and reading gives nothing
    except OSError as error:
        from drivers.values import refusal

        reason = refusal.words(error.errno or errno.EIO)
        raise Fatal(f"failed to open {element} when checking {whole}: {reason}") from error
    for line in text.split("\n"):
        body = line
        at = line.find("#")
        while at >= 0:
            if at == 0 or subject.kind not in WITH_LOCAL_PARTS or line[at - 1] in SPACE:
                body = line[:at]
                break
            at = line.find("#", at + 1)
        body = body.strip(SPACE)
        if body:
            yield body
