"""Modules that are imported when the first message comes: even asking for one again costs something."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType


@cache
def message() -> ModuleType:
    """What messages need."""
    from expander.session import message as found

    return found


@cache
def signatures() -> ModuleType:
    """What signatures need."""
    from expander.session import signatures as found

    return found
