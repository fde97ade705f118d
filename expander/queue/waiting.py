"""Whether a message that has come is delivered at once: ``queue_only`` and its like, ``-od...``, load."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.values import listtext

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from expander.config.model import Options
    from expander.queue.agent import Agent

NOW, QUEUE, QUEUE_SMTP = "now", "queue", "queue-smtp"
_OF_SMTP = "smtp/"
_PER_THOUSAND = 1000


def is_wrapper(options: Options | Mapping[str, object]) -> bool:
    """True if all messages are to be delivered while their callers wait: ``mua_wrapper``."""
    return bool(options.get("mua_wrapper"))


def waits(agent: Agent, how: str, names: Sequence[str]) -> str:
    """How messages wait for a run of the queue: "queue", "queue-smtp" if for other hosts only, "" if not.

    ``how`` is what the caller wants: "now", "background", "queue", "queue-smtp", or "" for nothing. Where it
    is the load of the machine that lets the messages ``names`` wait, the log tells.
    """
    options = agent.config.options
    if is_wrapper(options):
        return ""
    if how == QUEUE:
        return QUEUE
    overrides = bool(how) and bool(options.get("queue_only_override", True))
    if options.get("queue_only") and not overrides:
        return QUEUE
    by_file = _by_file(agent)
    if by_file == QUEUE:
        return QUEUE
    limit = options.get("queue_only_load")
    load = agent.world.host.load() if limit is not None else 0.0
    if limit is not None and int(limit) >= 0 and load * _PER_THOUSAND > int(limit):
        for name in names:
            line = f"{name} no immediate delivery: load average {load:.2f}"
            agent.logs.main(line, selector="delay_delivery")
        return QUEUE
    return QUEUE_SMTP if how == QUEUE_SMTP else by_file


def _by_file(agent: Agent) -> str:
    """What the files of ``queue_only_file`` ask for by being there."""
    found = ""
    for path in listtext.elements(str(agent.config.options.get("queue_only_file") or "")):
        is_smtp = path.startswith(_OF_SMTP)
        try:
            agent.world.files.stat(path.removeprefix(_OF_SMTP[:-1]) if is_smtp else path)
        except OSError:
            continue
        if not is_smtp:
            return QUEUE
        found = QUEUE_SMTP
    return found
