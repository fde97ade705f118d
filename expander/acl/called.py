"""ACLs within ACLs: arguments, nesting, and what comes back."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from drivers.api.acl import DEFER, ERROR, OK, AclProblem
from drivers.api.errors import Deferred, ExpansionError, ForcedFail, Unsupported
from drivers.api.options import dequote
from drivers.api.text import SPACE
from expander.acl.run import LEVEL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from expander.acl.run import Run

MOST_ARGUMENTS = 9
DEEPEST = 20
LONGEST_KEPT = 256
NAMES = (*(f"acl_arg{at}" for at in range(1, MOST_ARGUMENTS + 1)), "acl_narg")
WITHOUT_ARGUMENTS: Mapping[str, str | None] = {"acl_narg": None}
"""The variables of `NAMES` that change where neither an ACL nor those around it have arguments."""


def parts(text: str) -> Sequence[str]:
    """The name of an ACL and its arguments, which may be in double quotes, before they are expanded."""
    return _kept(text) if len(text) <= LONGEST_KEPT else tuple(_parts(text))


@lru_cache(maxsize=256)
def _kept(text: str) -> tuple[str, ...]:
    return tuple(_parts(text))


def _parts(text: str) -> Iterator[str]:
    left = text.lstrip(SPACE)
    end = next((at for at, char in enumerate(left) if char in SPACE), len(left))
    if left:
        yield left[:end]
    left = left[end:]
    for _ in range(MOST_ARGUMENTS):
        left = left.lstrip(SPACE)
        if not left:
            return
        part, end = dequote(left)
        yield part
        left = left[end:]


def call(run: Run, text: str) -> str:
    """The condition ``acl``: run the ACL that the text names, with its arguments."""
    pieces, expand = parts(text) or ("",), run.ctx.expand
    try:
        called, *arguments = map(expand, pieces)
    except ForcedFail:
        return OK
    except Unsupported:
        raise
    except ExpansionError as problem:
        word = DEFER if isinstance(problem, Deferred) else ERROR
        raise AclProblem(f'failed to expand ACL string "{pieces[0]}": {problem.quoted}', word) from problem
    return nested(run, called, arguments)


def nested(run: Run, called: str, arguments: Sequence[str]) -> str:
    """Run an ACL one level deeper, with arguments of its own: its word."""
    facts, state = run.ctx.facts, run.ctx.state
    outer: Mapping[str, str | None] = WITHOUT_ARGUMENTS
    if arguments or "acl_narg" in facts:
        outer = {key: facts.get(key) for key in NAMES}
        _set(facts, arguments)
    else:
        facts["acl_narg"] = "0"
    level = state.get(LEVEL, 0)
    state[LEVEL] = level + 1
    try:
        return run.run_text(run, called)
    finally:
        state[LEVEL] = level
        for key, value in outer.items():
            if value is None:
                facts.pop(key, None)
            else:
                facts[key] = value


def _set(facts: dict[str, str], arguments: Sequence[str]) -> None:
    facts.update({f"acl_arg{at}": text for at, text in enumerate(arguments, 1)})
    for at in range(len(arguments) + 1, MOST_ARGUMENTS + 1):
        facts.pop(f"acl_arg{at}", None)
    facts["acl_narg"] = str(len(arguments))
