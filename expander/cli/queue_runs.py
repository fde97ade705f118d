"""``-q``, ``-R`` and ``-S``: one run over the queue. See these options in the manual."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError
from expander.cli.console import complain
from expander.cli.errors import FAILURE, CommandLineError
from expander.cli.receive import agent_of
from expander.queue.queue_run import QueueRun

if TYPE_CHECKING:
    from expander.cli.start import Run
    from expander.queue.agent import Agent


SHOWING = frozenset({"bt", "bv", "bvs", "be", "bem", "bf", "bF", "bV"})
"""Modes that are not heeded beside a queue run, but that log lines are shown and not written."""

IN_SESSION = frozenset({"bh", "bhc"})
"""The same for lines as sessions show them."""


def _show_log(run: Run, agent: Agent) -> None:
    modes, logs = run.options.modes.keys(), agent.logs
    if modes & IN_SESSION:
        logs.show_with(lambda text: complain(f"LOG: {text}\n"))
    elif modes & SHOWING and not run.options.verbose:
        logs.show_with(lambda text: complain(f"{logs.stamp()} {text}\n"))


def run(run: Run) -> int:
    """Try the messages that wait: the exit status. Raises `CommandLineError` where the caller may not."""
    from expander.delivery.beginning import Asked, deliver

    options = run.options
    if not run.is_admin and run.config.options.get("prod_requires_admin", True):
        raise CommandLineError("exim: permission denied\n")
    agent = agent_of(run)
    _show_log(run, agent)
    agent.spool.queue = options.queue_name
    wanted = options.queue_run

    def attempt(name: str, here_only: str, forced: bool) -> None:  # noqa: FBT001 - it goes by its place
        asked = Asked(forced=forced, thaws=wanted.thaws, in_queue_run=True, here_only=here_only)
        deliver(agent, name, asked)

    def go_over() -> int:
        try:
            QueueRun(agent, wanted, attempt).run()
        except ExpansionError as problem:
            agent.logs.both(problem.message)
            return FAILURE
        return 0

    if options.queue_interval:
        from expander.cli import queue_daemon

        return queue_daemon.run(run, agent, go_over)
    return go_over()
