"""Header lines that ACLs add to the message without a modifier of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from drivers.acl.header_lines import add_header

if TYPE_CHECKING:
    from drivers.api.acl import Acl
    from expander.acl.run import Run


def add(run: Run, text: str) -> None:
    """Note lines to be added; see "Adding header lines in ACLs"."""
    add_header(cast("Acl", run), text)  # a context of its own class is one of the protocol
