"""What clients have asked for by ETRN: a run of the queue, or a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.queue.wanted import Wanted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from expander.queue.agent import Agent

QUEUE_RUN = "-R"
PATIENCE = 3600.0


def prod(agent: Agent, command: str, words: Sequence[str]) -> None:
    """Run the command, or try the messages on the queue with a recipient that has the text in it."""
    if words[0] != QUEUE_RUN:
        _execute(agent, command, words)
        return
    from expander.delivery.beginning import Asked, deliver
    from expander.queue.queue_run import QueueRun

    def attempt(name: str, here_only: str, forced: bool) -> None:  # noqa: FBT001 - it goes by its place
        deliver(agent, name, Asked(forced=forced, in_queue_run=True, here_only=here_only))

    QueueRun(agent, Wanted(recipient=words[1]), attempt).run()


def _execute(agent: Agent, command: str, words: Sequence[str]) -> None:
    try:
        agent.outward.programs.run(list(words), timeout=PATIENCE)
    except TimeoutError:
        return  # nobody waits for it
    except OSError as problem:
        agent.logs.both(f'exec of "{command}" (ETRN) failed: {problem.strerror}')
