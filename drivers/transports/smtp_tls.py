"""TLS on a connection to a host: what the options want of it, and what the variables tell afterwards."""

from __future__ import annotations

import base64
import os
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, ForcedFail
from drivers.api.links import NotSecured, Securing
from drivers.api.remote import TLS_FAILED
from drivers.api.text import Tainted
from drivers.transports import smtp_dane, smtp_resumption
from drivers.transports.smtp_trouble import Trouble
from drivers.values import tls_names
from drivers.values.listtext import split

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from drivers.api.links import Secured
    from drivers.api.protocols import Context
    from drivers.api.routing import Router
    from drivers.transports.smtp_line import Line
    from drivers.values.smtp_client import Reply

LINE = 64
SESSION = "TLS session: "
OLD_NAMES = frozenset({"cipher", "peerdn", "sni", "bits", "certificate_verified"})
FACTS = OLD_NAMES | {"cipher_std", "ver", "ocsp", "resumption", "dane", "tlsa_usage", "peercert"}
OTHER_NAME = "it is for another host"
NO_WORDS, SYSTEM, PEM = "NULL", "system", b"-----BEGIN "
SHOWN = {"tls_sni": "tls_out_sni"}
INVALID = "invalid"
NO_PROTOCOL = "(handshake): ALPN required but not negotiated"
OF_LIST, LIST = "(gnutls_certificate_set_x509_crl_file): ", b"-----BEGIN X509 CRL-----"


def secure(attempt: Line) -> None:
    """Go on under TLS. Raises `Trouble`."""
    try:
        _secure(attempt)
    except Trouble as trouble:
        attempt.job.ctx.facts.pop("tls_out_resumption", None)
        if attempt.dane is not None:
            host, why = attempt.host, trouble.message.removeprefix(SESSION)
            where = f"{host.name} [{host.address}]"
            attempt.job.ctx.log(f"DANE attempt failed; TLS connection to {where}: {why}")
            attempt.job.event("dane:fail", "validation-failure")
        raise


def _secure(attempt: Line) -> None:
    asks_status = _asks_status(attempt)
    if attempt.dane is not None and smtp_dane.usage(attempt.dane):
        _secure_by_dane(attempt, attempt.dane, asks_status=asks_status)
        return
    server = _option(attempt, "tls_sni") if attempt.dane is None else attempt.host.name
    certificate, key = _own_certificate(attempt)
    authorities, revoked = _authorities(attempt), _withdrawn(attempt)
    transport = attempt.job.transport
    is_open = transport.options.is_set("tls_verify_hosts") or bool(transport["tls_try_verify_hosts"])
    verifies = not is_open or attempt.lists("tls_verify_hosts")
    tries = verifies or attempt.lists("tls_try_verify_hosts")
    checks_name = tries and attempt.lists("tls_verify_cert_hostnames")
    resumes = smtp_resumption.named(attempt, server)
    how = Securing(
        server=server,
        authorities=authorities if tries else "",
        certificate=certificate,
        key=key,
        revoked=revoked,
        protocols=tuple(filter(None, split(_option(attempt, "tls_alpn")))),
        least_prime=least_prime(transport),
        resumes=resumes,
    )
    made = _shaken(attempt, how)
    fault = made.problem or (INVALID if tries and not authorities else "")
    if checks_name and not fault and made.certificate:
        fault = "" if tls_names.names_host(made.certificate, attempt.host.name) else OTHER_NAME
    if verifies and (fault or not made.certificate):
        what = "" if fault == OTHER_NAME else f": certificate {fault or INVALID}"
        raise _failed(f"(certificate verification failed){what}")
    is_verified = bool(tries and made.certificate and not fault)
    _show(attempt, made, how, is_verified=is_verified, asks_status=asks_status)


def _secure_by_dane(attempt: Line, found: Sequence[tuple[str, ...]], *, asks_status: bool) -> None:
    """The same where TLSA records say what certificate the host has."""
    certificate, key = _own_certificate(attempt)
    how = Securing(
        server=attempt.host.name,
        resumes=smtp_resumption.named(attempt, attempt.host.name),
        certificate=certificate,
        key=key,
        protocols=tuple(filter(None, split(_option(attempt, "tls_alpn")))),
    )
    made = _shaken(attempt, how)
    fault = smtp_dane.problem(found, made.chain, attempt.host.name) if made.chain else smtp_dane.NONE_USABLE
    if fault:
        raise _failed(f"(certificate verification failed): {fault}")
    _show(attempt, made, how, is_verified=True, asks_status=asks_status, usage=smtp_dane.usage(found))


def _asks_status(attempt: Line) -> bool:
    """True if the server is asked whether its certificate is still good."""
    return attempt.lists("hosts_require_ocsp") or attempt.lists("hosts_request_ocsp")


def _shaken(attempt: Line, how: Securing) -> Secured:
    """What came of the handshake. Raises `Trouble`."""
    gnutls = not attempt.job.ctx.profile.built_with("openssl")
    try:
        made = attempt.wire.link.secure(how)
    except TimeoutError:
        raise _failed("(gnutls_handshake): timed out") from None
    except NotSecured as problem:
        raise _failed(tls_names.problem(str(problem), gnutls=gnutls)) from None
    attempt.job.ctx.facts["tls_out_resumption"] = str(
        smtp_resumption.begun(made, is_wanted=bool(how.resumes))
    )
    if made.certificate and not made.is_resumed and (answer := attempt.job.event("tls:cert", "0")):
        attempt.job.ctx.log(f"SSL verify denied by event-action: depth=0: {answer}")
        raise _failed("(gnutls_handshake): Error in the certificate.")
    attempt.job.ctx.facts["tls_out_cipher_std"] = tls_names.standard(made.cipher, gnutls=gnutls)
    if how.protocols and not made.protocol and attempt.lists("hosts_require_alpn"):
        raise _failed(NO_PROTOCOL)
    return made


def _own_certificate(attempt: Line) -> tuple[str, str]:
    """The files with the certificate and the key of this side, "" for none. Raises `Trouble`."""
    certificate, key = _option(attempt, "tls_certificate"), _option(attempt, "tls_privatekey")
    if certificate:
        try:
            texts = [attempt.job.ctx.world.files.read(path) for path in (certificate, key or certificate)]
        except OSError:
            problem = "Error while reading file."
        else:
            problem = "" if all(PEM in text for text in texts) else "The requested data were not available."
        if problem:
            raise _failed(f"(cert/key setup: cert={certificate} key={key or certificate}): {problem}")
    return certificate, key


def _authorities(attempt: Line) -> str:
    """Whose certificates are trusted, as `Securing` has it. Raises `Trouble`."""
    place = _option(attempt, "tls_verify_certificates")
    if place and place != SYSTEM:
        try:
            attempt.job.ctx.world.files.stat(place)
        except OSError as error:
            why = os.strerror(error.errno or 0)
            words = f"could not stat '{place}' (tls_verify_certificates): {why}"
            attempt.job.ctx.log(words, panic=True)
            raise _failed(NO_WORDS) from None
    return place


def _withdrawn(attempt: Line) -> str:
    """The file that lists certificates which were withdrawn, "" for none. Raises `Trouble`."""
    path = _option(attempt, "tls_crl")
    if path:
        try:
            data = attempt.job.ctx.world.files.read(path)
        except OSError:
            raise _failed(f"{OF_LIST}Error while reading file.") from None
        if LIST not in data:
            raise _failed(f"{OF_LIST}Base64 decoding error.")
        path = attempt.job.ctx.world.files.local(path)
    return path


def least_prime(transport: Router) -> int:
    """How many bits the prime of a server's own group must have, as GnuTLS alone heeds it."""
    return int(str(transport["tls_dh_min_bits"] or 0)) if "tls_dh_min_bits" in transport.options else 0


def _failed(why: str) -> Trouble:
    return Trouble(SESSION + why, TLS_FAILED, is_logged=False)


def _option(attempt: Line, name: str) -> str:
    if name not in attempt.job.transport.options:
        return ""
    try:
        return attempt.job.ctx.expand(str(attempt.job.transport[name] or ""))
    except ForcedFail:
        return ""
    except ExpansionError as problem:
        shown = SHOWN.get(name, name)
        attempt.job.ctx.log(f"expansion of {shown} failed: {problem.message}", panic=True)
        raise _failed("Internal error") from None


def _show(
    attempt: Line,
    made: Secured,
    how: Securing,
    *,
    is_verified: bool,
    asks_status: bool,
    usage: int = 0,
) -> None:
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
        "ocsp": "3" if asks_status else "0",  # nobody here has heard an answer
        "resumption": str(smtp_resumption.told(made, is_wanted=bool(how.resumes), gnutls=gnutls)),
        "dane": "yes" if usage else "no",
        "tlsa_usage": str(usage),
    }
    if facts["ver"] == "TLS1":
        facts["ver"] = "TLS1.0"
    attempt.sent.facts = facts
    attempt.sent.certificate = _pem(made.certificate)
    for name, value in facts.items():
        ctx.facts[f"tls_out_{name}"] = value
    ctx.facts["tls_out_peercert"] = Tainted(attempt.sent.certificate)


def look_at_reply(attempt: Line, reply: Reply) -> None:
    """Tell the log of a link under TLS that broke instead of a reply. Raises `Trouble` for the first one."""
    if attempt.sent.facts is None:
        return
    smtp_resumption.look(attempt)
    lost = attempt.wire.lost
    if lost is not None and not reply.text:
        _tell_of_break(attempt, f"(recv): {tls_names.broken(lost)}")
    if attempt.is_fresh and (reply.is_malformed or not reply.text) and not attempt.at_once:
        raise _failed("error on first read")
    attempt.is_fresh = False


def is_invalid(attempt: Line, doing: str) -> bool:
    """True if nothing can be done any more under TLS ("send", "recv"), which the log is told."""
    if attempt.sent.facts is None or attempt.wire.lost is None:
        return False
    _tell_of_break(attempt, f"({doing}): The specified session has been invalidated for some reason.")
    return True


def _tell_of_break(attempt: Line, what: str) -> None:
    ctx, host = attempt.job.ctx, attempt.host
    if not ctx.profile.built_with("openssl"):
        ctx.log(f"H={host.name} [{host.address}] TLS error on connection {what}")


def show_by_old_names(ctx: Context, facts: Mapping[str, str]) -> None:
    """Let the variables that a transport has of old tell of the connection as well."""
    for name in OLD_NAMES & facts.keys():
        ctx.facts[f"tls_{name}"] = facts[name]


def forget(ctx: Context) -> None:
    """Let variables tell of no connection under TLS; but for one name of a cipher, which Exim keeps."""
    for name in FACTS - {"cipher_std"}:
        ctx.facts.pop(f"tls_out_{name}", None)


def _pem(data: bytes) -> str:
    if not data:
        return ""
    text = base64.b64encode(data).decode("ascii")
    lines = [text[at : at + LINE] for at in range(0, len(text), LINE)]
    return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""])
