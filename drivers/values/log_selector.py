"""Which items the main option ``log_selector`` turns on: "Reducing or increasing what is logged"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api import registry
from grammar.patterns import late_pattern

if TYPE_CHECKING:
    from typing import Self

    from drivers.api.protocols import Context

_WORD = late_pattern(r"([+-])([a-z0-9_]+)")
MOST_KNOWN = 1000
_known: dict[tuple[str, str, str], bool] = {}
_ALIASES = {"rejected_headers": "rejected_header"}


class Selected(str):
    """A log line that is written because a word of ``log_selector`` wants it, which is ``word``."""

    __slots__ = ("word",)

    word: str

    def __new__(cls, text: str, word: str) -> Self:
        """The line with the word."""
        made = super().__new__(cls, text)
        made.word = word
        return made


def is_on(setting: str, word: str, *, default: bool = False) -> bool:
    """True if the setting turns the item of that name on, by itself or by ``+all``; the last word counts."""
    on = default
    for sign, name in _WORD.findall(setting):
        if _ALIASES.get(name, name) in {word, "all"}:
            on = sign == "+"
    return on


def selects(ctx: Context, word: str) -> bool:
    """True if the item is logged: as ``log_selector`` says, or else as the release has it."""
    made: dict[str, dict[str, bool]] | None = getattr(ctx.options, "made", None)
    if made is None:
        return _selects(ctx, word)
    try:
        return made["log_selector"][word]
    except KeyError:
        found = made.setdefault("log_selector", {})[word] = _selects(ctx, word)
    return found


def _selects(ctx: Context, word: str) -> bool:
    setting = str(ctx.options.get("log_selector") or "")
    key = setting, word, ctx.profile.release
    try:
        return _known[key]
    except KeyError:
        if len(_known) > MOST_KNOWN:
            _known.clear()
        unit = registry.find("log-selector", word)
        default = unit is not None and ctx.profile.as_of(unit.facts["older"], unit.facts["default"])
        _known[key] = is_on(setting, word, default=bool(default))
    return _known[key]
