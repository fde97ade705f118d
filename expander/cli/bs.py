"""``-bs`` and ``-bS``: SMTP on standard input, from a user of this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Fatal, Unsupported
from drivers.authenticators.exchange import FIXED
from expander.cli import errors
from expander.cli.console import STDOUT, Input, SilenceError, complain
from expander.cli.receive import agent_of, hand_over, submission_of
from expander.reception.smtp import LocalSmtp
from expander.session import timeouts
from expander.session.machine import CHUNK, LINES, TLS, Session

if TYPE_CHECKING:
    from expander.cli.start import Run
    from expander.queue.agent import Agent

LONGEST_LINE = 1 << 20


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
    prods: list[tuple[str, list[str]]] = []
    session.prod_with = lambda command, words: prods.append((command, words))
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
        _converse(run, local, batch, source)
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
    for command, words in prods:  # nobody is to wait for what they do
        from expander.cli.prodding import prod

        STDOUT.flush()
        prod(agent, command, words)
    return 0 if session.ends_well or batch is not None else errors.FAILURE


class BatchError(Exception):
    """A batch cannot go on.

    ``text`` and ``explained`` tell of that, ``received`` whether messages came before.
    """

    def __init__(self, text: str, explained: str, *, received: bool) -> None:
        super().__init__(text)
        self.text = text
        self.explained = explained
        self.received = received


class Batch:
    """What becomes of replies in a batch: nothing, unless one tells of an error."""

    def __init__(self) -> None:
        self.lines = 0
        self.started = 0
        self.command: str | None = ""
        self.received = 0
        self._failure = ""
        self._is_whole = True

    def start(self, session: Session) -> None:
        """Begin the session without anybody to greet."""
        session.start()
        session.hello_seen = True
        session.ctx.facts.setdefault("received_protocol", "local-bsmtp")
        self._failure = ""

    def reply(self, text: str) -> None:
        """What the session would say."""
        if text[:1] in {"4", "5"} and not self._failure:
            self._failure = text

    def took(self, line: bytes, *, is_command: bool) -> None:
        """A line is about to be read."""
        self.lines += 1
        self._is_whole = line.endswith(b"\n")
        if is_command:
            self.command = line.decode("latin-1").rstrip("\r\n")

    def ends(self, session: Session) -> None:
        """The input has ended within a message.

        The end counts as a line of the body; a line that is cut off does not count.
        """
        self.command = None
        if session.reception is not None:
            data = b"\n" + session.reception.lines.in_memory()
            self.lines += (b"\n\n" in data) - (not self._is_whole)

    def times_out(self) -> None:
        """Nothing has come for too long; no command is at fault."""
        is_command = "command" in self._failure
        words = "command timeout" if is_command else "incoming data timeout - message abandoned"
        self.command, self._failure = None, f"421 SMTP {words}\r\n"

    def check(self) -> None:
        """See that all is well. Raises `BatchError`."""
        word = (self.command or "").partition(" ")[0].upper()
        if word in _ANEW:
            self._failure, self.started = "", self.lines
        elif word in _UNKNOWN or self._failure.startswith("500 unrecognized command"):
            self._failure = "500 Command unrecognized\r\n"
        if not self._failure:
            return
        text = _OTHERWISE.get(self._failure, self._failure).replace("\r\n", "\n")
        fault = "" if self.command is None else f"The SMTP command at fault was:\n\n   {self.command}\n\n"
        explained = _EXPLAINED.format(
            text.rstrip("\n"), self.started, self.lines, fault, _count(self.received)
        )
        text += f"Transaction started in line {self.started}\nError detected in line {self.lines}\n"
        text += f"{self.command}\n" if self.command is not None else ""
        raise BatchError(text, explained, received=self.received > 0)


_ANEW = frozenset({"HELO", "EHLO", "RSET", "NOOP", "VRFY", "EXPN", "ETRN", "HELP"})
"""Commands that mean nothing in a batch but that a transaction may begin: no reply to them is an error."""

_OTHERWISE = {
    "503 sender not yet given\r\n": "503 No sender yet given\r\n",
    "503 sender already given\r\n": "503 Sender already given\r\n",
}
"""What is told in other words than in a session."""

_UNKNOWN = frozenset({"AUTH", "BDAT", "STARTTLS"})
"""Commands that only a session knows."""

_EXPLAINED = """\
An error was detected while processing a file of BSMTP input.
The error message was:

  {}

The SMTP transaction started in line {}.
The error was detected in line {}.
{}{} successfully processed.
The rest of the batch was abandoned.
"""


def _count(received: int) -> str:
    return f"{received} previous message{' was' if received == 1 else 's were'}"


def _converse(run: Run, local: LocalSmtp, batch: Batch | None, source: Input) -> None:
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
            return
        is_command = session.wants == "command"
        if is_command and piece and not piece.endswith(b"\n") and len(piece) < session.longest_piece:
            piece = None  # a command that does not end is not heard
        if batch is not None and piece:
            batch.took(piece, is_command=is_command)
        if session.wants == TLS:
            session.tls_failed()
        elif not piece:
            if batch is not None and is_command:
                return
            if batch is not None:
                batch.ends(session)
            session.lost()
        elif is_command:
            session.command(piece)
        else:
            session.data(piece)
        if batch is not None:
            batch.check()
            if local.arrived:
                batch.received += len(local.arrived)
                batch.started = batch.lines
        if not is_command and session.wants == "command":
            session.message_id = ""
        if local.arrived:
            names, local.arrived = local.arrived, []
            if not _waits(local.agent, session, names):
                hand_over(run, local.agent, names)


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
    if session.wants == CHUNK:
        return source.take(session.wanted_bytes)
    return source.line(LONGEST_LINE if session.wants == LINES else session.longest_piece)
