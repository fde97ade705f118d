"""Compiles ``${lookup...}``: the type is judged before anything runs, even where it is skipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.errors import Failed
from drivers.values import lookup_type
from expander.expand.compiled import Complaint

if TYPE_CHECKING:
    from drivers.api.profile import Profile
    from expander.expand.compiled import Compiling
    from grammar.ast.expansion import Item


def style_of(profile: Profile, name: str) -> str | None:
    """The style of a lookup type that the profile has, else None."""
    unit = registry.find("lookup", name)
    return unit.facts["style"] if unit is not None and profile.has(unit) else None


def is_keyed(node: Item) -> bool:
    """True if a key stands before the type."""
    return bool(node.groups) and bool(node.words) and node.groups[0].start < node.words[0].start


def type_complaint(compiler: Compiling, node: Item) -> Complaint | None:
    """What is wrong with the type, or with having a key or none."""
    if not node.words:
        return None
    span = compiler.span(node.words[0])
    try:
        kind = lookup_type.parse(node.words[0].value, lambda name: style_of(compiler.profile, name))
    except Failed as error:
        return Complaint(error.message, span)
    if is_keyed(node) and kind.style == lookup_type.QUERY:
        message = (
            f'a single key was given for lookup type "{kind.name}", which is not a single-key lookup type'
        )
        return Complaint(message, span)
    if not is_keyed(node) and kind.style == lookup_type.SINGLE_KEY:
        return Complaint(f'missing {{key}} for single-key "{kind.name}" lookup', span)
    return None
