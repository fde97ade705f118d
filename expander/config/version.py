"""What ``-bV`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.acl.scanners import SCANNERS, asks
from drivers.api.registry import entries
from expander.config.feature_macros import Told, built_in
from expander.config.option_tables import driver_names

if TYPE_CHECKING:
    from drivers.api.profile import Profile
    from expander.config.model import Config

_SUPPORT = (
    Told("Exim_filter", "exim_filter", "4.99"),
    Told("Sieve_filter", "sieve_filter", "4.99"),
    Told("Content_Scanning", "content_scan", "4.98"),
    Told("crypteq", "crypteq"),
    Told("Expand_dlfunc", "dlfunc", "4.98"),
    Told("iconv()", "iconv"),
    Told("IPv6", "ipv6"),
    Told("PAM", "pam"),
    Told("Perl", "perl"),
    Told("Expand_dlfunc", "dlfunc", "4.00", "4.98"),
    Told("TCPwrappers", "tcp_wrappers", "4.00", "4.98"),
    Told("GnuTLS", "gnutls"),
    Told("OpenSSL", "openssl"),
    Told("TLS_resume", "tls_resume", "4.95", "4.98"),
    Told("translate_ip_address", "translate_ip_address"),
    Told("move_frozen_messages", "move_frozen_messages"),
    Told("TLS_resume", "tls_resume", "4.98"),
    Told("Content_Scanning", "content_scan", "4.00", "4.98"),
    Told("DANE", "dane", "4.91"),
    Told("DKIM", "dkim"),
    Told("DMARC", "dmarc", "4.93"),
    Told("DNSSEC", "dnssec"),
    Told("ESMTP_Limits", "esmtp_limits", "4.98"),
    Told("ESMTP_Wellknown", "wellknown", "4.98"),
    Told("Event", "event"),
    Told("I18N", "i18n"),
    Told("OCSP", "ocsp"),
    Told("PIPE_CONNECT", "pipeconnect", "4.93", "4.95"),
    Told("PIPECONNECT", "pipeconnect", "4.95"),
    Told("PRDR", "prdr"),
    Told("PROXY", "proxy"),
    Told("Queue_Ramp", "queue_ramp", "4.95"),
    Told("SOCKS", "socks"),
    Told("SPF", "spf"),
    Told("SRS", "srs", "4.95"),
    Told("TCP_Fast_Open", "tcp_fast_open"),
    Told("Experimental_LMDB", "lookup_lmdb", "4.88", "4.93"),
    Told("Experimental_QUEUEFILE", "transport_queuefile", "4.88", "4.93"),
    Told("Experimental_SRS", "srs", "4.00", "4.93"),
    Told("Experimental_ARC", "arc", "4.91"),
    Told("Experimental_Brightmail", "brightmail", "4.00", "4.98"),
    Told("Experimental_DCC", "dcc"),
    Told("Experimental_DMARC", "dmarc", "4.82", "4.93"),
    Told("Experimental_DSN_info", "dsn_info"),
    Told("Experimental_PIPE_CONNECT", "pipeconnect", "4.92", "4.93"),
    Told("Experimental_ESMTP_Limits", "esmtp_limits", "4.95", "4.98"),
    Told("Experimental_LMDB", "lookup_lmdb", "4.93", "4.95"),
    Told("Experimental_QUEUEFILE", "transport_queuefile", "4.93"),
    Told("Experimental_Queue_Ramp", "queue_ramp", "4.94", "4.95"),
    Told("Experimental_SRS", "srs", "4.93", "4.95"),
    Told("Experimental_TLS_resume", "tls_resume", "4.93", "4.95"),
    Told("Experimental_XCLIENT", "xclient", "4.97"),
)
"""The words of what is supported, in Exim's order, which the releases 4.93 and 4.98 changed."""

_LOOKUPS = (
    "lsearch wildlsearch nwildlsearch iplsearch cdb dbm dbmjz dbmnz dnsdb dsearch ibase json ldap ldapdn "
    "ldapm lmdb mysql nis nis0 nisplus nmh oracle passwd pgsql psl regdom redis sqlite testdb testdb2 "
    "testdb_nq whoson"
)
"""The lookups in Exim's order."""

_YEARS = {"4.95": 2018, "4.96": 2021, "4.98": 2022}
"""The last year of the copyright before releases."""

_HINTS = {
    "hints_bdb": "Berkeley DB: Berkeley DB 5.3.28: (September  9, 2013)",
    "hints_gdbm": "Probably GDBM (native mode)",
    "hints_ndbm": "Probably ndbm",
    "hints_sqlite": "Using sqlite3",
    "hints_tdb": "Using tdb",
}
_FORMATS = ("maildir", "mailstore", "mbx")


def version_text(profile: Profile) -> str:
    """What ``-bV`` prints before the configuration is read: release, copyright, what was built in.

    The date of the build is that of the profile; nothing depends on it.
    """
    support = [w.name for w in _SUPPORT if profile.knows(w) and built_in(profile, w.feature)]
    hints = next((text for feature, text in _HINTS.items() if profile.built_with(feature)), "")
    year = profile.as_of(_YEARS, 2024)
    known = {entry.name for entry in entries("lookup") if profile.has(entry)}
    lookups = [word for word in _LOOKUPS.split() if word in known]
    transports = [
        "/".join(("appendfile", *(f for f in _FORMATS if profile.built_with(f))))
        if name == "appendfile"
        else name
        for name in driver_names(profile, "transport")
    ]
    lines = [
        f"Exim version {profile.version} #{profile.compile_number} built {profile.compile_date}",
        "Copyright (c) University of Cambridge, 1995 - 2018",
        f"(c) The Exim Maintainers and contributors in ACKNOWLEDGMENTS file, 2007 - {year}",
        *profile.as_of({"4.98": (hints,)}, ("Hints DB:", f" {hints}")),
        f"Support for: {' '.join(support)}",
        f"Lookups (built-in): {' '.join(lookups)}",
        f"Authenticators: {' '.join(driver_names(profile, 'authenticator'))}",
        f"Routers: {' '.join(driver_names(profile, 'router'))}",
        f"Transports: {' '.join(transports)}",
    ]
    if profile.built_with("content_scan"):
        lines.append(f"Malware: {' '.join(name for name in SCANNERS if asks(profile, name))}")
    lines += ["Fixed never_users: 0", "Configure owner: 0:0", "Size of off_t: 8"]
    return "\n".join(lines) + "\n"


def configuration_text(config: Config, search_path: str = "") -> str:
    """What ``-bV`` prints when the configuration has been read.

    ``search_path`` is the list of files that was searched, where it was not given by ``-C``.
    """
    head = f"Configuration file search path is {search_path}\n" if search_path else ""
    return f"{head}Configuration file is {config.path}\n"
