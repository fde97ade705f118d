"""Events: what the options `event_action` are told of, and what they answer. See "Events" in the manual."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, Unsupported
from drivers.api.text import Tainted

if TYPE_CHECKING:
    from expander.expand.context import Context

SINCE = {
    "auth:fail": "4.97",
    "smtp:fail:protocol": "4.98",
    "smtp:fail:syntax": "4.98",
    "dns:fail": "4.99",
}
"""The releases that brought events which did not come with the others."""


def of_main(ctx: Context, name: str, data: str = "") -> str:
    """Raise an event outside of transports, which the main option ``event_action`` is told of: its answer."""
    action = str(ctx.options.get("event_action") or "")
    return raised(ctx, action, name, data) if action else ""


def raised(ctx: Context, action: str, name: str, data: str = "", number: int = 0) -> str:
    """Expand an action with ``$event_name``, ``$event_data`` and ``$event_defer_errno``: what it answers.

    Whoever raises an event knows what an answer other than "" changes. An action that cannot be expanded
    answers nothing, which the log tells. Raises `Unsupported`.
    """
    since = SINCE.get(name)
    has_events = ctx.profile.built_with("event") and (since is None or ctx.profile.at_least(since))
    if not action or not has_events:
        return ""
    facts = ctx.facts
    facts.update(event_name=name, event_data=Tainted(data) if data else "", event_defer_errno=str(number))
    try:
        return ctx.expand(action)
    except Unsupported:
        raise
    except ExpansionError as problem:
        where = facts.get("transport_name") or "main"
        words = f"failed to expand event_action {name} in {where}: {problem.message}\n\n"
        ctx.log(words, panic=True)
        return ""
    finally:
        for variable in ("event_name", "event_data", "event_defer_errno"):
            facts.pop(variable, None)
