"""Conditions and modifiers that need nothing but their text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.acl import DEFER, FAIL, OK, AclProblem
from drivers.api.text import SPACE, lower, printing

if TYPE_CHECKING:
    from expander.acl.run import Run
    from expander.expand.context import Context

LOGS = frozenset({"main", "reject", "panic"})


def condition(_run: Run, value: str) -> str:
    """The outcome of ``condition``: numbers and the words for true and false; others defer."""
    number = value.removeprefix("-")
    if not number.strip("0123456789"):
        return OK if number.strip("0") else FAIL
    word = lower(value)
    if word in {"no", "false"}:
        return FAIL
    if word in {"yes", "true"}:
        return OK
    raise AclProblem(f'invalid "condition" value "{value}"', DEFER)


def continue_(_run: Run, _value: str) -> str:
    """``continue``: its text has been expanded, and that is all."""
    return OK


def logwrite(run: Run, text: str) -> str:
    """``logwrite``: write to the logs that the text names, the main log if it names none."""
    line, names = text, []
    if text.startswith(":"):
        head, colon, line = text[1:].partition(":")
        names = head.split(",") if head else []
        if not colon or not LOGS.issuperset(names):
            shown = as_logged(run.ctx, text)
            run.ctx.log(f'unknown log name in "{shown}" in "logwrite" in {run.phase} ACL', panic=True)
            return OK
    line = as_logged(run.ctx, line.lstrip(SPACE))
    write = getattr(run.transaction, "write_with", None) if names else None
    if write is not None:
        write(line, names, False)  # noqa: FBT003 - without the header
    else:
        run.ctx.log(line, panic="panic" in names)
    return OK


def as_logged(ctx: Context, text: str) -> str:
    """A text as one line of the log: what does not print is shown otherwise, but tabs stay."""
    top_bit_prints = bool(ctx.options.get("print_topbitchars"))
    return "\t".join(printing(piece, top_bit_prints=top_bit_prints) for piece in text.split("\t"))


def log_reject_target(run: Run, text: str) -> str:
    """``log_reject_target``: the logs for a refusal; nothing for none."""
    names = tuple(word for word in (part.strip(SPACE) for part in text.split(":")) if word)
    for name in names:
        if name not in LOGS:
            words = f'unknown log name "{name}" in "log_reject_target" in {run.phase} ACL'
            run.ctx.log(words, panic=True)
            return OK
    run.log_targets = names
    return OK
