"""What clients have asked for by ETRN: a run of the queue, or a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.queue.wanted import Wanted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from expander.queue.agent import Agent

QUEUE_RUN = "-R"
PATIENCE = 3600.0


class Prods:
    """What clients have asked for, until they are gone; with ``smtp_etrn_serialize`` each only once."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._serializes = bool(agent.config.options.get("smtp_etrn_serialize", True))
        self._waiting: list[tuple[str, str, list[str]]] = []

    def add(self, wanted: str, command: str, words: list[str]) -> bool:
        """Do this later; False if the same is being done already, for this client or another one."""
        from expander.delivery import turns

        if self._serializes and not turns.begin(self._agent, f"etrn-{wanted}", 1):
            return False
        self._waiting.append((f"etrn-{wanted}", command, words))
        return True

    def run(self) -> None:
        """Do all of it."""
        from expander.delivery import turns

        while self._waiting:
            key, command, words = self._waiting.pop(0)
            try:
                prod(self._agent, command, words)
            finally:
                if self._serializes:
                    turns.end(self._agent, key)


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
