"""Which items ``log_selector`` turns on, for those who have no context."""

from __future__ import annotations

from drivers.values.log_selector import is_on

__all__ = ["is_on"]
