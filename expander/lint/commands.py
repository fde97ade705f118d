"""Texts of commands, which Exim takes apart into arguments before it expands them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.lint.places import command_source

if TYPE_CHECKING:
    from expander.lint.texts import ExpandedText

COMMANDS = ("command", "transport_filter")


def in_arguments(text: ExpandedText) -> ExpandedText:
    """The text as its arguments are expanded, if it is a command of a router or a transport."""
    return text._replace(source=command_source(text.source)) if text.name in COMMANDS else text
