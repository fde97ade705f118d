"""The way in which the table of log selectors states one in a few words."""

from __future__ import annotations

from collections.abc import Mapping

from drivers.api.unit import NO_FACTS, define


def selector(
    name: str,
    doc: str,
    *,
    default: bool = False,
    older: Mapping[str, bool] = NO_FACTS,
    since: str = "4.00",
    feature: str | None = None,
) -> None:
    """Declare a word of ``log_selector``.

    ``default`` says whether it is on where nothing is set, ``older`` the same before the releases
    that changed it.
    """
    define(
        "log-selector",
        name,
        syntax=f"+{name}",
        since=since,
        feature=feature,
        section="Reducing or increasing what is logged",
        doc=doc,
        default=default,
        older=older,
    )(default)
