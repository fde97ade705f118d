"""The profiles: which release of Exim, with which build features, is imitated."""

from __future__ import annotations

import os

from drivers.api.profile import Profile

LOOKUPS = (
    "lookup_cdb lookup_dbm lookup_dnsdb lookup_dsearch lookup_ldap lookup_lsearch lookup_mysql lookup_nis "
    "lookup_passwd lookup_pgsql lookup_sqlite"
)
MAINLINE = (
    "crypteq i18n iconv ipv6 pam perl dlfunc tls gnutls tls_resume move_frozen_messages content_scan dane "
    "dkim dnssec event ocsp pipeconnect prdr proxy queue_ramp socks spf srs tcp_fast_open sha3 "
    "maildir mailstore mbx auth_cram_md5 auth_dovecot auth_external auth_plaintext auth_spa auth_tls "
    "auth_cyrus_sasl transport_appendfile transport_autoreply transport_lmtp transport_pipe transport_smtp "
    "router_accept router_dnslookup router_ipliteral router_iplookup router_manualroute router_queryprogram "
    "router_redirect"
)
EVERYTHING = (
    "arc dmarc dcc brightmail srs_alt radius saslauthd pwcheck local_scan xclient dscp lookup_json "
    "lookup_lmdb lookup_redis lookup_nisplus lookup_whoson lookup_oracle lookup_ibase lookup_psl "
    "lookup_testdb lookup_nmh lookup_spf auth_gsasl auth_heimdal_gssapi transport_queuefile esmtp_limits "
    "esmtp_wellknown openssl "
)

PROFILES = {
    "debian-12": Profile("debian-12", "4.96", frozenset(f"{LOOKUPS} {MAINLINE}".split()), "4.96"),
    "4.99": Profile("4.99", "4.99", frozenset(f"{LOOKUPS} {MAINLINE} {EVERYTHING}".split()), "4.99"),
}
DEFAULT = "4.99"


def chosen(name: str | None = None) -> Profile:
    """The profile of that name, else of ``EXIMULATE_PROFILE``, else the newest.

    Raises ``KeyError`` for a name that is not among `PROFILES`.
    """
    return PROFILES[name or os.environ.get("EXIMULATE_PROFILE") or DEFAULT]
