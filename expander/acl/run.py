"""The run of an ACL: what its statements and their words share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from drivers.acl.declare import PHASES
from drivers.api.answer import SEARCH_MESSAGE
from drivers.values.telling import margin, tell_leftmost
from grammar.record import State

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from expander.acl.clauses import Done
    from expander.acl.statements import AclText
    from expander.expand.context import Context
    from grammar.ast.config import Statement

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

OMITTED = "callouts omitted"
"""Under this name the state says that callouts are left out, as in tests of sessions."""

LEVEL = "acl level"
"""Under this name the state has how deep ACLs are nested."""


class Decided(NamedTuple):
    """What has decided: an ACL, its statement, and the words of that up to the last that counted.

    ``acl`` is what the trace calls the ACL, ``statement`` None where it came to its end; ``is_from_config``
    is false for ACLs from files and texts, whose lines are numbered from two above them.
    """

    acl: str
    statement: Statement | None
    tested: Sequence[Done] = ()
    is_from_config: bool = True


class AclResult(NamedTuple):
    """What an ACL decides: a word of `drivers.api.acl`, and the messages for the client and the log.

    ``is_detailed`` tells that the client may be told the message of a deferral, ``log_targets`` which logs
    a refusal is written to, ``decided`` what has decided, None where there was no statement to do so.
    """

    word: str
    message: str = ""
    log_message: str = ""
    is_detailed: bool = False
    log_targets: tuple[str, ...] = REFUSAL_LOGS
    decided: Decided | None = None


def is_plain(ctx: Context) -> bool:
    """True if nobody looks on in a context, whose options are those of the configuration."""
    if ctx.tell_checks is not None or ctx.trace is not None or ctx.narrator is not None:
        return False
    return ctx.config is not None and ctx.options is ctx.config.options and ctx.mode.cover is None


class Run(State):
    """The ACL of a phase while it runs, with those that it calls; see `drivers.api.acl.Acl`.

    ``run_text`` runs another ACL within this one, ``run_known`` one of the configuration at which nobody
    looks. ``is_detailed``, ``log_targets`` and ``decided`` are as in
    `AclResult`; ``argument`` is the value of the word that was carried out last. ``traced`` says that
    somebody wants to be told of the work, ``is_plain`` that nobody looks on, with the options of the
    configuration, ``says_nothing`` that an error is logged without words, ``is_expanded`` that an expansion
    has begun it, for which letters of local parts are small.
    """

    ctx: Context
    where: str
    run_text: Callable[[Run, str], str]
    transaction: Any = None
    message: str = ""
    log_message: str = ""
    is_detailed: bool = False
    log_targets: tuple[str, ...] = REFUSAL_LOGS
    decided: Decided | None = None
    argument: str = ""
    traced: bool = False
    says_nothing: bool = False
    is_plain: bool = False
    is_expanded: bool = False
    run_known: Callable[[Run, AclText], str] | None = None

    @property
    def phase(self) -> str:
        """What messages call the phase."""
        return PHASE_NAMES[self.where]

    def debug(self, text: str) -> None:
        """A line of what is told of the work."""
        if self.traced:
            self.ctx.debug(text)

    @property
    def margin(self) -> str:
        """What lines are indented with where they are told."""
        return margin(self.ctx.state.get(LEVEL, 0) + self.ctx.depth)

    def debug_leftmost(self, text: str) -> None:
        """The same for what is not indented by what it is part of."""
        if self.traced:
            tell_leftmost(self.ctx, self.ctx.debug, text)


def begin(run: Run) -> None:
    """A statement begins: what those before have said is no matter."""
    run.message = run.log_message = ""
    run.is_detailed = False
    run.ctx.facts["acl_verify_message"] = ""
    run.ctx.state.pop(SEARCH_MESSAGE, None)


def not_bound(_run: Run) -> None:
    """Conditions of which nothing is known beforehand are carried out."""


def not_yet(_run: Run) -> None:
    """The same as long as a list was not compiled, or another ACL has not run."""
