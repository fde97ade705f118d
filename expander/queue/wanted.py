"""What is asked of a queue run."""

from __future__ import annotations

from grammar.record import Record


class Wanted(Record):
    """What a queue run is to do.

    ``flags`` are those of ``-q`` (``q``, ``i``, ``f``, ``ff``, ``l``) in their order; ``recipient`` and
    ``sender`` are the texts of ``-R`` and ``-S``, None without them, which can be patterns; ``first`` and
    ``last`` are the messages between which it goes.
    """

    flags: str = ""
    recipient: str | None = None
    sender: str | None = None
    recipient_is_pattern: bool = False
    sender_is_pattern: bool = False
    first: str = ""
    last: str = ""

    def shown(self, pid: int) -> str:
        """What the log says of it."""
        text = f"pid={pid}"
        if self.flags:
            text += f" -q{self.flags}"
        for letter, value, is_pattern in (
            ("R", self.recipient, self.recipient_is_pattern),
            ("S", self.sender, self.sender_is_pattern),
        ):
            if value is not None:
                text += f" -{letter}{'r' if is_pattern else ''} {value}"
        return text

    @property
    def is_forced(self) -> bool:
        """True if retry times never count."""
        return "f" in self.flags

    @property
    def selects(self) -> bool:
        """True if messages are asked for by their addresses; the first of them is tried at any time."""
        return self.recipient is not None or self.sender is not None

    @property
    def thaws(self) -> bool:
        """True if frozen messages are tried as well."""
        return "ff" in self.flags
