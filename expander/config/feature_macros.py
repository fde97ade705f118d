"""The predefined macros that tell features of the build: which feature brings which, and since when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import upper
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from drivers.api.profile import Profile


class Told(Record):
    """A name by which Exim tells of a feature of the build.

    ``since`` is the first release in which it does so, ``until`` the first in which it does no longer.
    """

    name: str
    feature: str
    since: str = "4.00"
    until: str | None = None


_HAVE = tuple(
    Told(f"_HAVE_{name}", *rest)
    for name, *rest in (
        ("TLS_RESUME", "tls_resume", "4.94"),
        ("DSN_INFO", "dsn_info"),
        ("DMARC", "dmarc"),
        ("DCC", "dcc"),
        ("DANE", "dane"),
        ("BRIGHTMAIL", "brightmail", "4.00", "4.98"),
        ("ARC", "arc", "4.91"),
        ("XCLIENT", "xclient", "4.97"),
        ("SRS", "srs"),
        ("EXPERIMENTAL_SPF_PERL", "spf_perl", "4.99"),
        ("SPF", "spf"),
        ("LMDB", "lookup_lmdb"),
        ("TCP_FASTOPEN", "tcp_fast_open"),
        ("NATIVE_SRS", "srs", "4.94"),
        ("SOCKS", "socks"),
        ("PROXY", "proxy"),
        ("PRDR", "prdr"),
        ("PIPE_CONNECT", "pipeconnect", "4.92"),
        ("OCSP", "ocsp"),
        ("I18N", "i18n"),
        ("WELLKNOWN", "wellknown", "4.98"),
        ("ESMTP_LIMITS", "esmtp_limits", "4.98"),
        ("EVENT", "event"),
        ("DSCP", "dscp", "4.99"),
        ("DNSSEC", "dnssec"),
        ("DKIM", "dkim"),
        ("CONTENT_SCANNING", "content_scan"),
        ("MOVE_FROZEN_MESSAGES", "move_frozen_messages"),
        ("TRANSLATE_IP_ADDRESS", "translate_ip_address"),
        ("GNUTLS", "gnutls"),
        ("OPENSSL", "openssl"),
        ("TLS", "tls"),
        ("TCPWRAPPERS", "tcp_wrappers", "4.00", "4.98"),
        ("DLFUNC", "dlfunc"),
        ("PERL", "perl"),
        ("PWCHECK", "pwcheck", "4.99"),
        ("RADIUS", "radius", "4.99"),
        ("PAM", "pam"),
        ("SETCLASSRESOURCES", "setclassresources"),
        ("IPV6", "ipv6"),
        ("ICONV", "iconv"),
        ("HINTS_BDB", "hints_bdb", "4.98"),
        ("HINTS_GDBM", "hints_gdbm", "4.98"),
        ("HINTS_NDBM", "hints_ndbm", "4.98"),
        ("HINTS_SQLITE", "hints_sqlite", "4.98"),
        ("HINTS_TDB", "hints_tdb", "4.98"),
        ("CRYPTEQ", "crypteq"),
    )
)
_EXPERIMENTAL = (
    Told("_EXP_QUEUEFILE", "transport_queuefile"),
    Told("_EXP_LIMITS", "esmtp_limits", "4.95", "4.98"),
    Told("_EXP_DSNI", "dsn_info"),
    Told("_EXP_DCC", "dcc"),
    Told("_EXP_BMI", "brightmail", "4.00", "4.98"),
    Told("_EXP_ARC", "arc"),
)
_LOOKUPS = (
    Told("WHOSON", "lookup_whoson"),
    Told("TESTDB", "lookup_testdb"),
    Told("SQLITE", "lookup_sqlite"),
    Told("REGDOM", "lookup_psl", "4.100"),
    Told("REDIS", "lookup_redis"),
    Told("PSL", "lookup_psl", "4.100"),
    Told("PGSQL", "lookup_pgsql"),
    Told("PASSWD", "lookup_passwd"),
    Told("ORACLE", "lookup_oracle"),
    Told("NISPLUS", "lookup_nisplus"),
    Told("NIS", "lookup_nis"),
    Told("MYSQL", "lookup_mysql"),
    Told("LMDB", "lookup_lmdb"),
    Told("LDAP", "lookup_ldap"),
    Told("JSON", "lookup_ldap"),
    Told("IBASE", "lookup_ibase", "4.00", "4.98"),
    Told("DSEARCH", "lookup_dsearch"),
    Told("DNSDB", "lookup_dnsdb"),
    Told("DBM", "lookup_dbm"),
    Told("CDB", "lookup_cdb"),
    Told("LSEARCH", "lookup_lsearch"),
)
"""Exim tells of json where it has LDAP; these and the others stand in the order in which Exim lists them."""

_TLS = (
    ("ALPN", "tls"),
    ("CA_CACHE", "tls"),
    ("OCSP_LIST", "ocsp"),
    ("OCSP", "ocsp"),
)
_SCRAM = (
    Told("_HAVE_AUTH_GSASL_SCRAM_S_KEY", "gsasl_scram_s_key"),
    Told("_HAVE_AUTH_GSASL_SCRAM_SHA_256", "auth_gsasl"),
)
_OPENSSL_WORDS = (
    "all allow_unsafe_legacy_renegotiation cipher_server_preference dont_insert_empty_fragments "
    "ephemeral_rsa legacy_server_connect microsoft_big_sslv3_buffer microsoft_sess_id_bug "
    "msie_sslv2_rsa_padding netscape_challenge_bug netscape_reuse_cipher_change_bug no_compression "
    "no_session_resumption_on_renegotiation no_sslv2 no_sslv3 no_ticket no_tlsv1 no_tlsv1_1 "
    "no_tlsv1_2 no_tlsv1_3 safari_ecdhe_ecdsa_bug single_dh_use single_ecdh_use "
    "ssleay_080_client_dh_bug sslref2_reuse_cert_type_bug tls_block_padding_bug tls_d5_bug "
    "tls_rollback_bug"
)
"""The words that ``openssl_options`` knows; which of them a build has is the library's choice."""

FEATURES = frozenset(
    (*(macro.feature for macro in (*_HAVE, *_EXPERIMENTAL, *_LOOKUPS, *_SCRAM)), "openssl_bad_ourcert")
)
"""The features that macros tell of."""


def built_in(profile: Profile, feature: str) -> bool:
    """A build has one TLS library: a profile that knows both passes for one with GnuTLS."""
    if feature == "openssl" and profile.built_with("gnutls"):
        return False
    return profile.built_with(feature)


def _those(profile: Profile, macros: Iterable[Told]) -> Iterator[str]:
    return (m.name for m in macros if profile.knows(m) and built_in(profile, m.feature))


def of_tls(profile: Profile) -> Iterator[str]:
    """What the TLS library can do, which Exim lists before all others but those of DKIM."""
    if not profile.built_with("tls"):
        return
    yield from (f"_HAVE_TLS_{name}" for name, feature in _TLS if profile.built_with(feature))
    if built_in(profile, "openssl") and profile.built_with("openssl_bad_ourcert"):
        yield "_TLS_BAD_MULTICERT_IN_OURCERT"
    yield "_HAVE_TLS1_3"


def of_openssl(profile: Profile) -> Iterator[str]:
    """The words of ``openssl_options``, the last first; there are none where the library is GnuTLS.

    The X at the end keeps the name of one from being the beginning of that of another.
    """
    if built_in(profile, "openssl") and profile.built_with("tls"):
        yield from (f"_OPT_OPENSSL_{upper(word)}_X" for word in reversed(_OPENSSL_WORDS.split()))


def of_authenticators(profile: Profile) -> Iterator[str]:
    """What the library of the gsasl authenticator can do."""
    if profile.built_with("auth_gsasl"):
        yield from _those(profile, _SCRAM)


def of_lookups(profile: Profile) -> Iterator[str]:
    """The lookups that are built in."""
    return (f"_HAVE_LOOKUP_{name}" for name in _those(profile, _LOOKUPS))


def of_build(profile: Profile) -> Iterator[str]:
    """All other features."""
    return _those(profile, _HAVE)


def of_experiments(profile: Profile) -> Iterator[str]:
    """The features that are experimental in the release, for a second time."""
    return _those(profile, _EXPERIMENTAL)
