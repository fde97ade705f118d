"""What is raised where a message that comes without SMTP is not taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

UNTOLD = "untold"
"""The kind of a refusal that nobody is told of."""


class RejectedError(Exception):
    """A message is not taken: ``kind`` says why, ``text`` is what the submitter is told.

    ``data`` is the message as far as it was read, ``bad`` are addresses with what is wrong with them. With
    ``is_partial`` there are others to go on with. ``limit`` is how large messages may be.
    """

    def __init__(
        self,
        kind: str,
        text: str = "",
        data: bytes = b"",
        bad: Sequence[tuple[str, str]] = (),
        *,
        is_partial: bool = False,
        limit: int = 0,
    ) -> None:
        super().__init__(text)
        self.is_partial = is_partial
        self.limit = limit
        self.kind = kind
        self.text = text
        self.data = data
        self.bad = list(bad)
