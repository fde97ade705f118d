"""Where frozen messages go with the option ``move_frozen_messages``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from expander.queue.agent import Agent

PREFIX = "F"
"""What the names of the folders begin with in which nobody looks for messages to deliver."""


def move_frozen(agent: Agent, name: str) -> None:
    """Move a frozen message there. Raises ``OSError``."""
    agent.spool.move(name, agent.spool.queue, prefix=PREFIX)
    agent.logs.main(f"{name} moved from input, msglog to {PREFIX}input, {PREFIX}msglog")
