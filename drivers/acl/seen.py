"""The condition that tells whether a key was seen before, and remembers it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.acl import FAIL, OK, AclProblem
from drivers.values import interval, listtext
from drivers.values.hints import hints_of
from grammar.record import Record

if TYPE_CHECKING:
    from drivers.api.acl import Acl

DATABASE = "seen"
READONLY, WRITE = "readonly", "write"
REFRESH = 10 * interval.UNITS["d"]
"""After so many seconds a record that a test for "before" has found is renewed, so that it stays."""


class _Asked(Record):
    """The arguments: ``before`` tells a test for what is at least ``seconds`` ago from one for what is less.

    ``key`` is None for the client; ``mode`` is "readonly", "write" or "".
    """

    before: bool
    seconds: int
    key: str | None
    refresh: int
    mode: str


def seen(acl: Acl, text: str) -> str:
    """True if the key was seen within the interval, or, with a minus sign, before it.

    Raises `AclProblem` for wrong arguments. See "Previously seen user and hosts".
    """
    asked = _read(text)
    key = acl.ctx.facts.get("sender_host_address", "") if asked.key is None else asked.key
    hints, now = hints_of(acl.ctx), int(acl.ctx.world.clock.now())
    record = hints.read(DATABASE, key)
    found = False
    why = ""
    if record is not None:
        is_before = int(record["time"]) <= now - asked.seconds
        found = is_before is asked.before
        if asked.mode == WRITE or not asked.before:
            why = "update"
        elif found and int(record["time"]) <= now - asked.refresh:
            why = "refresh"
    else:
        why = "create"
    if asked.mode == READONLY:
        acl.debug("seen db not written (readonly)")
    elif why:
        hints.write(DATABASE, key, {"time": now})
        acl.debug(f"seen db written ({why})")
    return OK if found else FAIL


def _read(text: str) -> _Asked:
    time, *options = listtext.pieces(text, "/") or [""]
    key: str | None = None
    refresh, mode = REFRESH, ""
    seconds = _seconds(time.removeprefix("-"), text)
    for option in options:
        if option.startswith("key="):
            key = option.removeprefix("key=")
        elif option in {READONLY, WRITE}:
            mode = option
        elif option.startswith("refresh="):
            refresh = _seconds(option.removeprefix("refresh="), text)
        else:
            raise AclProblem(f"unrecognised option '{option}' in '{text}'")
    return _Asked(time.startswith("-"), seconds, key, refresh, mode)


def _seconds(time: str, text: str) -> int:
    seconds = interval.parse(time)
    if seconds is None:
        raise AclProblem(f"failed to parse '{text}'")
    return seconds
