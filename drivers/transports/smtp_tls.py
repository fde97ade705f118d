"""TLS on a connection to a host: what the options want of it, and what the variables tell afterwards."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, ForcedFail
from drivers.api.links import NotSecured, Securing
from drivers.api.remote import TLS_FAILED
from drivers.api.text import Tainted
from drivers.transports.smtp_trouble import Trouble
from drivers.values import tls_names

if TYPE_CHECKING:
    from drivers.api.links import Secured
    from drivers.transports.smtp_attempt import Attempt

LINE = 64


def secure(attempt: Attempt) -> None:
    """Go on under TLS. Raises `Trouble`."""
    verifies = attempt.lists("tls_verify_hosts")
    tries = verifies or attempt.lists("tls_try_verify_hosts")
    how = Securing(
        server=_option(attempt, "tls_sni"),
        authorities=_option(attempt, "tls_verify_certificates") if tries else "",
        certificate=_option(attempt, "tls_certificate"),
        key=_option(attempt, "tls_privatekey"),
        revoked=_option(attempt, "tls_crl"),
        protocols=tuple(filter(None, _option(attempt, "tls_alpn").split(":"))),
    )
    try:
        made = attempt.wire.link.secure(how)
    except TimeoutError:
        raise _failed(attempt, "timed out") from None
    except NotSecured as problem:
        raise _failed(attempt, str(problem)) from None
    fault = made.problem
    if tries and not fault and made.certificate and attempt.lists("tls_verify_cert_hostnames"):
        fault = "" if tls_names.names_host(made.certificate, attempt.host.name) else "hostname mismatch"
    if verifies and (fault or not made.certificate):
        raise _failed(attempt, f"(certificate verification failed): certificate {fault or 'invalid'}")
    _show(attempt, made, how, is_verified=bool(tries and made.certificate and not fault))


def _failed(attempt: Attempt, why: str) -> Trouble:
    host = attempt.host
    words = f"TLS session: {why}"
    attempt.job.ctx.log(f"H={host.name} [{host.address}]: {words}")
    return Trouble("TLS session", TLS_FAILED, text="", is_logged=False)


def _option(attempt: Attempt, name: str) -> str:
    if name not in attempt.job.transport.options:
        return ""
    try:
        return attempt.job.ctx.expand(str(attempt.job.transport[name] or ""))
    except ForcedFail:
        return ""
    except ExpansionError as problem:
        raise _failed(attempt, f"expansion of {name} failed: {problem.message}") from None


def _show(attempt: Attempt, made: Secured, how: Securing, *, is_verified: bool) -> None:
    """Let variables and log lines tell of the connection."""
    ctx = attempt.job.ctx
    gnutls = not ctx.profile.built_with("openssl")
    facts = {
        "cipher": tls_names.cipher(made, gnutls=gnutls),
        "cipher_std": tls_names.standard(made.cipher),
        "ver": made.version.replace("TLSv", "TLS"),
        "bits": str(made.bits),
        "peerdn": Tainted(tls_names.subject(made.certificate)) if made.certificate else "",
        "sni": how.server,
        "certificate_verified": "1" if is_verified else "0",
    }
    if facts["ver"] == "TLS1":
        facts["ver"] = "TLS1.0"
    attempt.sent.facts = facts
    attempt.sent.certificate = _pem(made.certificate)
    for name, value in facts.items():
        ctx.facts[f"tls_out_{name}"] = value
    ctx.facts["tls_out_peercert"] = Tainted(attempt.sent.certificate)


def _pem(data: bytes) -> str:
    if not data:
        return ""
    text = base64.b64encode(data).decode("ascii")
    lines = [text[at : at + LINE] for at in range(0, len(text), LINE)]
    return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""])
