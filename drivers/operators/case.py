"""Operators that change the case of letters, and the length of a string."""

from __future__ import annotations

from drivers.api.text import lower, upper
from drivers.api.unit import operator

SECTION = "Expansion operators"


@operator("lc", syntax="${lc:<string>}", section=SECTION, pure=True, examples={"${lc:MiXed}": "mixed"})
def lc(text: str) -> str:
    """Turn ASCII letters into lower case; other bytes stay."""
    return lower(text)


@operator("uc", syntax="${uc:<string>}", section=SECTION, pure=True, examples={"${uc:MiXed}": "MIXED"})
def uc(text: str) -> str:
    """Turn ASCII letters into upper case; other bytes stay."""
    return upper(text)
