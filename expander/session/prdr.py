"""One reply for each recipient after the message, for clients that asked for it with MAIL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import Tainted, lower
from expander.session.judging import DEFER, DISCARD, OK
from expander.session.replies import reply

if TYPE_CHECKING:
    from expander.session.machine import Session

SOME, ALL, NONE = "some", "all", "none"

_DEFAULTS = {
    OK: ("250", "acceptance"),
    DISCARD: ("250", "acceptance"),
    DEFER: ("450", "temporary refusal"),
}
_REFUSED = ("550", "refusal")


def applies(session: Session) -> bool:
    """True if each recipient is to have a reply: there are several, and the client wants it."""
    wanted = session.ctx.facts.get("prdr_requested") == "yes"
    return wanted and len([address for address in session.mail.recipients if address]) > 1


def each(session: Session) -> str:
    """Ask the ACL for each recipient and reply; those refused are left out. Whether some, all or none stay.

    See "acl_smtp_data_prdr" in the manual.
    """
    facts, state = session.ctx.facts, session.mail
    session.say("353 PRDR content analysis beginning\r\n")
    state.replies_to_each = True
    kept, wishes, plainly = [], [], 0
    asked = [address for address in state.recipients if address]
    for address, wish in zip(asked, state.wishes, strict=False):
        local_part, _, domain = address.rpartition("@")
        facts["local_part"], facts["domain"] = Tainted(lower(local_part)), Tainted(lower(domain))
        session.local_part = local_part
        verdict = session.judge("data_prdr")
        code, default = _DEFAULTS.get(verdict.word, _REFUSED)
        said = f"PRDR {address} {verdict.message}" if verdict.message else f"PRDR R=<{address}> {default}"
        session.ctx.log(said)
        session.say(reply(code, verdict.message or said))
        if verdict.word in {OK, DISCARD}:
            kept.append(address)
            wishes.append(wish)
            plainly += verdict.word == OK
    facts.pop("local_part", None)
    facts.pop("domain", None)
    state.recipients, state.wishes = kept, wishes
    return NONE if not kept else ALL if plainly == len(asked) else SOME


def summary(session: Session, name: str, kept: str) -> None:
    """The reply behind those for the recipients."""
    how = {SOME: "accepted for some recipients", ALL: "accepted", NONE: "rejected for all recipients"}[kept]
    session.say(f"{550 if kept == NONE else 250} id={name} message {how}\r\n")
