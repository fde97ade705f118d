"""What all lookups say that cannot open what they search."""

from __future__ import annotations

from drivers.api.errors import Failed
from drivers.values import refusal


def open_failed(path: str, purpose: str, code: int) -> Failed:
    """The failure to open what is searched, in Exim's words; ``code`` is the system's error number."""
    return Failed(f"failed to open {path} for {purpose}: {refusal.words(code)}")
