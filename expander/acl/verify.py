"""The condition ``verify``: the keyword decides who does the work."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from drivers.api.acl import AclProblem
from drivers.api.errors import Unsupported
from drivers.values.telling import STEPS_SINCE
from expander.acl.verify_words import keyword, problems

if TYPE_CHECKING:
    from collections.abc import Callable

    from drivers.api.profile import Profile
    from expander.acl.run import Run
    from expander.acl.verify_words import Keyword

DONE_BY = {
    "arc": "expander.acl.verify_arc:arc",
    "certificate": "expander.acl.verify_connection:certificate",
    "csa": "expander.acl.verify_csa:csa",
    "helo": "expander.acl.verify_connection:helo",
    "reverse_host_lookup": "expander.acl.verify_connection:reverse_host_lookup",
    "header_names_ascii": "expander.acl.verify_headers:header_names_ascii",
    "header_syntax": "expander.acl.verify_headers:header_syntax",
    "not_blind": "expander.acl.verify_headers:not_blind",
    "header_sender": "expander.acl.verify_address:header_sender",
    "recipient": "expander.acl.verify_address:recipient",
    "sender": "expander.acl.verify_address:sender",
}
"""Where the keywords are carried out."""


def verify(run: Run, text: str) -> str:
    """True if what the keyword names verifies.

    Raises `AclProblem` in Exim's words for a text that is not understood, or not in this ACL, and
    `Unsupported` for what is not imitated. See "Address verification".
    """
    profile = run.ctx.profile
    found, wrong = _understood(profile, text)
    if found is not None and found.phases and run.where not in found.phases and not _is_misspelt(wrong):
        raise AclProblem(f"cannot verify {found.name} in ACL for {run.phase}")
    if wrong is not None or found is None:
        raise AclProblem(wrong or "")
    path = DONE_BY.get(found.name)
    if path is None:
        raise Unsupported(f"verify = {found.name} is not supported by eximulate yet")
    work = _function_at(path)
    steps = run.ctx.profile.at_least(STEPS_SINCE)
    run.ctx.depth += steps
    try:
        return work(run, text)
    finally:
        run.ctx.depth -= steps


@lru_cache(maxsize=64)
def _understood(profile: Profile, text: str) -> tuple[Keyword | None, str | None]:
    """The keyword of a text, and what is wrong with it, if anything is."""
    return keyword(profile, text), next(problems(profile, text), None)


@lru_cache(maxsize=len(DONE_BY))
def _function_at(path: str) -> Callable[[Any, str], str]:
    module, _, function = path.partition(":")
    found: Callable[[Any, str], str] = getattr(import_module(module), function)
    return found


def _is_misspelt(wrong: str | None) -> bool:
    return wrong is not None and (wrong.startswith(("expected", "unexpected")))
