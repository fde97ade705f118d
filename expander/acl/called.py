"""ACLs within ACLs: arguments, nesting, and what comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.acl import DEFER, ERROR, OK, AclProblem
from drivers.api.errors import Deferred, ExpansionError, ForcedFail, Unsupported
from drivers.api.options import dequote
from drivers.api.text import SPACE
from expander.acl.run import LEVEL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from expander.acl.run import Run
    from expander.expand.context import Context

MOST_ARGUMENTS = 9
DEEPEST = 20
NAMES = (*(f"acl_arg{at}" for at in range(1, MOST_ARGUMENTS + 1)), "acl_narg")


def parts(text: str) -> Iterator[str]:
    """The name of an ACL and its arguments, which may be in double quotes, before they are expanded."""
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
    name = next(parts(text), "")
    try:
        called, *arguments = [run.ctx.expand(part) for part in parts(text)] or [""]
    except ForcedFail:
        return OK
    except Unsupported:
        raise
    except ExpansionError as problem:
        word = DEFER if isinstance(problem, Deferred) else ERROR
        raise AclProblem(f'failed to expand ACL string "{name}": {problem.quoted}', word) from problem
    word = nested(run, lambda: run.run_text(run, called), arguments)
    if word == OK:
        run.message = run.log_message = ""  # what an ACL said that accepted is not passed on
    return word


def nested(run: Run, work: Callable[[], str], arguments: Sequence[str]) -> str:
    """Do what runs an ACL one level deeper, with arguments of its own."""
    ctx = run.ctx
    if not arguments and "acl_narg" not in ctx.facts:
        return _without_arguments(ctx, work)
    outer = {key: ctx.facts.get(key) for key in NAMES}
    _set(ctx, arguments)
    level = ctx.state.get(LEVEL, 0)
    ctx.state[LEVEL] = level + 1
    try:
        return work()
    finally:
        ctx.state[LEVEL] = level
        for key, value in outer.items():
            if value is None:
                ctx.facts.pop(key, None)
            else:
                ctx.facts[key] = value


def _without_arguments(ctx: Context, work: Callable[[], str]) -> str:
    """The same where neither the ACL nor those around it have arguments."""
    level = ctx.state.get(LEVEL, 0)
    ctx.state[LEVEL] = level + 1
    ctx.facts["acl_narg"] = "0"
    try:
        return work()
    finally:
        ctx.state[LEVEL] = level
        ctx.facts.pop("acl_narg", None)


def _set(ctx: Context, arguments: Sequence[str]) -> None:
    ctx.facts.update({f"acl_arg{at}": text for at, text in enumerate(arguments, 1)})
    for at in range(len(arguments) + 1, MOST_ARGUMENTS + 1):
        ctx.facts.pop(f"acl_arg{at}", None)
    ctx.facts["acl_narg"] = str(len(arguments))
