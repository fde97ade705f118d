"""Which items the main option ``log_selector`` turns on: "Reducing or increasing what is logged"."""

from __future__ import annotations

import re

_WORD = re.compile(r"([+-])([a-z0-9_]+)")


def is_on(setting: str, word: str, *, default: bool = False) -> bool:
    """True if the setting turns the item of that name on, by itself or by ``+all``; the last word counts."""
    on = default
    for sign, name in _WORD.findall(setting):
        if name in {word, "all"}:
            on = sign == "+"
    return on
