"""ETRN: the wish that waiting mail be delivered. See "The ETRN command"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, Failed, Unsupported
from drivers.api.text import Tainted, is_tainted
from drivers.values.commandline import cut
from drivers.values.log_selector import selects
from expander.session import logline
from expander.session.judging import OK
from expander.session.replies import reply

if TYPE_CHECKING:
    from expander.session.machine import Session

DOING = "ETRN processing"


def etrn(session: Session, argument: str) -> None:
    """Start a run of the queue, or the command that the configuration has for it.

    ``Session.prod_with`` gets what the client has asked for, the command line and its words; ``-R`` and a
    text to look for in recipients stand for a run of the queue. It gives False if the same is at work
    already. Where it is None, as in tests, nothing is done.
    """
    ctx = session.ctx
    if session.mail.sender is not None:
        session.error(503, "ETRN is not permitted inside a transaction")
        return
    if selects(ctx, "etrn"):
        ctx.log(f"ETRN {argument} received from {logline.client(session)}")
    verdict = session.judge("etrn")
    if verdict.word != OK:
        session.refuse("etrn", argument, verdict)
        return
    command = str(ctx.options.get("smtp_etrn_command") or "")
    if not command:
        if not argument.startswith("#"):
            session.error(501, "argument must begin with #")
            return
        wanted = argument.removeprefix("#")
        if _prod(session, wanted, "exim -R", ["-R", wanted]):
            session.reply(250, verdict.message or "OK")
        return
    try:
        words = _words(session, command, argument)
    except Unsupported:
        raise
    except Failed as problem:
        ctx.log(f"failed to set up ETRN command: {problem.message}", panic=True)
        session.say("458 Internal failure\r\n")
        return
    if _prod(session, argument, command, words):
        session.say(reply("250", verdict.message or "OK"))


def _prod(session: Session, wanted: str, command: str, words: list[str]) -> bool:
    session.ctx.debug(f"ETRN command is: {command}")
    if session.prod_with is None:
        session.ctx.debug("ETRN command execution skipped")
    elif not session.prod_with(wanted, command, words):
        session.say(f"458 Already processing {wanted}\r\n")
        return False
    return True


def _words(session: Session, command: str, argument: str) -> list[str]:
    """The command and its arguments, each expanded by itself. Raises `Failed`."""
    ctx = session.ctx
    ctx.facts["domain"] = Tainted(argument) if argument else ""
    words: list[str] = []
    try:
        for piece in cut(command):
            try:
                word = ctx.expand(piece) if "$" in piece else piece
            except ExpansionError as problem:
                what = f'Expansion of "{piece}" from command "{command}" in {DOING}'
                raise Failed(f"{what} failed: {problem.message}") from None
            if is_tainted(word):
                raise Failed(f"Tainted arg {len(words)} for {DOING} command: '{word}'")
            words.append(word)
    finally:
        ctx.facts.pop("domain")
    if not words:
        raise Failed(f"null command name for {DOING}")
    return words
