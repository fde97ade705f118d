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
OLD_NAMES = frozenset({"cipher", "peerdn", "sni", "bits", "certificate_verified"})
OTHER_NAME = "it is for another host"
INVALID = ": certificate invalid"


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
    _check_files(attempt, how)
    gnutls = not attempt.job.ctx.profile.built_with("openssl")
    try:
        made = attempt.wire.link.secure(how)
    except TimeoutError:
        raise _failed("(gnutls_handshake): timed out") from None
    except NotSecured as problem:
        raise _failed(tls_names.problem(str(problem), gnutls=gnutls)) from None
    if made.certificate and (answer := attempt.job.event("tls:cert", "0")):
        attempt.job.ctx.log(f"SSL verify denied by event-action: depth=0: {answer}")
        raise _failed("(gnutls_handshake): Error in the certificate.")
    fault = made.problem
    if tries and not fault and made.certificate and attempt.lists("tls_verify_cert_hostnames"):
        fault = "" if tls_names.names_host(made.certificate, attempt.host.name) else OTHER_NAME
    if verifies and (fault or not made.certificate):
        raise _failed(f"(certificate verification failed){'' if fault == OTHER_NAME else INVALID}")
    _show(attempt, made, how, is_verified=bool(tries and made.certificate and not fault))


def _check_files(attempt: Attempt, how: Securing) -> None:
    if not how.certificate:
        return
    try:
        for path in (how.certificate, how.key or how.certificate):
            attempt.job.ctx.world.files.read(path)
    except OSError:
        where = f"(cert/key setup: cert={how.certificate} key={how.key or how.certificate})"
        raise _failed(f"{where}: Error while reading file.") from None


def _failed(why: str) -> Trouble:
    return Trouble(f"TLS session: {why}", TLS_FAILED, is_logged=False)


def _option(attempt: Attempt, name: str) -> str:
    if name not in attempt.job.transport.options:
        return ""
    try:
        return attempt.job.ctx.expand(str(attempt.job.transport[name] or ""))
    except ForcedFail:
        return ""
    except ExpansionError as problem:
        raise _failed(f"expansion of {name} failed: {problem.message}") from None


def _show(attempt: Attempt, made: Secured, how: Securing, *, is_verified: bool) -> None:
    """Let variables and log lines tell of the connection."""
    ctx = attempt.job.ctx
    gnutls = not ctx.profile.built_with("openssl")
    facts = {
        "cipher": tls_names.cipher(made, gnutls=gnutls),
        "cipher_std": tls_names.standard(made.cipher, gnutls=gnutls),
        "ver": made.version.replace("TLSv", "TLS"),
        "bits": str(made.bits),
        "peerdn": Tainted(tls_names.subject(made.certificate)) if made.certificate else "",
        "sni": how.server,
        "certificate_verified": "1" if is_verified else "0",
        "ocsp": "3" if attempt.lists("hosts_request_ocsp") else "0",  # nobody here has heard an answer
        "resumption": "9" if gnutls else "0",
    }
    if facts["ver"] == "TLS1":
        facts["ver"] = "TLS1.0"
    attempt.sent.facts = facts
    attempt.sent.certificate = _pem(made.certificate)
    for name, value in facts.items():
        ctx.facts[f"tls_out_{name}"] = value
        if name in OLD_NAMES:
            ctx.facts[f"tls_{name}"] = value
    ctx.facts["tls_out_peercert"] = Tainted(attempt.sent.certificate)


def _pem(data: bytes) -> str:
    if not data:
        return ""
    text = base64.b64encode(data).decode("ascii")
    lines = [text[at : at + LINE] for at in range(0, len(text), LINE)]
    return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""])
