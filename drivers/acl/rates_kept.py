"""The rates that were worked out already in a connection, for a message or in one run of an ACL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import MutableMapping

CONN, MAIL, CMD = "per_conn", "per_mail", "per_cmd"

_KNOWN = "rates"


def known_rates(state: MutableMapping[str, Any], per: str) -> dict[str, float]:
    """The rates by key; ``state`` is that of the context, ``per`` says how long they hold."""
    found: dict[str, float] = state.setdefault(_KNOWN, {}).setdefault(per, {})
    return found


def forget(state: MutableMapping[str, Any], *what: str) -> None:
    """Drop those of the message before (`MAIL`), or of the run of an ACL before (`CMD`)."""
    known = state.get(_KNOWN)
    if known:
        for per in what:
            known.pop(per, None)
