"""How a test of a filter tells what would be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import printing

if TYPE_CHECKING:
    from grammar.ast.filter import Command

_SIGNIFICANT = frozenset({"deliver", "save", "pipe"})


def printed(text: str) -> str:
    """The text with what does not print as escapes; tabs stay."""
    return "\t".join(printing(piece) for piece in text.split("\t"))


def start(command: Command, word: str) -> str:
    """What the line of a command begins with: "Seen" or "Unseen" where that is out of the ordinary."""
    if word in _SIGNIFICANT:
        return f"Unseen {word}" if command.seen is False else word.capitalize()
    return f"Seen {word}" if command.seen else word.capitalize()
