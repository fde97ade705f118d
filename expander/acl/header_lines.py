"""Header lines that ACLs add to the message and take from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from expander.acl.run import Run


def add(run: Run, text: str) -> None:
    """Note lines to be added; see "Adding header lines in ACLs"."""
    run.ctx.state.setdefault("header lines added", []).append(text)
