"""What conditions, modifiers and controls of ACLs see of the statement that they stand in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from drivers.api.protocols import Context

OK, FAIL, DEFER, DISCARD, DROP, ERROR = "OK", "FAIL", "DEFER", "DISCARD", "FAIL_DROP", "ERROR"
"""What comes of an ACL, of a statement and of a condition (which never gives `DISCARD` or `DROP`)."""

GAP = "\0"
"""Stands for a part of a text that is not known, where values are looked at before they are expanded."""

DELAYS_SKIPPED = "delays skipped"
"""Under this name the state says that nobody waits, as in tests of sessions."""


class AclProblem(Exception):
    """A word of an ACL that cannot be carried out.

    ``word`` is `ERROR` or `DEFER`, ``log_message`` what the log says (for `ERROR`: why), ``message`` what
    the client is told, "" for Exim's usual words.
    """

    def __init__(self, log_message: str, word: str = ERROR, message: str = "") -> None:
        super().__init__(log_message)
        self.word = word
        self.log_message = log_message
        self.message = message


class Acl(Protocol):
    """The run of an ACL at the statement in hand.

    ``where`` is the phase as in `drivers.acl.declare.PHASES` ("rcpt", "data", "unknown" outside of all);
    ``message`` and ``log_message`` are what the word in hand leaves for the client and for the log, ""
    for nothing: a condition may set them whatever its outcome. ``transaction`` is what controls
    act on: the SMTP session or the message at hand, None in an expansion outside of both. ``phase`` is what
    messages call the phase.
    """

    ctx: Context
    where: str
    message: str
    log_message: str
    transaction: Any

    @property
    def phase(self) -> str:
        """What messages call the phase."""

    def debug(self, text: str) -> None:
        """A line of what is told of the work, indented by how deep ACLs are nested."""
