"""What a redirect router permits Sieve scripts: the options whose names begin with ``sieve_``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Deferred, ExpansionError, Failed, ForcedFail
from drivers.api.sieve import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from drivers.api.protocols import Context


def settings_from(ctx: Context, options: Mapping[str, str | None]) -> Settings:
    """The settings that the options of a router come to, by their names; None for one that is not set.

    Raises `Failed` with what is said of the filter file if one cannot be expanded.
    """
    directory = _expanded(ctx, options, "sieve_vacation_directory")
    return Settings(
        vacations=directory is not None,
        vacation_directory=directory or "",
        owner=_expanded(ctx, options, "sieve_enotify_mailto_owner"),
        user=_tried(ctx, options["sieve_useraddress"]),
        detail=_tried(ctx, options["sieve_subaddress"]),
    )


def _expanded(ctx: Context, options: Mapping[str, str | None], name: str) -> str | None:
    text = options[name]
    if text is None:
        return None
    try:
        return ctx.expand(text)
    except ForcedFail:
        return None
    except Deferred:
        raise
    except ExpansionError as problem:
        raise Failed(f'failed to expand "{text}" ({name}): {problem.message}') from None


def _tried(ctx: Context, text: str | None) -> str | None:
    """A part of an address: where it cannot be expanded, there is none."""
    try:
        return None if text is None else ctx.expand(text)
    except ExpansionError:
        return None
