"""Receiving a message on standard input without SMTP: ``-bm``, ``-t`` and plain arguments."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, Failed, Fatal, Unsupported
from drivers.values import mailbox
from expander.cli import errors
from expander.cli.console import STDOUT, Input, SilenceError, complain
from expander.cli.errors import CommandLineError
from expander.config.log_selector import is_on
from expander.message.headers import read_message
from expander.message.large_body import LARGE
from expander.queue.agent import Agent
from expander.queue.waiting import QUEUE, is_wrapper, waits
from expander.reception import space
from expander.reception.local import LocalReception
from expander.reception.rejected import RejectedError
from expander.reception.submission import Submission

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.cli.start import Run
    from expander.expand.context import Context

OF_MESSAGES = (
    "sender_host_name",
    "received_protocol",
    "sender_ident",
    "authenticated_id",
    "authenticated_sender",
    "sender_host_authenticated",
    "sender_host_address",
    "sender_host_port",
    "received_ip_address",
    "received_port",
)
CHUNK = 1 << 16


def _tell_line(text: str) -> None:
    complain(f"{text}\n")


def agent_of(run: Run) -> Agent:
    """What receives and delivers for a command line."""
    import resource

    run.expander()  # finds the environment and the directory in which all work is done
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # as Exim has it, whatever permit_coredump says

    def make_context() -> Context:
        from drivers.api.limits import EXIM
        from expander.api import Expander

        context = Expander(config=run.config, profile=run.profile, world=run.world, limits=EXIM).context
        context.facts["config_file"] = run.config.path
        context.facts["initial_cwd"] = run.facts.get("initial_cwd", "")
        return context

    from expander.delivery.beginning import Asked, deliver

    tell = complain if run.options.verbose or run.options.is_trial else None
    debug = _tell_line if run.options.selectors else None
    agent = Agent(
        run.config, run.profile, run.world, make_context, tell=tell, debug=debug, outward=run.world.outward
    )
    agent.how, agent.waits = run.options.delivers, run.options.waits
    agent.spool.queue = run.options.queue_name

    def deliver_at_once(name: str, here_only: str) -> None:
        if tell is not None:
            tell(f"delivering {name}\n")
        deliver(agent, name, Asked(here_only=here_only))

    agent.deliver_with = deliver_at_once
    if tell is None:
        agent.logs.panic_with = complain
    if is_on(str(run.config.options["log_selector"] or ""), "arguments"):
        from expander.cli.bv import arguments_of

        agent.logs.main(arguments_of(run))
    return agent


def run(run: Run) -> int:
    """Receive a message and deliver it, as the options say: the exit status."""
    agent = agent_of(run)
    if is_wrapper(run.config.options):
        run.options.errors_go, agent.logs.panic_with = "print", None
    submission = submission_of(run)
    context = agent.context()
    try:
        submission.recipients = _recipients(run)
    except RejectedError as problem:
        return _refuse_argument(run, LocalReception(agent, submission, context), problem)
    reception = LocalReception(agent, submission, context)

    def partly(problem: RejectedError) -> None:
        from expander.cli import rejection

        rejection.tell_partly(agent, run.options, reception, problem)

    agent.log_from(context, "")
    if space.is_short(context):
        complain("exim: insufficient disk space\n")
        return errors.FAILURE
    agent.log_from(context, reception.name)
    reception.partly_with = partly
    try:
        data, rest, is_whole = _input(_patience(run))
        if not is_whole:
            # What has its header by then is a message, whose name the log tells.
            found = read_message(data, dot_ends=False)
            is_message = bool(found.stray or found.body) or b"\n\n" in data
            return _timed_out(agent, reception.name if is_message else "")
        message = reception.receive(data, rest)
    except SilenceError:
        return _timed_out(agent, reception.name)
    except RejectedError as problem:
        from expander.cli import rejection

        return rejection.tell(agent, run.options, reception, problem)
    except (ExpansionError, Fatal, Unsupported) as problem:
        STDOUT.flush()
        complain(f"exim: {problem.message}\n")
        return errors.FAILURE
    if message is None:
        return errors.FAILURE  # as Exim has it where an ACL throws a message away
    return 0 if reception.is_queued else hand_over(run, agent, [message.name])


def hand_over(run: Run, agent: Agent, names: list[str]) -> int:
    """Deliver messages that are here, now or beside this process, unless they wait: the exit status."""
    STDOUT.flush()
    later = waits(agent, agent.how, names)
    if later == QUEUE:
        return 0
    if is_wrapper(run.config.options):
        return _while_all_wait(agent, names)
    beside = not agent.waits
    if beside:
        if os.fork():
            return 0
        agent.logs.panic_with = None
    for name in names:
        agent.deliver_with(name, later)
    if beside:
        os._exit(0)
    return 0


def _while_all_wait(agent: Agent, names: list[str]) -> int:
    """Deliver messages whose caller is told what becomes of them: a failure ends the program."""
    told: list[str] = []

    def give_up(why: str) -> None:
        told.append(why)
        complain(f"{why}\n")

    agent.give_up_with, agent.logs.panic_with = give_up, None
    for name in names:
        agent.deliver_with(name, "")
        if told:
            return errors.FAILURE
    return 0


def submission_of(run: Run) -> Submission:
    """What the command line says of who hands messages in."""
    options = run.options
    facts = {name: value for name, value in run.facts.items() if name in OF_MESSAGES}
    told = {
        "oMs": "sender_host_name",
        "oMr": "received_protocol",
        "oMt": "sender_ident",
        "oMai": "authenticated_id",
        "oMas": "authenticated_sender",
        "oMaa": "sender_host_authenticated",
    }
    wanted = {name for option, name in told.items() if option in options.told}
    for option, names in (
        ("oMa", ("sender_host_address", "sender_host_port")),
        ("oMi", ("received_ip_address", "received_port")),
    ):
        if option in options.told:
            wanted.update(names)
    if not run.is_trusted:
        wanted.clear()
    facts = {name: value for name, value in facts.items() if name in wanted}
    if facts.get("sender_host_address"):
        from drivers.values.peer import Peer

        shows_port = is_on(str(run.config.options["log_selector"] or ""), "incoming_port")
        peer = Peer(
            facts["sender_host_address"],
            facts.get("sender_host_name", ""),
            None,
            facts.get("sender_ident", run.caller.login),
            int(facts.get("sender_host_port") or 0) if shows_port else None,
        )
        facts.update(sender_fullhost=peer.full_host, sender_rcvhost=peer.received_host)
    return Submission(
        run.caller,
        sender=_sender(run),
        full_name=options.full_name,
        is_trusted=run.is_trusted,
        from_headers=options.recipients_from_headers,
        dot_ends=options.dot_ends,
        is_fixed=not ("oMa" in options.told or options.suppress_local_fixups),
        qualifies=options.qualifies,
        facts=facts,
        reference=options.told.get("oMm", "") if run.is_trusted else "",
        is_trial=options.is_trial,
    )


def _sender(run: Run) -> str | None:
    from expander.cli.start import sender_of

    return sender_of(run.options, run.config, str(run.config.options["qualify_domain"] or ""))


def _recipients(run: Run) -> list[str]:
    """The recipients that the arguments name. Raises `RejectedError` for what is no address."""
    found: list[str] = []
    rules = mailbox.permitted(run.config.options)
    for argument in run.options.arguments:
        for piece in mailbox.split(argument):
            if not piece.strip(" \t\n"):
                continue
            try:
                found.append(mailbox.parse(piece, rules).address)
            except Failed as problem:
                text = piece.strip(" \t\n")
                bad = [(argument, problem.message)]
                raise RejectedError("bad recipients", f'"{text}": {problem.message}', bad=bad) from None
    return found


def _refuse_argument(run: Run, reception: LocalReception, problem: RejectedError) -> int:
    """Tell of an argument that is no recipient, in the way that the options want: the exit status."""
    if run.options.errors_go in {"print", "nowhere"}:
        raise CommandLineError(f"exim: bad recipient address {problem.text}\n") from None
    from expander.cli import rejection

    data, more, _ = _input(_patience(run))
    data += next(more, b"") if more is not None else b""
    if run.options.dot_ends:
        before, dot, _ = (b"\n" + data).partition(b"\n.\n")
        data = (before + dot).removeprefix(b"\n")
    problem.data = b"\n" + data
    return rejection.tell_of_argument(reception.agent, run.options, reception, problem)


def _timed_out(agent: Agent, name: str) -> int:
    agent.logs.main(f"{name} timed out while reading local message".lstrip())
    complain("exim: timed out while reading - message abandoned\n")
    return errors.FAILURE


def _patience(run: Run) -> float:
    """How many seconds a message may take to come, 0 for ever: ``-or`` or ``receive_timeout``."""
    given = run.options.patience
    return float(run.config.options.get("receive_timeout") or 0) if given is None else given


def _input(patience: float) -> tuple[bytes, Iterator[bytes] | None, bool]:
    """The message, or the beginning of a large one and what comes behind it; False if the time was over."""
    source = Input(before_waiting=STDOUT)
    if patience > 0:
        source.until = time.monotonic() + patience
    pieces, size = [], 0
    try:
        while piece := source.take(CHUNK):
            pieces.append(piece)
            size += len(piece)
            if size >= LARGE:
                return b"".join(pieces), iter(lambda: source.take(CHUNK), b""), True
    except SilenceError:
        return b"".join(pieces), None, False
    return b"".join(pieces), None, True
