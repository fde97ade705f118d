"""The size limit of messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.values.integer import parse

if TYPE_CHECKING:
    from expander.session.machine import Session


def size_limit(session: Session) -> int:
    """How many bytes a message may have, 0 for no limit. Raises ``Failed`` for text that is no number."""
    return parse(session.option("message_size_limit"))
