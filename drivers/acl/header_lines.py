"""The modifiers that add header lines to the message and take some from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.acl import OK
from drivers.api.text import tainted_like
from drivers.values import header_changes

if TYPE_CHECKING:
    from drivers.api.acl import Acl


def add_header(acl: Acl, text: str) -> str:
    """Note lines to be added when the next phase of the message begins; see "Adding header lines in ACLs"."""
    changes = header_changes.changes_of(acl.ctx.state)
    header_changes.add(changes, text)
    before = acl.ctx.facts.get("headers_added", "")
    acl.ctx.facts["headers_added"] = tainted_like(header_changes.shown(changes), before, text)
    return OK


def remove_header(acl: Acl, text: str) -> str:
    """Note the names of lines to be removed; see "Removing header lines in ACLs"."""
    header_changes.remove(header_changes.changes_of(acl.ctx.state), text)
    return OK
