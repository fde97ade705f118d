"""Asks the ACLs of a session: the one place where the session meets their engine."""

from __future__ import annotations

from drivers.api.acl import DEFER, DISCARD, DROP, ERROR, FAIL, OK
from expander.acl.engine import check_acl
from expander.acl.run import AclResult

__all__ = ["DEFER", "DISCARD", "DROP", "ERROR", "FAIL", "OK", "AclResult", "check_acl"]
