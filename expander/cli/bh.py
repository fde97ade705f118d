"""``-bh`` and ``-bhc``: an SMTP session on standard input and output, as if from a given host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Fatal, Unsupported
from drivers.api.text import Tainted
from drivers.authenticators.exchange import FIXED
from drivers.values import hostport
from drivers.values.findhost import DEFERRED
from drivers.values.hints import KEPT
from drivers.values.telling import margin
from expander.acl.run import LEVEL, OMITTED
from expander.cli import errors
from expander.cli.console import STDOUT, Input, SilenceError, complain
from expander.cli.errors import CommandLineError
from expander.hints import SpoolHints
from expander.session import timeouts
from expander.session.client import set_own_address, set_peer
from expander.session.greeting import set_active_hostname
from expander.session.machine import CHUNK, LINES, TLS, Session

if TYPE_CHECKING:
    from expander.cli.start import Run
    from expander.expand.context import Context

LONGEST_LINE = 1 << 20
LONGEST_TOLD, CUT_OFF = 2045, 2001
"""So long is what is told of the work at most; what is longer is cut to the other length."""

TOO_LONG = "**** debug string too long - truncated ****\n"
_GREETING = (
    "\n**** SMTP testing session as if from host {}\n"
    "**** but without any ident (RFC 1413) callback.\n"
    "**** This is not for real!\n\n"
)


def run(run: Run) -> int:
    """Hold a session: the exit status. Raises `CommandLineError` for what is no address."""
    modes = run.options.modes
    given = modes.get("bh") or modes.get("bhc") or ""
    if hostport.parse(given) is None:
        raise CommandLineError(f'exim abandoned: "{given}" is not an IP address\n')
    context = run.expander().context
    address = set_peer(context, given, ident=run.options.told.get("oMt", ""))
    set_own_address(context, run.options.told.get("oMi", ""))
    _set_sender(context, run)
    stamp = run.config.stamp
    context.log_with = lambda text, _panic: _tell(errors.in_session(text, stamp))
    try:
        set_active_hostname(context)
    except Fatal as problem:
        context.log(problem.message)
        return errors.FAILURE
    context.debug_with = lambda text: _tell(_told(context, text))
    context.tell_checks = context.debug_with
    context.state[OMITTED] = "bhc" not in modes
    STDOUT.write(_GREETING.format(address))
    spool = str(context.options.get("spool_directory") or "")
    context.state[KEPT] = SpoolHints(context.world.files, f"{spool}/db")
    if run.world.virtual.harness:
        context.state[FIXED] = True
        context.state[DEFERRED] = {"99.99.99.99"}
    session = Session(context, STDOUT.write, is_test=True)
    session.flush_with = lambda _control: STDOUT.flush()
    try:
        is_heard = _converse(session, run.options.smtp_patience)
    except Unsupported as problem:
        STDOUT.flush()
        complain(f"eximulate: {problem.message}\n")
        return errors.FAILURE
    except Fatal as problem:
        context.log(problem.message)
        return errors.FAILURE
    return 0 if is_heard else errors.FAILURE


def _set_sender(context: Context, run: Run) -> None:
    """Who the caller is and who ``-oM...`` says has sent what comes; of that, the session forgets a part."""
    facts, told = context.facts, run.options.told
    facts["sender_address"] = f"{run.caller.login}@{context.options['qualify_domain'] or ''}"
    for option, fact in (("oMai", "authenticated_id"), ("oMas", "authenticated_sender")):
        facts[fact] = Tainted(told[option]) if told.get(option) else ""


def _converse(session: Session, patience: float | None = None) -> bool:
    """Hold the session; false if it ends because nothing comes for too long."""
    source = Input(before_waiting=STDOUT)
    session.start()
    source.patience = timeouts.patience(session) if patience is None else patience
    try:
        _go_on(session, source)
    except SilenceError:
        session.timed_out()
        return False
    return True


def _go_on(session: Session, source: Input) -> None:
    while not session.closed:
        if session.wants == CHUNK:
            piece: bytes | None = source.take(session.wanted_bytes)
        else:
            longest = LONGEST_LINE if session.wants == LINES else session.longest_piece
            piece = source.line(longest)
            is_whole = piece is not None and (piece.endswith(b"\n") or len(piece) >= longest)
            if not is_whole:
                if piece and session.wants == LINES:
                    session.text(piece)
                piece = None  # a command that does not end is not heard
        if session.wants == TLS:
            session.tls_failed()  # nobody here can go on with that
        elif not piece:
            session.lost()
        elif session.wants == "command":
            session.command(piece)
            if session.drops_input:
                source.drop()
                session.drops_input = False
        elif session.wants == LINES:
            session.text(piece)
        else:
            session.data(piece)


def _told(context: Context, text: str) -> str:
    """What is told of the work: the deeper in ACLs and expansions, the further to the right."""
    indent = margin(context.state.get(LEVEL, 0) + context.depth)
    first, *further = text.split("\n")
    return _line(f">>> {indent}{first}") + "".join(_line(f">>> {one}") for one in further)


def _line(text: str) -> str:
    """A line as it fits into Exim's buffer."""
    return f"{text}\n" if len(text) <= LONGEST_TOLD else f"{text[:CUT_OFF]}\n{TOO_LONG}"


def _tell(text: str) -> None:
    STDOUT.flush()
    complain(text)
