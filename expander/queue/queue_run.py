"""A queue run: every message that waits is tried once, or those that are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.text import lower
from expander.queue.spool import SPLIT_BY, SpoolError

if TYPE_CHECKING:
    from collections.abc import Callable

    from expander.queue.agent import Agent
    from expander.queue.message import Message
    from expander.queue.wanted import Wanted

SELECTOR = "queue_run"
PER_THOUSAND = 1000
SPREAD = 1 << 24
"""From how many numbers messages get those by which they are put in order."""


class QueueRun:
    """Goes through the queue of an agent.

    ``deliver`` tries one message: its name, why deliveries to other hosts are left out, if they are, and
    whether that is to be tried whose time has not come.
    """

    def __init__(self, agent: Agent, wanted: Wanted, deliver: Callable[[str, str, bool], object]) -> None:
        self._agent = agent
        self._wanted = wanted
        self._deliver = deliver

    def run(self) -> None:
        """Try the messages. Raises ``ExpansionError`` for patterns of ``-Rr`` and ``-Sr`` that are none."""
        agent, wanted = self._agent, self._wanted
        queue = f"'{agent.spool.queue}' " if agent.spool.queue else ""
        shown = wanted.shown(agent.world.pid)
        agent.logs.main(f"Start {queue}queue run: {shown}", selector=SELECTOR)
        fits = self._matcher()
        for is_first in (True, False) if "q" in wanted.flags else (False,):
            forced = wanted.is_forced or wanted.selects
            for name in self._names():
                if self._is_loaded(shown):
                    break
                if not agent.spool.has(name) or not fits(name):
                    continue
                if agent.tell is not None:
                    agent.tell(f"delivering {name} (queue run pid {agent.world.pid})\n")
                self._deliver(name, "stage" if is_first else "local" if "l" in wanted.flags else "", forced)
                forced = wanted.is_forced  # so that what fails now is not tried for all that were selected
        agent.logs.main(f"End {queue}queue run: {shown}", selector=SELECTOR)

    def _is_loaded(self, shown: str) -> bool:
        """True if the machine has too much to do for more deliveries, which is told."""
        limit = self._agent.config.options.get("deliver_queue_load_max")
        if limit is None or int(limit) < 0:
            return False
        load = self._agent.world.host.load()
        if load * PER_THOUSAND <= int(limit):
            return False
        words = f"Abandon queue run: {shown} (load {load:.2f}, max {int(limit) / PER_THOUSAND:.2f})"
        self._agent.logs.main(words, selector=SELECTOR)
        return True

    def _names(self) -> list[str]:
        """The messages in a random order, those of a folder of the spool together; or the oldest first."""
        agent, wanted = self._agent, self._wanted
        names = [
            name
            for name in agent.spool.names()
            if (not wanted.first or name >= wanted.first) and (not wanted.last or name <= wanted.last)
        ]
        if agent.config.options.get("queue_run_in_order"):
            return names
        random = agent.world.random
        is_split = bool(agent.config.options.get("split_spool_directory"))
        folders = {name: name[SPLIT_BY] * is_split for name in names}
        ranks = {folder: random.below(SPREAD) for folder in sorted(set(folders.values()))}
        ranked = [(ranks[folders[name]], random.below(SPREAD), name) for name in names]
        return [name for *_, name in sorted(ranked)]

    def _matcher(self) -> Callable[[str], bool]:
        """Says whether a message is one of those that are asked for."""
        wanted, agent = self._wanted, self._agent
        recipient = _test(agent, wanted.recipient, is_pattern=wanted.recipient_is_pattern)
        sender = _test(agent, wanted.sender, is_pattern=wanted.sender_is_pattern)

        def fits(name: str) -> bool:
            if not wanted.selects and "i" not in wanted.flags:
                return True
            try:
                message = agent.spool.read_envelope(name)
            except (OSError, SpoolError):
                return True  # whoever delivers it tells of that
            if message.frozen and not wanted.thaws:
                agent.logs.main("Message is frozen", selector="skip_delivery")
                return False
            if "i" in wanted.flags and not message.is_first:
                return False
            if wanted.sender is not None and not sender(message.sender):
                return False
            return wanted.recipient is None or any(recipient(address) for address in _left(message))

        return fits


def _left(message: Message) -> list[str]:
    return [found.address for found in message.recipients if found.address not in message.done]


def _test(agent: Agent, text: str | None, *, is_pattern: bool) -> Callable[[str], bool]:
    """What finds a text in an address, in whatever case; no text is found nowhere."""
    if is_pattern and text is not None:
        try:
            pattern = agent.context().pattern(text, caseless=True)
        except Failed as problem:
            said = problem.message.removeprefix(f'regular expression error in "{text}": ')
            raise Failed(f"regular expression error: {said} while compiling {text}") from None
        return lambda address: pattern.search(address) is not None
    if not text:
        return lambda _address: False
    wanted = lower(text)
    return lambda address: wanted in lower(address)
