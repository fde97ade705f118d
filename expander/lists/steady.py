"""Lists that say the same of a text each time, as long as the configuration and this host do not change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import SPACE, is_plain
from drivers.values import listtext

if TYPE_CHECKING:
    from collections.abc import Container

    from expander.config.model import Config

OWN = frozenset({"@", "@[]"})
"""What stands for this host in lists, which stays the same."""

NAME = frozenset({"@"})
"""What stands for the name of this host alone."""

PATTERNS = "settled patterns"
"""Under this name a configuration has which patterns of addresses are settled."""


def is_steady(
    config: Config, kind: str, text: str, within: tuple[str, ...] = (), own: Container[str] = OWN
) -> bool:
    """True if neither a list nor those that it names are to be expanded, and nothing is looked up in them.

    ``own`` are the elements that may stand for this host.
    """
    return is_plain(text) and all(
        _is_steady(config, kind, element.removeprefix("!").lstrip(SPACE), within, own)
        for element in listtext.elements(text)
    )


def is_settled(config: Config, kind: str, text: str, *, but_literals: bool = False) -> bool:
    """True if a list is steady, and the same on whatever host the configuration is looked at.

    That is so with the name of this host where the configuration has it; and with its addresses where
    ``but_literals`` tells that address literals do not count.
    """
    own = _own(config)
    return is_steady(config, kind, text, own=OWN if but_literals and own else own)


def _own(config: Config) -> Container[str]:
    return NAME if config.options.get("primary_hostname") else ()


def is_settled_pattern(config: Config, pattern: str) -> bool:
    """The same for one element of an address list."""
    known: dict[str, bool] = config.ready.setdefault(PATTERNS, {})
    if pattern not in known:
        element = pattern.removeprefix("!").lstrip(SPACE)
        known[pattern] = is_plain(pattern) and _is_steady(config, "address", element, (), _own(config))
    return known[pattern]


def _is_steady(config: Config, kind: str, pattern: str, within: tuple[str, ...], own: Container[str]) -> bool:
    if ";" in pattern or pattern.startswith("/") or (pattern[:1] == "@" and pattern not in own):
        return False
    if kind == "address" and "@" in pattern and not pattern.startswith(("^", "+")):
        local_part, _, place = pattern.rpartition("@")
        if local_part.endswith("@"):
            return f"@{place}" in own
        return _is_steady(config, "domain", place.lstrip(SPACE).removeprefix("!").lstrip(SPACE), within, own)
    if not pattern.startswith("+"):
        return True
    name = pattern[1:]
    named = config.named_list(kind, name)
    return named is not None and name not in within and is_steady(config, kind, named, (*within, name), own)
