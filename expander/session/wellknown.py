"""WELLKNOWN: a client asks for a file that the ACL chooses (4.98).

No Exim at hand has the command. That the text comes back in xtext, a line of it in each line of the reply, is
a guess.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.session.judging import OK

if TYPE_CHECKING:
    from expander.session.machine import Session

NOTHING = "No such item"


def wellknown(session: Session, argument: str) -> None:
    """Ask the ACL, whose ``control = wellknown/FILE`` has the answer."""
    ctx = session.ctx
    if "WELLKNOWN" not in session.advertised:
        session.error(503, "WELLKNOWN command used when not advertised")
        return
    session.mail.controls.pop("wellknown", None)
    verdict = session.judge("wellknown")
    if verdict.word != OK:
        session.refuse("wellknown", argument, verdict)
        return
    path = session.mail.controls.pop("wellknown", "")
    if not path:
        session.reply(550, NOTHING)
        return
    try:
        data = ctx.world.files.read(path)
    except OSError as problem:
        ctx.log(f'wellknown: failed to open file "{path}": {problem.strerror}')
        session.reply(550, NOTHING)
        return
    text = "\n".join(_xtext(line) for line in data.decode("latin-1").splitlines())
    session.reply(250, text)


def _xtext(line: str) -> str:
    """A line in which characters that a reply cannot have are written as numbers."""
    return "".join(f"+{ord(each):02X}" if not "!" <= each <= "~" or each in "+=" else each for each in line)
