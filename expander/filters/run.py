"""Running a filter on a message: what redirect routers, the system filter and tests ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.filters import FilterError, Stopped
from expander.filters.exim import obey
from expander.filters.state import FilterResult, Run
from expander.filters.words import filter_words
from grammar.filter import parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from expander.expand.context import Context
    from expander.filters.state import LogWith

_COUNTERS = tuple(f"n{digit}" for digit in range(10))


def interpret(  # noqa: PLR0913 - what may differ from filter to filter
    ctx: Context,
    text: str,
    *,
    is_system: bool = False,
    allowed: frozenset[str] = frozenset(),
    prepends_home: bool = True,
    is_first_delivery: bool = True,
    is_thawed: bool = False,
    tell: Callable[[str], None] | None = None,
    log_with: LogWith | None = None,
) -> FilterResult:
    """Obey an Exim filter in the state of ``ctx``: "Exim filter files" in the manual of filters.

    ``allowed`` are the commands out of "fail", "freeze" and "defer" that a user's filter may use.
    ``log_with`` writes to a log file: it gets path, mode and text (see `Run`). With ``tell`` it is a test:
    what would be done is told. Without ``prepends_home`` relative paths of ``save`` stay as they are. The
    recipient comes from ``$local_part``, ``$domain`` and their prefix and suffix.
    """
    run = _run(ctx, is_system=is_system, tell=tell)
    run.is_first_delivery, run.is_thawed, run.log_with = is_first_delivery, is_thawed, log_with
    run.prepends_home = prepends_home
    tree = parse(text, filter_words(is_system=is_system, allowed=frozenset(allowed)))
    if tree.broken is not None:
        return FilterResult("error", tree.broken.message)
    options = ctx.options
    begun = dict.fromkeys(_COUNTERS, "0")
    ctx.facts.update(begun)
    for name in _COUNTERS:
        ctx.facts.setdefault(f"s{name}", "0")
    outcome, message = "", ""
    try:
        obey(run, tree.commands)
    except Stopped as stopped:
        if stopped.how != "finish":
            outcome, message = stopped.how, stopped.message
    except FilterError as problem:
        outcome, message = "error", problem.message
    finally:
        ctx.options = options
    if is_system:
        ctx.facts.update({f"s{name}": ctx.facts[name] for name in _COUNTERS})
    return FilterResult(
        outcome or ("delivered" if run.delivered else "not delivered"),
        message,
        tuple(run.deliveries),
        tuple(run.added),
        tuple(run.removed),
    )


def _run(ctx: Context, *, is_system: bool, tell: Callable[[str], None] | None) -> Run:
    facts = ctx.facts
    local_part, domain = facts.get("local_part", ""), facts.get("domain", "")
    prefix, suffix = facts.get("local_part_prefix", ""), facts.get("local_part_suffix", "")
    return Run(
        ctx,
        address=f"{prefix}{local_part}{suffix}@{domain}",
        local_address=f"{local_part}@{domain}",
        qualify_domain=str(ctx.options["qualify_recipient"] or ctx.options["qualify_domain"]),
        is_test=tell is not None,
        is_system=is_system,
        wants_debugging=ctx.debug_with is not None,
        tell_with=tell,
    )
