"""Prefixes and suffixes of local parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import Tainted, lower
from drivers.values import listtext

if TYPE_CHECKING:
    from drivers.api.routing import Address
    from expander.routing.plan import Plan


def strip(plan: Plan, address: Address) -> str:
    """Take the affixes that a router wants off the local part.

    What is wrong if one is not there that has to be: "prefix" or "suffix", else "".
    """
    address.prefix = address.prefix_v = address.suffix = address.suffix_v = ""
    text = address.cased if plan.is_caseful else address.lowered
    prefixes, suffixes = plan.prefixes, plan.suffixes
    if prefixes is suffixes is None:
        address.local_part = text
        return ""
    kind = type(text)
    if prefixes is not None:
        length, variable = prefix_length(text, prefixes)
        if length:
            found = text[:length]
            address.prefix = Tainted(found) if variable else found
            address.prefix_v = Tainted(text[:variable])
            text = kind(text[length:])
        elif not plan.prefix_optional:
            return "prefix"
    if suffixes is not None:
        length, variable = suffix_length(text, suffixes)
        if length:
            found = text[len(text) - length :]
            address.suffix = Tainted(found) if variable else found
            address.suffix_v = Tainted(found[length - variable :])
            text = kind(text[: len(text) - length])
        elif not plan.suffix_optional:
            address.local_part = text
            return "suffix"
    address.local_part = text
    return ""


def prefix_length(text: str, prefixes: str) -> tuple[int, int]:
    """How long the first prefix is that the text has, and how much of that an asterisk stands for.

    With an asterisk it is the last place that counts.
    """
    low = lower(text)
    for prefix in listtext.elements(prefixes):
        if prefix.startswith("*"):
            fixed = lower(prefix[1:])
            at = low.rfind(fixed)
            if at >= 0:
                return at + len(fixed), at
        elif low.startswith(lower(prefix)):
            return len(prefix), 0
    return 0, 0


def suffix_length(text: str, suffixes: str) -> tuple[int, int]:
    """The same for suffixes, whose asterisk is at their end; the first place counts."""
    low = lower(text)
    for suffix in listtext.elements(suffixes):
        if suffix.endswith("*"):
            fixed = lower(suffix[:-1])
            at = low.find(fixed)
            if at >= 0:
                return len(text) - at, len(text) - at - len(fixed)
        elif len(text) > len(suffix) and low.endswith(lower(suffix)):
            return len(suffix), 0
    return 0, 0
