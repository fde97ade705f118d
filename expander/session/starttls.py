"""STARTTLS in a session that does not run over a socket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, Unsupported
from drivers.values.listtext import pieces
from expander.session import ending
from expander.session.hostcheck import client_in
from expander.session.judging import OK

if TYPE_CHECKING:
    from expander.session.machine import Session

UNAVAILABLE = "454 TLS currently unavailable\r\n"
_CERTIFICATE = b"-----BEGIN CERTIFICATE"


def starttls(session: Session, _argument: str) -> None:
    """STARTTLS: the handshake fails, as there is no socket, and what the client has sent is dropped.

    Raises `Unsupported` in a session that is not a test, and for builds with OpenSSL.
    """
    if "STARTTLS" not in session.advertised:
        session.error(503, "STARTTLS command used when not advertised")
        return
    verdict = session.judge("starttls")
    if verdict.word != OK:
        session.refuse("starttls", "", verdict)
        return
    if not session.is_test or not session.ctx.profile.built_with("gnutls"):
        raise Unsupported("TLS (STARTTLS) is not supported by eximulate yet")
    session.drops_input = True
    problem = _setup_problem(session)
    if problem:
        _log(session, problem)
        session.say(UNAVAILABLE)
        return
    session.say("220 TLS go ahead\r\n")
    client_in(session.ctx, "tls_resumption_hosts")
    if not client_in(session.ctx, "tls_verify_hosts"):
        client_in(session.ctx, "tls_try_verify_hosts")
    _log(session, " (gnutls_handshake): Error in the pull function.")
    ending.closed(session, "closed by EOF")
    session.end("tls-failed")


def _setup_problem(session: Session) -> str:
    """What is wrong with the certificate and the key; "" if they can be used, or if there are none."""
    names = {}
    for option in ("tls_certificate", "tls_privatekey"):
        try:
            names[option] = session.option(option)
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
