"""Whether and how a message of the spool is delivered: locks, broken files, frozen and cancelled ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.values import interval
from expander.delivery.deliver import Delivery
from expander.message.identity import seconds_of
from expander.queue.frozen import move_frozen
from expander.queue.spool import LOCKED, NotHeldError, SpoolError
from grammar.record import Record

if TYPE_CHECKING:
    from drivers.api.remote import Carried
    from expander.queue.agent import Agent
    from expander.queue.message import Message

SKIPS = "skip_delivery"
LOOP = 'Too many "Received" headers - suspected mail loop'


class Asked(Record):
    """How a message is to be delivered.

    ``forced`` pays no heed to retry times, which count ``in_queue_run``; ``thaws`` goes on with a frozen
    message. ``here_only`` leaves deliveries to other hosts for later, and says why: "queue-smtp", "local", or
    "stage" for the first stage of a queue run. ``cancelled_by`` is the user who wants the message to fail for
    all that it was not delivered to. ``carried`` is a connection over which it is to go.
    """

    forced: bool = False
    thaws: bool = False
    in_queue_run: bool = False
    here_only: str = ""
    cancelled_by: str = ""
    carried: Carried | None = None


AS_USUAL = Asked()


def deliver(agent: Agent, name: str, asked: Asked = AS_USUAL) -> bool:
    """Deliver a message of the spool; False if it is not delivered, for example as another process has it.

    Others that wait for the same hosts follow over the same connections.
    """
    waiting: list[tuple[Carried, str]] = []
    done = _deliver(agent, name, asked, waiting)
    while waiting:
        carried, following = waiting.pop(0)
        further = Asked(in_queue_run=True, carried=carried)
        attempted = _deliver(agent, following, further, waiting)
        if all(other.line is not carried.line for other, _ in waiting):
            carried.line.hang_up(quits=not attempted)
    return done


def _deliver(agent: Agent, name: str, asked: Asked, waiting: list[tuple[Carried, str]]) -> bool:
    """Deliver one message; ``waiting`` gets connections with those that are to go on with them."""
    try:
        agent.spool.hold(name)
    except NotHeldError as problem:
        agent.logs.main(f"{name} {problem.line}", selector=SKIPS if problem.kind == LOCKED else "")
        return False
    try:
        message = _read(agent, name)
        return message is not None and _begin(agent, message, asked, waiting)
    finally:
        agent.spool.release(name)


def _read(agent: Agent, name: str) -> Message | None:
    """The message, None if its files cannot be read."""
    try:
        return agent.spool.read(name)
    except SpoolError:
        size = agent.spool.size(name, "-H")
        keeps = int(agent.config.options.get("keep_malformed") or 0)
        agent.logs.main(f"{name} Format error in spool file {name}-H: size={size}")
        if agent.world.clock.now() - seconds_of(name) > keeps:
            agent.spool.forget(name)
            agent.logs.main(f"{name} Message removed because older than {interval.show(keeps)}")
    except OSError as problem:
        agent.logs.main(f"{name} Error reading spool file {name}-H: {problem.strerror}")
    return None


def _begin(agent: Agent, message: Message, asked: Asked, waiting: list[tuple[Carried, str]]) -> bool:
    cancelled, options = False, agent.config.options
    agent.is_trial = message.is_trial
    if message.frozen:
        said = _end_of_freezing(agent, message, thaws=asked.thaws)
        if said is None:
            return False
        cancelled = said.startswith("cancelled")
        agent.logs.main(f"{message.name} {said}")
        if not cancelled:
            message.is_thawed = said.endswith("forced delivery")
            message.frozen = 0
    if asked.cancelled_by:
        agent.logs.main(f"{message.name} cancelled by {asked.cancelled_by}")
    delivery = Delivery(
        agent,
        message,
        is_forced=asked.forced,
        in_queue_run=asked.in_queue_run,
        here_only=asked.here_only,
        carried=asked.carried,
    )
    if cancelled or asked.cancelled_by:
        delivery.cancel()
    elif int(message.facts.get("received_count", "0")) > int(options.get("received_headers_max") or 0):
        delivery.cancel(LOOP)
    else:
        delivery.run()
    waiting += delivery.passed_on
    return True


def _end_of_freezing(agent: Agent, message: Message, *, thaws: bool) -> str | None:
    """What ends the time for which a message is frozen; None if it stays so."""
    options, name = agent.config.options, message.name
    now = agent.world.clock.now()
    age = now - message.received
    if options.get("move_frozen_messages"):
        move_frozen(agent, name)
        return None
    cancels = int(options.get("timeout_frozen_after") or 0)
    if 0 < cancels <= age:
        return "cancelled by timeout_frozen_after"
    if not message.sender and age >= int(options.get("ignore_bounce_errors_after") or 0):
        return "Unfrozen by errmsg timer"
    if thaws:
        return "Unfrozen by forced delivery"
    after = int(options.get("auto_thaw") or 0)
    if after and now > message.frozen + after:
        return "Unfrozen by auto-thaw"
    agent.logs.main(f"{name} Message is frozen", selector=SKIPS)
    return None
