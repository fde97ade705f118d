"""The modifier ``control``."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from drivers.api.acl import ERROR, OK, AclProblem
from expander.acl.clauses import phases_of
from expander.acl.control_words import ERRONEOUS, control_of, problem
from expander.acl.run import PHASE_NAMES

if TYPE_CHECKING:
    from drivers.api.profile import Profile
    from expander.acl.run import Run

NO_SOCKET = "smtp input is probably not a socket [Socket operation on non-socket], not setting DSCP"


def control(run: Run, text: str) -> str:
    """Change how the message, the connection or the rest of the ACL is treated.

    Raises `AclProblem` in Exim's words for what is no control, or is none here.
    """
    if text == ERRONEOUS:
        run.says_nothing = True
        return ERROR
    name, options, wrong = _checked(run.ctx.profile, run.where, text)
    if wrong:
        raise AclProblem(wrong)
    if name == "dscp":
        run.debug(NO_SOCKET)
    elif name == "debug":
        _debug(run, options)
    elif run.transaction is not None:
        run.transaction.take_control(name, options[1:] if options.startswith("/") else "")
    return OK


@lru_cache(maxsize=256)
def _checked(profile: Profile, where: str, text: str) -> tuple[str, str, str]:
    """The name of a control, its options, and what is wrong with it in a phase, "" for nothing."""
    unit, options = control_of(profile, text)
    if unit is not None and where not in phases_of(unit, profile):
        return unit.name, options, f'cannot use "control={unit.name}" in {PHASE_NAMES[where]} ACL'
    wrong = problem(profile, text)
    assert wrong or unit is not None
    return unit.name if unit is not None else "", options, wrong


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
