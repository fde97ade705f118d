"""What ``-bV`` says of releases."""

from __future__ import annotations

import pytest

from expander.config.profile import chosen
from expander.config.version import version_text


def support(profile: str) -> list[str]:
    lines = version_text(chosen(profile)).splitlines()
    return next(line for line in lines if line.startswith("Support for: ")).split()[2:]


@pytest.mark.parametrize(
    "release", ["4.92", "4.93", "4.94", "4.94.2", "4.95", "4.96", "4.97", "4.98.1", "4.99"]
)
def test_the_release_is_named_first(release: str) -> None:
    assert version_text(chosen(release)).startswith(f"Exim version {release} #1 built ")


def test_features_have_the_names_of_their_time() -> None:
    assert {"Experimental_PIPE_CONNECT", "Experimental_DMARC", "Experimental_LMDB"} <= {*support("4.92")}
    assert {"PIPE_CONNECT", "DMARC", "Experimental_SRS", "Experimental_LMDB"} <= {*support("4.94.2")}
    assert {"PIPECONNECT", "SRS", "Queue_Ramp", "Experimental_ESMTP_Limits"} <= {*support("4.95")}
    assert {"ESMTP_Limits", "ESMTP_Wellknown"} <= {*support("4.98")}
    assert not any("Wellknown" in word or "LMDB" in word for word in support("4.97"))


SEEN = {
    "4.92,-gnutls": "crypteq iconv() OpenSSL DANE DKIM DNSSEC Event OCSP PRDR TCP_Fast_Open",
    "4.93": "crypteq iconv() IPv6 GnuTLS move_frozen_messages DANE DKIM DNSSEC Event I18N OCSP PRDR SOCKS "
    "TCP_Fast_Open",
    "4.94.2,-gnutls": "crypteq iconv() IPv6 PAM Perl OpenSSL Content_Scanning DANE DKIM DNSSEC Event I18N "
    "OCSP PIPE_CONNECT PRDR SPF Experimental_SRS",
    "4.98.2": "crypteq iconv() IPv6 GnuTLS move_frozen_messages TLS_resume DANE DKIM DNSSEC ESMTP_Limits "
    "ESMTP_Wellknown Event I18N OCSP PIPECONNECT PRDR Queue_Ramp SOCKS SRS TCP_Fast_Open",
    "4.98.2,-gnutls": "Content_Scanning crypteq Expand_dlfunc iconv() IPv6 PAM Perl OpenSSL TLS_resume DANE "
    "DKIM DNSSEC ESMTP_Limits ESMTP_Wellknown Event OCSP PIPECONNECT PRDR PROXY Queue_Ramp SOCKS "
    "TCP_Fast_Open",
}
"""What builds of these releases were seen to print."""


@pytest.mark.parametrize("profile", SEEN)
def test_the_words_come_in_the_order_of_real_builds(profile: str) -> None:
    words = SEEN[profile].split()
    assert [word for word in support(profile) if word in words] == words


def test_lookups_and_drivers_are_those_of_the_release() -> None:
    lines = version_text(chosen("4.92")).splitlines()
    assert not {"json", "nmh", "regdom"} & {*next(t for t in lines if t.startswith("Lookups")).split()}
    assert "external" not in next(t for t in lines if t.startswith("Authenticators"))
    assert "external" in version_text(chosen("4.93"))


def test_a_build_has_one_tls_library() -> None:
    assert "OpenSSL" not in support("4.99")
    assert "OpenSSL" in support("4.99,-gnutls")
    assert "OpenSSL" in support("4.99,+openssl")
    assert "GnuTLS" not in support("4.99,+openssl")


def test_hints_and_order_changed() -> None:
    assert "Hints DB:\n Berkeley DB: " in version_text(chosen("4.98"))
    assert "Hints DB:\n Using sqlite3\n" in version_text(chosen("4.98,+hints_sqlite"))
    assert "\nBerkeley DB: " in version_text(chosen("4.97"))
    assert support("4.98")[:4] == ["Content_Scanning", "crypteq", "Expand_dlfunc", "iconv()"]
    assert support("4.97")[:2] == ["crypteq", "iconv()"]
