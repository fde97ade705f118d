"""TLS that is off, weak, or without a certificate of one's own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from expander.lint.finding import REMARK, WARNING, Finding, Note
from expander.lint.rule import kind, rule
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.config.model import Setting
    from expander.lint.survey import Survey

SECTION = "Encrypted SMTP connections using TLS/SSL"
_WORDS = re.compile(r"[^\s:,;]+")
_WEAK = re.compile(
    r"(?:RC4|ARCFOUR|DES-CBC|3?DES|EXP(?:ORT)?(?:40|56)?|NULL|eNULL|aNULL|ADH|AECDH|MD5|LOW|SSLv[23]"
    r"|COMPLEMENTOFALL|VERS-SSL3\.0|ARCFOUR-(?:40|128)|VERS-TLS1\.0|LEGACY|ANON-DH|ANON-ECDH)",
    re.ASCII | re.IGNORECASE,
)
_OFF = ("!", "-")
SMALL = frozenset(("ike1", "ike2", "ike5", "ike22"))
"""Diffie-Hellman groups of less than 2048 bits, by their names in Exim."""

LEAST_BITS = 1024
OLD_PROTOCOLS = frozenset(("-no_sslv2", "-no_sslv3"))


@rule(
    "EXS030",
    "weak-ciphers",
    severity=WARNING,
    section=SECTION,
    bad="tls_require_ciphers = HIGH:MEDIUM:RC4-SHA\n",
    good="tls_require_ciphers = HIGH:!RC4:!aNULL\n",
)
def weak_tls(survey: Survey) -> Iterator[Finding]:
    """TLS is permitted with a cipher or a protocol that does not protect any more.

    Leave the option out: the defaults of the libraries are stricter than most lists.
    """
    for text in survey.texts:
        if text.name in {"tls_require_ciphers", "dane_require_tls_ciphers"}:
            for found in _WORDS.finditer(text.source.text):
                word = found[0]
                if not word.startswith(_OFF) and _is_weak(word):
                    place = Span(text.source, found.start(), found.end())
                    yield Finding("EXS030", f"{word} does not protect any more", place, WARNING)
    yield from _options(survey)
    yield from _groups(survey)
    yield from _offered(survey)


def _is_weak(word: str) -> bool:
    body = word.lstrip("+")
    return any(_WEAK.fullmatch(part) for part in (body, *body.split("+"))) or body.upper().startswith(
        ("RC4-", "EXP-", "ADH-", "DES-CBC", "NULL-")
    )


def _options(survey: Survey) -> Iterator[Finding]:
    setting = _main(survey, "openssl_options")
    if setting is None:
        return
    for found in _WORDS.finditer(setting.span.text):
        if found[0].lower() in OLD_PROTOCOLS or found[0].lower() == "+all":
            place = setting.span.part(found.start(), found.end())
            yield Finding("EXS030", f"{found[0]} permits protocols that are broken", place, WARNING)


kind(
    "EXS031",
    "small-group",
    severity=WARNING,
    section=SECTION,
    doc="The group for Diffie-Hellman is so small that it can be broken.",
    bad="tls_dhparam = ike5\n",
    good="tls_dhparam = ike23\n",
)


def _groups(survey: Survey) -> Iterator[Finding]:
    group = _main(survey, "tls_dhparam")
    if group is not None and group.text.strip() in SMALL:
        yield Finding("EXS031", f"{group.text.strip()} has less than 2048 bits", group.span, WARNING)
    for transport in survey.config.transports:
        bits = transport.setting("tls_dh_min_bits")
        if bits is not None and isinstance(bits.value, int) and bits.value < LEAST_BITS:
            yield Finding("EXS031", f"groups of {bits.value} bits are accepted", bits.span, WARNING)


kind(
    "EXS032",
    "no-tls",
    severity=REMARK,
    section=SECTION,
    doc="TLS is offered to nobody: all mail comes in the clear.",
    bad="tls_advertise_hosts =\n",
    good="tls_advertise_hosts = *\ntls_certificate = /etc/exim/cert.pem\n",
)
kind(
    "EXS033",
    "certificate-made-up",
    severity=REMARK,
    section=SECTION,
    doc="TLS is offered without a certificate: Exim makes one up for each connection; nobody can check it.",
    bad="tls_advertise_hosts = *\n",
    good="tls_advertise_hosts = *\ntls_certificate = /etc/exim/cert.pem\n",
)


def _offered(survey: Survey) -> Iterator[Finding]:
    hosts = _main(survey, "tls_advertise_hosts")
    if hosts is None:
        return
    if not hosts.text.strip():
        yield Finding("EXS032", "TLS is offered to nobody", hosts.span, REMARK)
    elif _main(survey, "tls_certificate") is None:
        note = Note("set tls_certificate and tls_privatekey")
        yield Finding("EXS033", "Exim makes a certificate up", hosts.span, REMARK, (note,))


@rule(
    "EXS034",
    "certificates-not-checked",
    severity=WARNING,
    section="Configuring an Exim client to use TLS",
    bad="begin transports\nt:\n  driver = smtp\n  hosts_require_tls = *\n  tls_verify_certificates =\n",
    good="begin transports\nt:\n  driver = smtp\n  hosts_require_tls = *\n",
)
def certificates_not_checked(survey: Survey) -> Iterator[Finding]:
    """A transport that insists on TLS takes any certificate, so it may talk to anybody.

    `tls_verify_certificates = system` is the default; `tls_verify_hosts = *` makes it count.
    """
    for transport in survey.config.transports:
        certificates = transport.setting("tls_verify_certificates")
        tries = transport.setting("tls_try_verify_hosts")
        insists = transport.setting("hosts_require_tls") is not None
        unchecked = next((s for s in (certificates, tries) if s is not None and not s.text.strip()), None)
        if insists and unchecked is not None and transport.setting("tls_verify_hosts") is None:
            yield Finding("EXS034", "any certificate is accepted", unchecked.span, WARNING)


@rule(
    "EXS035",
    "tls-avoided",
    severity=REMARK,
    section="Configuring an Exim client to use TLS",
    bad="begin transports\nt:\n  driver = smtp\n  hosts_avoid_tls = *\n",
    good="begin transports\nt:\n  driver = smtp\n  hosts_avoid_tls = 192.0.2.1\n",
)
def tls_avoided(survey: Survey) -> Iterator[Finding]:
    """A transport never uses TLS: all mail leaves in the clear."""
    for transport in survey.config.transports:
        hosts = transport.setting("hosts_avoid_tls")
        if hosts is not None and hosts.text.strip() == "*":
            yield Finding("EXS035", "all mail of the transport leaves in the clear", hosts.span, REMARK)


def _main(survey: Survey, name: str) -> Setting | None:
    return survey.config.options.settings.get(name)
