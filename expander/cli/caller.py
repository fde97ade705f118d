"""Callers without an account: the main options ``unknown_login`` and ``unknown_username``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError
from expander.cli import errors
from expander.cli.errors import CommandLineError
from expander.world.account import Account

if TYPE_CHECKING:
    from expander.cli.start import Run


def make_known(run: Run) -> None:
    """Give a caller whom the machine does not know the login that the configuration has for such callers.

    Raises `CommandLineError` where it has none.
    """
    from expander.cli.start import facts_of

    login = _expanded(run, "unknown_login")
    if login is None:
        raise CommandLineError(_dying(run, f"Failed to get user name for uid {run.caller.uid}"))
    caller = run.caller
    run.caller = Account(login, caller.uid, caller.gid)
    if run.options.full_name is None:
        run.options.full_name = _expanded(run, "unknown_username") or ""
    run.facts.update(
        facts_of(run.options, run.config, run.caller, run.facts["initial_cwd"], trusted=run.is_trusted)
    )
    run.expander().context.facts.update(run.facts)


def _expanded(run: Run, option: str) -> str | None:
    """The value of an option; None where it is not set or fails."""
    options = run.config.options
    if not options.is_set(option):
        return None
    try:
        return run.expander().context.expand(str(options[option] or ""))
    except ExpansionError:
        return None


def _dying(run: Run, words: str) -> str:
    if not run.options.modes.keys().isdisjoint({"bh", "bhc"}):
        return f"LOG: {words}\n"
    return errors.logged(words, "MAIN PANIC DIE", verbose=run.options.verbose, stamp=run.config.stamp)
