"""Files of redirections are handled as the user whose mail it is, where mail is delivered."""

from __future__ import annotations

import errno
from contextlib import nullcontext
from typing import TYPE_CHECKING

from drivers.api.routing import REPORT
from drivers.values import refusal

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from drivers.api.routing import Work
    from drivers.routers.finishing import Ids


def as_user(work: Work, runs_as: Ids) -> AbstractContextManager[None]:
    """For how long files are handled as the user whose data it is, in a delivery."""
    if REPORT not in work.ctx.state or runs_as.uid is None:
        return nullcontext()
    return work.ctx.world.storage.acting_as(runs_as.uid, runs_as.gid or 0)


def reason_of(work: Work, number: int | None) -> str:
    """The words of the system, and who it is that may not use a file."""
    acting = work.ctx.world.storage.acting if REPORT in work.ctx.state else None
    return refusal.words_for(number or errno.EIO, acting)
