"""The way in which the table of log selectors states one in a few words."""

from __future__ import annotations

from drivers.api.unit import define


def selector(
    name: str, doc: str, *, default: bool = False, since: str = "4.00", feature: str | None = None
) -> None:
    """Declare a word of ``log_selector``; ``default`` says whether it is on where nothing is set."""
    define(
        "log-selector",
        name,
        syntax=f"+{name}",
        since=since,
        feature=feature,
        section="Reducing or increasing what is logged",
        doc=doc,
        default=default,
    )(default)
