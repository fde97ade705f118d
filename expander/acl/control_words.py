"""The values of the modifier ``control``: which control, and what its options may be."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from drivers.api import registry
from drivers.api.acl import GAP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.profile import Profile
    from drivers.api.unit import Unit

ERRONEOUS = "error"
"""The control that only stands for an error."""


class Options(NamedTuple):
    """What may stand behind a control's slash.

    ``words`` are whole options, ``heads`` how others begin; ``strict`` tells that Exim refuses all else
    and does not just pass over it.
    """

    words: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    strict: bool = False


OPTIONS = {
    "cutthrough_delivery": Options(("defer=pass", "defer=spool", "sender=transport", "sender=orig")),
    "debug": Options(("kill", "stop", "trigger=now", "trigger=paniclog"), ("tag=", "opts=", "pretrigger=")),
    "freeze": Options(("no_tell",), strict=True),
    "queue": Options(("only", "first_pass_route")),
    "submission": Options(("sender_retain",), ("domain=", "name="), strict=True),
    "utf8_downconvert": Options(("1", "0", "-1"), strict=True),
}
"""The options of controls whose options are words; other texts are free."""

ALIASES = {"queue_only": "queue"}
"""Older spellings."""

ANY_MORE = "utf8_downconvert"
"""The control that passes over what follows its name without a slash, though its options must be right."""

_NAME = re.compile(r"[^/]*")


def head(text: str) -> str:
    """What stands before the options."""
    found = _NAME.match(text)
    return found[0] if found else ""


@lru_cache(maxsize=256)
def control_of(profile: Profile, text: str) -> tuple[Unit | None, str]:
    """The control that a value names, None if there is no such one, and what follows its name."""
    name = head(text)
    unit = registry.find("acl-control", ALIASES.get(name, name))
    while unit is None and "_" in name:  # as Exim does, take what has options for its name and more
        name = name.rpartition("_")[0]
        unit = registry.find("acl-control", name)
        unit = unit if unit is not None and unit.facts["options"] else None
    if unit is None or unit.name == ERRONEOUS or not profile.has(unit):
        return None, ""
    options = text[len(name) :]
    return (unit, options) if unit.facts["options"] or not options else (None, "")


def problem(profile: Profile, text: str) -> str:
    """What Exim says of a value that it refuses, "" if it takes it."""
    control, given = control_of(profile, text)
    if GAP in head(text):
        return ""
    wrong = f'syntax error in "control={text}"'
    if control is None or (control.name == "dscp" and not given.startswith("/")):
        return wrong
    known = OPTIONS.get(control.name)
    if known is None or not known.strict or not given or (given[0] == "_" and control.name == ANY_MORE):
        return ""
    if not any(True for _ in unknown_options(profile, text)):
        return ""
    return "bad option value for control=utf8_downconvert" if control.name == "utf8_downconvert" else wrong


def unknown_options(profile: Profile, text: str) -> Iterator[str]:
    """The options of a value that its control does not have."""
    control, given = control_of(profile, text)
    known = OPTIONS.get(control.name) if control is not None else None
    if known is None or not given:
        return
    for option in given[1:].split("/"):
        if GAP not in option and option not in known.words and not option.startswith(known.heads or "/"):
            yield option
