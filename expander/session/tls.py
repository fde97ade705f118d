"""STARTTLS: what is said before the handshake, and what becomes of the session afterwards.

The handshake itself is for whoever holds the session: the session wants `WANTED` until `begun` or `failed` is
called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, ForcedFail
from drivers.values.listtext import pieces
from expander import events
from expander.session import authentication, ending, logline, timeouts
from expander.session.hostcheck import client_in
from expander.session.judging import OK
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from expander.expand.context import Context
    from expander.session.machine import Session

WANTED = "tls"
"""What a session wants next: the handshake."""

WISHES = "tls wishes"
"""Under this name the state has what the options want of the handshake."""


class Wishes(Record):
    """What is wanted of a handshake: that sessions are resumed, and that the client shows a certificate.

    ``verifies`` asks for one, which has to be good; ``insists`` ends the handshake without.
    """

    resumes: bool
    verifies: bool = False
    insists: bool = False


_CERTIFICATE = b"-----BEGIN CERTIFICATE"
NO_CLIENT = "Error in the pull function."
"""GnuTLS's words for a client that sends nothing more."""

TIMED_OUT = "timed out"
BAD_CERTIFICATE = "Error in the certificate."


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
    if session.has_tls:
        _log(session, " (STARTTLS received after TLS started): ")
        session.say("554 Already in TLS\r\n")
        return
    problem = _setup_problem(session) if session.is_test else ""
    if problem:
        session.drops_input = True
        _log(session, problem)
        session.say("454 TLS currently unavailable\r\n")
        return
    prepare(session)
    session.say("220 TLS go ahead\r\n")
    session.wants = WANTED


def prepare(session: Session) -> None:
    """Settle what is wanted of the client in the handshake that follows."""
    session.ctx.state[WISHES] = _wishes(session.ctx)
    if "sender_fullhost" not in session.ctx.facts:  # before the session has begun
        logline.set_client(session)


def _wishes(ctx: Context) -> Wishes:
    resumes = client_in(ctx, "tls_resumption_hosts")
    if client_in(ctx, "tls_verify_hosts"):
        return Wishes(resumes, verifies=True, insists=True)
    return Wishes(resumes, verifies=client_in(ctx, "tls_try_verify_hosts"))


def at_once(session: Session) -> None:
    """What follows if the client has begun with TLS, of which the variables tell."""
    if session.ctx.facts.get("tls_in_cipher"):
        session.has_tls = True
        session.ctx.facts["received_protocol"] = "smtps"
        authentication.by_certificate(session)


def begun(session: Session, facts: Mapping[str, str]) -> None:
    """The handshake has succeeded: the client begins anew; ``facts`` are the variables that tell of it.

    A certificate of the client is told of as an event, whose answer refuses it.
    """
    session.wants = "command"
    if facts.get("tls_in_peercert"):
        session.ctx.facts["tls_in_peercert"] = facts["tls_in_peercert"]
        answer = events.of_main(session.ctx, "tls:cert", "0")
        if answer:
            session.ctx.log(f"SSL verify denied by event-action: depth=0: {answer}")
            failed(session, BAD_CERTIFICATE)
            return
    session.has_tls = True
    own = session.ctx.facts
    if not session.ctx.options.get("tls_remember_esmtp"):
        session.hello_seen = session.esmtp = False
        session.advertised = set()
        session.authenticators = []
    own.pop("sender_helo_name", None)
    own.update(facts)
    own["received_protocol"] = "esmtps" if session.esmtp else "smtps"
    own["authenticated_id"] = own["sender_host_authenticated"] = ""
    logline.set_client(session)
    session.next_message()
    session.free_of_charge.add("AUTH")
    session.certificate_was_asked = False
    authentication.by_certificate(session)


def cut(session: Session, reason: str) -> None:
    """The client is gone without having ended TLS."""
    name, reception = session.message_id, session.reception
    if not name and reception is not None:
        timeouts.name_reception(session, reception)
    _log(session, f" (recv): {reason}")
    session.message_id = name


def failed(session: Session, reason: str) -> None:
    """The handshake has failed: the session is over."""
    session.wants = "command"
    is_first = not session.has_greeted  # TLS was to begin at once
    if is_first:
        ending.opened(session)
    events.of_main(session.ctx, "tls:fail:connect", f"(gnutls_handshake): {reason}")
    _log(session, f" (gnutls_handshake): {reason}")
    if is_first:
        session.end()
        return
    if reason == TIMED_OUT:
        timeouts.command_timeout(session)
        return
    ending.closed(session, "closed by EOF")
    session.end("tls-failed")


def _setup_problem(session: Session) -> str:
    """What is wrong with the certificate and the key; "" if they can be used, or if there are none."""
    names = {}
    for option in ("tls_certificate", "tls_privatekey"):
        try:
            names[option] = session.option(option)
        except ForcedFail:
            names[option] = ""
        except ExpansionError as problem:
            session.ctx.log(f"expansion of {option} failed: {problem.message}", panic=True)
            return " Internal error"
    certificates = names["tls_certificate"]
    keys = names["tls_privatekey"] or certificates
    for certificate, key in zip(pieces(certificates, ":"), pieces(keys, ":"), strict=False):
        where = f" (cert/key setup: cert={certificate} key={key})"
        try:
            data = session.ctx.world.files.read(certificate)
            session.ctx.world.files.read(key)
        except OSError:
            return f"{where}: Error while reading file."
        if _CERTIFICATE not in data:
            return f"{where}: The requested data were not available."
    return ""


def _log(session: Session, problem: str) -> None:
    session.ctx.log(f"TLS error on connection from {session.ctx.facts['sender_fullhost']}{problem}")
