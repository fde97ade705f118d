"""``-bs`` and ``-bS``: SMTP on standard input, from a user of this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Fatal, Unsupported
from drivers.authenticators.exchange import FIXED
from expander.cli import errors
from expander.cli.batch import Batch, BatchError
from expander.cli.console import STDOUT, Input, SilenceError, complain
from expander.cli.prodding import Prods
from expander.cli.receive import agent_of, hand_over, submission_of
from expander.reception.smtp import LocalSmtp
from expander.session import timeouts
from expander.session.machine import CHUNK, LINES, TLS, Session

if TYPE_CHECKING:
    from expander.cli.start import Run
    from expander.queue.agent import Agent

AT_ONCE = 1 << 16


def run(run: Run) -> int:
    """Hold a session: the exit status."""
    agent = agent_of(run)
    context = agent.context()
    context.tell_checks = None
    batch = Batch() if "bS" in run.options.modes else None
    if run.world.virtual.harness:
        context.state[FIXED] = True
    session = Session(context, STDOUT.write if batch is None else batch.reply)
    session.is_batch = batch is not None
    local = LocalSmtp(agent, submission_of(run), session)
    session.flush_with = lambda _control: STDOUT.flush()
    prods = Prods(agent)
    session.prod_with = prods.add
    local.begin()
    source = Input(before_waiting=STDOUT)
    try:
        if batch is None:
            session.start()
        else:
            batch.start(session)
        if session.closed:
            return 0
        if not context.facts.get("sender_host_address"):
            session.takes_unqualified_senders = run.options.qualifies
            session.takes_unqualified_recipients = run.options.qualifies
        status = _converse(run, local, batch, source)
        if status:
            return status
    except BatchError as problem:
        STDOUT.write(problem.text)
        STDOUT.flush()
        complain(problem.explained)
        return 1 if problem.received else 2
    except Unsupported as problem:
        STDOUT.flush()
        complain(f"eximulate: {problem.message}\n")
        return errors.FAILURE
    except Fatal as problem:
        name = session.message_id
        agent.logs.both(f"{name} {problem.message}" if name else problem.message)
        if batch is None:
            session.reception, session.wants = None, "command"
            session.close_down("Unexpected failure, please try later")
            _converse(run, local, None, source)
        return errors.FAILURE
    STDOUT.flush()
    prods.run()  # nobody is to wait for what they do
    return 0 if session.ends_well or batch is not None else errors.FAILURE


def _converse(run: Run, local: LocalSmtp, batch: Batch | None, source: Input) -> int:
    """Talk until the session is over, or a message has failed that its caller waits for: the exit status."""
    session = local.session
    given = run.options.smtp_patience
    source.patience = timeouts.patience(session) if given is None else given
    while not session.closed:
        try:
            piece = _next(session, source)
        except SilenceError:
            session.timed_out()
            if batch is not None:
                batch.times_out()
                batch.check()
            return 0
        is_command = session.wants == "command"
        if is_command and piece and not piece.endswith(b"\n") and len(piece) < session.longest_piece:
            piece = None  # a command that does not end is not heard
        if batch is not None and piece and is_command:
            batch.took(piece)
        if session.wants == TLS:
            session.tls_failed()
        elif not piece:
            if batch is not None and is_command:
                return 0
            if batch is not None:
                batch.ends()
            session.lost()
        elif session.wants == LINES:
            _take_text(session, source, batch, piece)
        else:
            (session.command if is_command else session.data)(piece)
        if batch is not None:
            batch.check()
            if local.arrived:
                batch.received += len(local.arrived)
                batch.started = batch.lines
        if not is_command and session.wants == "command":
            session.message_id = ""
        if local.arrived:
            names, local.arrived = local.arrived, []
            if not _waits(local.agent, session, names) and (status := hand_over(run, local.agent, names)):
                return status
    return 0


def _take_text(session: Session, source: Input, batch: Batch | None, data: bytes) -> None:
    """Let a session take of a message what belongs to it; the rest comes again."""
    reception = session.reception
    rest = session.text(data)
    source.give_back(len(rest))
    if batch is not None and reception is not None:
        batch.took_text(data[: len(data) - len(rest)], reception)


def _waits(agent: Agent, session: Session, names: list[str]) -> bool:
    """True if messages wait for a queue run because a client has sent many: that is logged."""
    most = session.number("smtp_accept_queue_per_connection")
    if not 0 < most < session.mails:
        return False
    for name in names:
        line = f"{name} no immediate delivery: more than {most} messages received in one connection"
        agent.logs.main(line, selector="delay_delivery")
    return True


def _next(session: Session, source: Input) -> bytes | None:
    """What comes next, as much as the session takes at once. Raises `SilenceError`."""
    if session.wants in {CHUNK, LINES}:
        return source.take(session.wanted_bytes if session.wants == CHUNK else AT_ONCE)
    return source.line(session.longest_piece)
