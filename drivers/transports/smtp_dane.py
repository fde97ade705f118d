"""TLSA records, which say what certificate a host has: "DANE" in the manual, RFC 7672."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from drivers.api.remote import DNS_DEFERRED
from drivers.transports.smtp_trouble import Trouble
from drivers.values.dnsdata import AGAIN, FOUND
from drivers.values.dnslookup import ask

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.transports.smtp_line import Line

TRUST_ANCHOR, END_ENTITY = 2, 3
"""The usages that count for mail: somebody who signs, and the certificate of the host itself."""
WHOLE, KEY = 0, 1
NONE_USABLE = "TLSA record problem: none usable"
DIFFERS = "Verification failed. The certificate differs. "
FAIL, DEFER = "FAIL", "DEFER"


def records(attempt: Line) -> Sequence[tuple[str, ...]] | None:
    """The records of the host that the DNS vouches for, None if there are none to heed. Raises `Trouble`."""
    is_required = attempt.lists("hosts_require_dane")
    host = attempt.host
    if not host.secure:
        if is_required:
            raise _failed(attempt, f"{host.name} lookup not DNSSEC", "dane-required", is_final=True)
        return None
    if not is_required and not attempt.lists("hosts_try_dane"):
        return None
    found = ask(attempt.job.ctx, f"_{attempt.port}._tcp.{host.name}", "TLSA")
    if found.status == FOUND and found.of("TLSA"):
        if found.authenticated:
            return [record.data for record in found.of("TLSA")]
        attempt.job.ctx.log(f"DANE error: TLSA lookup for {host.name} not DNSSEC")
    elif found.status == AGAIN:
        why = "dane-required" if is_required else "dnssec-invalid"
        raise _failed(attempt, f"tlsa lookup {DEFER}", why, is_final=False)
    if is_required:
        raise _failed(attempt, f"tlsa lookup {FAIL}", "dane-required", is_final=True)
    return None


def _failed(attempt: Line, what: str, why: str, *, is_final: bool) -> Trouble:
    attempt.job.event("dane:fail", why)
    text = "5" if is_final else ""
    words = f"DANE error: {what}"
    return Trouble(words, DNS_DEFERRED, text=text, has_host=False, of_message=is_final)


def usage(found: Sequence[tuple[str, ...]]) -> int:
    """The usages of the records that count, as a sum of bits."""
    bits = 0
    for record in found:
        if record[0] in {str(TRUST_ANCHOR), str(END_ENTITY)}:
            bits |= 1 << int(record[0])
    return bits


def problem(found: Sequence[tuple[str, ...]], chain: Sequence[bytes], name: str) -> str:
    """Why no record fits the certificates that a host of that name has shown, "" if one does."""
    own = [record for record in found if record[0] == str(END_ENTITY)]
    anchors = [record for record in found if record[0] == str(TRUST_ANCHOR)]
    if any(_fits(record, chain[0]) for record in own):
        return ""
    if len(chain) > 1 and any(_leads_to(record, chain, name) for record in anchors):
        return ""
    return DIFFERS if own or len(chain) > 1 else NONE_USABLE


def _fits(record: tuple[str, ...], certificate: bytes) -> bool:
    """True if the record is of a certificate (DER)."""
    selector, matching, data = record[1], record[2], "".join(record[3:]).lower()
    if selector == str(KEY):
        from cryptography import x509
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        known = x509.load_der_x509_certificate(certificate)
        certificate = known.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    elif selector != str(WHOLE):
        return False
    if matching == "0":
        return data == certificate.hex()
    digest = {"1": hashlib.sha256, "2": hashlib.sha512}.get(matching)
    return digest is not None and digest(certificate).hexdigest() == data


def _leads_to(record: tuple[str, ...], chain: Sequence[bytes], name: str) -> bool:
    """True if one of those who have signed the chain is the one of the record, and the host has its name."""
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature

    from drivers.values import tls_names

    known = [x509.load_der_x509_certificate(each) for each in chain]
    for at, below in enumerate(known[:-1]):
        try:
            below.verify_directly_issued_by(known[at + 1])
        except (InvalidSignature, TypeError, ValueError):
            return False
        if _fits(record, chain[at + 1]):
            return tls_names.names_host(chain[0], name)
    return False
