"""STARTTLS: what is said before the handshake, and what becomes of the session afterwards.

The handshake itself is for whoever holds the session: the session wants `WANTED` until `begun` or `failed` is
called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.session import logline
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
    for option in CHECKED:
        client_in(session.ctx, option)
    session.say("220 TLS go ahead\r\n")
    session.wants = WANTED


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
    logline.set_client(session)
    session.next_message()


def failed(session: Session, reason: str) -> None:
    """The handshake has failed: the session is over."""
    session.wants = "command"
    who = logline.client(session)
    session.ctx.log(f"TLS error on connection from {who} (gnutls_handshake): {reason}")
    session.end("tls-failed")
