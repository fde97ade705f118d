"""The part of a message that the ACL for MIME parts looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.record import State

if TYPE_CHECKING:
    from drivers.api.protocols import Context

KEPT = "mime part"
"""Under this name the state has the part at hand, None outside of the ACL."""


class MimePart(State):
    """A part: the message as in a mailbox, the place where its contents begin, and the boundary they end at.

    ``boundary`` is None for what goes on to the end.
    """

    data: str
    position: int
    boundary: str | None


def part_at_hand(ctx: Context) -> MimePart | None:
    """The part that the ACL looks at, None where none is looked at."""
    found: MimePart | None = ctx.state.get(KEPT)
    return found
