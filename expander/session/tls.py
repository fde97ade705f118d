"""STARTTLS: what is said before the handshake, and what becomes of the session afterwards.

The handshake itself is for whoever holds the session: the session wants `WANTED` until `begun` or `failed` is
called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, ForcedFail
from drivers.values import listtext
from expander.session import authentication, logline
from expander.session.hostcheck import client_in
from expander.session.judging import OK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from expander.session.machine import Session

WANTED = "tls"
"""What a session wants next: the handshake."""

CHECKED = ("tls_resumption_hosts", "tls_verify_hosts", "tls_try_verify_hosts")
NO_CLIENT = "Error in the pull function."
"""GnuTLS's words for a client that sends nothing more."""


def starttls(session: Session, _argument: str) -> None:
    """STARTTLS: let the handshake begin, if it was offered and the ACL permits it."""
    if "STARTTLS" not in session.advertised:
        session.error(503, "STARTTLS command used when not advertised")
        return
    verdict = session.judge("starttls")
    if verdict.word != OK:
        session.refuse("starttls", "", verdict)
        return
    session.reset()
    session.free_of_charge.discard("STARTTLS")
    for option in CHECKED:
        client_in(session.ctx, option)
    problem = _unreadable(session)
    if problem:
        session.ctx.log(f"TLS error on connection from {logline.client(session)} {problem}")
        session.say("454 TLS currently unavailable\r\n")
        return
    session.say("220 TLS go ahead\r\n")
    session.wants = WANTED


def _unreadable(session: Session) -> str:
    """Why the server's certificate cannot be shown, "" if it can be, or if one is made for the occasion."""
    ctx = session.ctx
    names = []
    for option in ("tls_certificate", "tls_privatekey"):
        try:
            names.append(session.option(option))
        except ForcedFail:
            names.append("")
        except ExpansionError as problem:
            ctx.log(f"expansion of {option} failed: {problem.message}")
            return "Internal error"
    certificate, key = names[0], names[1] or names[0]
    try:
        for name in (*listtext.elements(certificate), *listtext.elements(key)):
            ctx.world.files.read(name, 1)
    except OSError:
        return f"(cert/key setup: cert={certificate} key={key}): Error while reading file."
    return ""


def at_once(session: Session) -> None:
    """What follows if the client has begun with TLS, of which the variables tell."""
    if session.ctx.facts.get("tls_in_cipher"):
        session.has_tls = True
        session.ctx.facts["received_protocol"] = "smtps"
        authentication.by_certificate(session)


def begun(session: Session, facts: Mapping[str, str]) -> None:
    """The handshake has succeeded: the client begins anew; ``facts`` are the variables that tell of it."""
    session.wants = "command"
    session.has_tls = True
    session.hello_seen = session.esmtp = False
    session.advertised = set()
    session.authenticators = []
    own = session.ctx.facts
    own.pop("sender_helo_name", None)
    own.update(facts)
    own["received_protocol"] = "smtps"
    own["authenticated_id"] = own["sender_host_authenticated"] = ""
    logline.set_client(session)
    session.next_message()
    session.free_of_charge.add("AUTH")
    session.certificate_was_asked = False
    authentication.by_certificate(session)


def failed(session: Session, reason: str) -> None:
    """The handshake has failed: the session is over."""
    session.wants = "command"
    who = logline.client(session)
    session.ctx.log(f"TLS error on connection from {who} (gnutls_handshake): {reason}")
    session.end("tls-failed")
