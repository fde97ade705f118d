"""The operator that once took the mark of outside data from a string."""

from __future__ import annotations

from drivers.api.unit import operator


@operator(
    "bless",
    syntax="${bless:<string>}",
    since="4.94",
    until="4.95",
    section="Expansion operators",
    pure=True,
    taint="removes",
    examples={"${bless:abc}": "abc"},
)
def bless(text: str) -> str:
    """Give the same string, no longer marked as coming from outside."""
    return str(text)
