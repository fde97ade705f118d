"""``-M`` and its like: deliver messages of the queue, show them, change them. See these options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.cli.console import STDOUT, complain
from expander.cli.errors import FAILURE, CommandLineError
from expander.cli.receive import agent_of
from expander.queue.actions import Actions

if TYPE_CHECKING:
    from expander.cli.start import Run

DELIVERS = frozenset({"M", "Mc", "Mg"})
FOLLOWED_BY_ADDRESSES = frozenset({"Mar", "Mes", "Mmd"})

SHOWS_ONE = frozenset({"Mvb", "Mvh", "Mvl"})
ENDED_BY_EMPTY_LINE = frozenset({"Mmad", "MG"})


def run(run: Run) -> int:
    """Do to each message what is asked for: the exit status, 1 if something could not be done.

    Raises `CommandLineError` where the caller may not do it.
    """
    action, messages = run.options.modes["M"], run.options.messages
    if action in DELIVERS:
        return _deliver(run, action, messages)
    if not run.is_admin:
        if action == "MG":
            raise CommandLineError("exim: permission denied\n")
        STDOUT.write("Permission denied\n" * len(messages) + "\n" * (action in ENDED_BY_EMPTY_LINE))
        return FAILURE
    agent = agent_of(run)
    if action in SHOWS_ONE and run.options.arguments:
        STDOUT.write("*** Only one message can be listed at once\n")
        return FAILURE
    addresses = run.options.arguments if action in FOLLOWED_BY_ADDRESSES else []
    target = run.options.queue_name
    agent.spool.queue = run.options.from_queue if action == "MG" else target
    actions = Actions(agent, run.caller.login, STDOUT.write, addresses=addresses, queue=target)
    status = 0
    for message in messages:
        if not actions.act(action, message):
            status = FAILURE
    if action in ENDED_BY_EMPTY_LINE:
        STDOUT.write("\n")
    return status


def _deliver(run: Run, action: str, messages: list[str]) -> int:
    from expander.delivery.beginning import Asked, deliver

    if not run.is_admin and action == "Mg":
        raise CommandLineError("exim: permission denied\n")
    if not run.is_admin and run.config.options.get("prod_requires_admin", True):
        raise CommandLineError("exim: Permission denied\n")
    agent = agent_of(run)
    agent.spool.queue = run.options.queue_name
    by = run.caller.login if action == "Mg" else ""
    forced = action != "Mc"
    for message in messages:
        if run.options.verbose:
            complain(f"delivering {message}\n")
        deliver(agent, message, Asked(forced=forced, thaws=forced, cancelled_by=by))
    return 0
