"""The run of an ACL: what its statements and their words share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from drivers.acl.declare import PHASES
from grammar.record import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from expander.expand.context import Context

NAMES = {
    "rcpt": "RCPT",
    "mail": "MAIL",
    "predata": "PREDATA",
    "mime": "MIME",
    "dkim": "DKIM",
    "data": "DATA",
    "prdr": "PRDR",
    "not_smtp": "non-SMTP",
    "auth": "AUTH",
    "connect": "connection",
    "etrn": "ETRN",
    "expn": "EXPN",
    "helo": "EHLO or HELO",
    "mailauth": "MAILAUTH",
    "not_smtp_start": "non-SMTP-start",
    "notquit": "NOTQUIT",
    "quit": "QUIT",
    "starttls": "STARTTLS",
    "vrfy": "VRFY",
    "delivery": "delivery",
    "unknown": "unknown",
}
"""What Exim's messages call the phases."""

PHASE_NAMES = {phase: NAMES.get(phase, phase.upper()) for phase in PHASES}


REFUSAL_LOGS = ("main", "reject")
"""The logs that a refusal is written to, if ``log_reject_target`` does not say otherwise."""

LEVEL = "acl level"
"""Under this name the state has how deep ACLs are nested."""


class AclResult(NamedTuple):
    """What an ACL decides: a word of `drivers.api.acl`, and the messages for the client and the log.

    ``is_detailed`` tells that the client may be told the message of a deferral, ``log_targets`` which logs
    a refusal is written to.
    """

    word: str
    message: str = ""
    log_message: str = ""
    is_detailed: bool = False
    log_targets: tuple[str, ...] = REFUSAL_LOGS


class Run(State):
    """The ACL of a phase while it runs, with those that it calls; see `drivers.api.acl.Acl`.

    ``run_text`` runs another ACL within this one. ``is_detailed`` and ``log_targets`` are as in `AclResult`.
    """

    ctx: Context
    where: str
    run_text: Callable[[Run, str], str]
    transaction: Any = None
    message: str = ""
    log_message: str = ""
    is_detailed: bool = False
    log_targets: tuple[str, ...] = REFUSAL_LOGS

    @property
    def phase(self) -> str:
        """What messages call the phase."""
        return PHASE_NAMES[self.where]

    @property
    def traced(self) -> bool:
        """True if anybody wants to be told of the work."""
        return self.ctx.debug_with is not None

    def debug(self, text: str) -> None:
        """A line of what is told of the work."""
        self.ctx.debug(text)
