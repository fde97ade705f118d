"""What can be typed next: names out of the units, each with one line of documentation."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from drivers.api import registry
from expander.repl.commands import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from drivers.api.profile import Profile


class Offer(NamedTuple):
    """A completion: the text that takes the place of the last ``length`` characters, and its help."""

    text: str
    length: int
    shown: str
    help: str


_VARIABLE = re.compile(r"\$([A-Za-z][A-Za-z0-9_]*)?\Z", re.ASCII)
_BRACED = re.compile(r"\$\{([A-Za-z][A-Za-z0-9_]*)?\Z", re.ASCII)
_DEFINED = re.compile(r"\bdef:([A-Za-z0-9_]*)\Z", re.ASCII)
_CONDITION = re.compile(
    r"(?:\$\{if\s+|(?:\b(?:and|or)\s*\{\s*(?:\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}\s*)*\{\s*))!?\s*([a-z_0-9]*)\Z",
    re.ASCII,
)
_COMMAND = re.compile(r"\A\s*:([a-z]*)\Z", re.ASCII)
_COMMAND_NAME = re.compile(r"\A\s*:doc\s+(\S*)\Z", re.ASCII)
_SETTING = re.compile(r"\A\s*:(?:set|unset|vars)\s+\$?([A-Za-z0-9_]*)\Z", re.ASCII)
_WORD = re.compile(r"\A\s*:([a-z]+)\s+(?:[a-z]+[ ,]+)*([A-Za-z0-9.-]*)\Z", re.ASCII)
_FILE = re.compile(r"\A\s*:(?:config|load|message)\s+(\S*)\Z")


def offers(before: str, profile: Profile) -> list[Offer]:
    """The completions for the text before the cursor, sorted by name."""
    return sorted(_found(before, profile), key=lambda offer: offer.shown)


def _found(before: str, profile: Profile) -> Iterator[Offer]:
    for pattern, families in (
        (_COMMAND_NAME, {"variable": "", "operator": "", "item": "", "condition": ""}),
        (_SETTING, {"variable": ""}),
        (_DEFINED, {"variable": ""}),
        (_CONDITION, {"condition": ""}),
        (_BRACED, {"item": "{", "operator": ":", "variable": "}"}),
        (_VARIABLE, {"variable": ""}),
    ):
        match = pattern.search(before)
        if match:
            for family, after in families.items():
                yield from _units(family, match[1] or "", after, profile)
            return
    match = _COMMAND.search(before)
    if match:
        for name, command in COMMANDS.items():
            if name.startswith(match[1]):
                yield Offer(name, len(match[1]), f":{name} {command.argument}".rstrip(), command.help)
        return
    match = _FILE.search(before)
    if match:
        yield from _files(match[1])
        return
    match = _WORD.search(before)
    if match:
        for word in _words(match[1]):
            if word.startswith(match[2]):
                yield Offer(word, len(match[2]), word, f":{match[1]}")


def _words(command: str) -> Iterable[str]:
    """The words that can follow a command."""
    if command in {"trace", "time"}:
        return "on", "off"
    if command == "allow":
        from expander.world.sandbox import EFFECTS

        return *EFFECTS, "none"
    if command == "profile":
        from expander.config.profile import PROFILES

        return PROFILES
    return ()


def _files(typed: str) -> Iterator[Offer]:
    """The files whose path begins as it was typed; folders end in a slash."""
    folder, name = os.path.split(typed)
    try:
        entries = sorted(os.scandir(folder or "."), key=lambda entry: entry.name)
    except (OSError, ValueError):
        return
    for entry in entries:
        if entry.name.startswith(name) and (name or not entry.name.startswith(".")):
            text = f"{entry.name}/" if entry.is_dir() else entry.name
            yield Offer(text, len(name), text, "file")


def _units(family: str, typed: str, after: str, profile: Profile) -> Iterator[Offer]:
    for name in registry.names(family):
        entry = registry.entry(family, name)
        if entry is None or not name.startswith(typed) or not profile.has(entry):
            continue
        unit = registry.find(family, name)
        if unit is not None:
            shown = name.removesuffix("*")
            text = shown if name.endswith("*") else shown + _after(family, name, after)
            yield Offer(text, len(typed), unit.syntax, f"{family}: {unit.summary}")


def _after(family: str, name: str, after: str) -> str:
    """What follows a name at once; the item ``if`` wants a condition first, ``lookup`` a type."""
    return " " if family == "item" and name in {"if", "lookup"} else after
