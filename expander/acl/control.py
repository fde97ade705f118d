"""The modifier ``control``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.acl import ERROR, OK, AclProblem
from expander.acl.clauses import may_be_used
from expander.acl.control_words import ERRONEOUS, control_of, problem

if TYPE_CHECKING:
    from expander.acl.run import Run

NO_SOCKET = "smtp input is probably not a socket [Socket operation on non-socket], not setting DSCP"


def control(run: Run, text: str) -> str:
    """Change how the message, the connection or the rest of the ACL is treated.

    Raises `AclProblem` in Exim's words for what is no control, or is none here.
    """
    profile = run.ctx.profile
    if text == ERRONEOUS:
        run.says_nothing = True
        return ERROR
    unit, options = control_of(profile, text)
    if unit is not None and not may_be_used(run, unit):
        raise AclProblem(f'cannot use "control={unit.name}" in {run.phase} ACL')
    wrong = problem(profile, text)
    if wrong:
        raise AclProblem(wrong)
    assert unit is not None
    if unit.name == "dscp":
        run.debug(NO_SOCKET)
    elif unit.name == "debug":
        _debug(run, options)
    elif run.transaction is not None:
        run.transaction.take_control(unit.name, options.removeprefix("/"))
    return OK


def _debug(run: Run, options: str) -> None:
    """``debug``: what it says where debugging output goes to the standard error output already."""
    tag = selected = ""
    for option in options.split("/"):
        name, _, value = option.partition("=")
        if name == "tag":
            tag = value
        elif name == "opts":
            selected = value
    if tag or selected:
        run.debug("DEBUGGING ACTIVATED FROM WITHIN CONFIG.")
        run.debug(f'DEBUG: Tag="{tag or "NULL"}" opts="{selected or "NULL"}"')
