"""Conditions and modifiers that need nothing but their text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.acl import DEFER, FAIL, OK, AclProblem
from drivers.api.text import SPACE, lower

if TYPE_CHECKING:
    from expander.acl.run import Run


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
    line, panic = text, False
    if text.startswith(":"):
        names, colon, rest = text[1:].partition(":")
        if colon:
            line = rest
            words = [word.strip(SPACE) for word in names.split(",")]
            panic = "panic" in words
    run.ctx.log(line.lstrip(SPACE), panic=panic)
    return OK


def log_reject_target(run: Run, text: str) -> str:
    """``log_reject_target``: the logs for a refusal; nothing for none."""
    names = tuple(word for word in (part.strip(SPACE) for part in text.split(":")) if word)
    for name in names:
        if name not in {"main", "reject", "panic"}:
            run.ctx.log(f'unknown log name "{name}" in "log_reject_target" in {run.phase} ACL')
            return OK
    run.log_targets = names
    return OK
