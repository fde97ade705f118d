"""Asks the ACLs of a session: the one place where the session meets their engine."""

from __future__ import annotations

from drivers.api.acl import DEFER, DISCARD, DROP, ERROR, FAIL, OK
from expander.acl.engine import check_acl
from expander.acl.run import PHASE_NAMES, AclResult

__all__ = ["ACL_OPTIONS", "DEFER", "DISCARD", "DROP", "ERROR", "FAIL", "OK", "AclResult", "check_acl"]

ACL_OPTIONS = {where: f"acl_smtp_{where}" for where in (*PHASE_NAMES, "data_prdr")}
"""The main options that name the ACLs of sessions, by phase."""
