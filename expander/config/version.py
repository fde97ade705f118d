"""What ``-bV`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.config.macros import built_in
from expander.config.option_tables import driver_names

if TYPE_CHECKING:
    from drivers.api.profile import Profile
    from expander.config.model import Config

_SUPPORT = (
    ("crypteq", "crypteq"),
    ("iconv", "iconv()"),
    ("ipv6", "IPv6"),
    ("pam", "PAM"),
    ("perl", "Perl"),
    ("dlfunc", "Expand_dlfunc"),
    ("tcp_wrappers", "TCPwrappers"),
    ("gnutls", "GnuTLS"),
    ("openssl", "OpenSSL"),
    ("tls_resume", "TLS_resume"),
    ("translate_ip_address", "translate_ip_address"),
    ("move_frozen_messages", "move_frozen_messages"),
    ("content_scan", "Content_Scanning"),
    ("dane", "DANE"),
    ("dkim", "DKIM"),
    ("dmarc", "DMARC"),
    ("dnssec", "DNSSEC"),
    ("esmtp_limits", "ESMTP_Limits"),
    ("wellknown", "ESMTP_Wellknown"),
    ("event", "Event"),
    ("i18n", "I18N"),
    ("ocsp", "OCSP"),
    ("pipeconnect", "PIPECONNECT"),
    ("prdr", "PRDR"),
    ("proxy", "PROXY"),
    ("queue_ramp", "Queue_Ramp"),
    ("socks", "SOCKS"),
    ("spf", "SPF"),
    ("srs", "SRS"),
    ("tcp_fast_open", "TCP_Fast_Open"),
    ("arc", "Experimental_ARC"),
    ("brightmail", "Experimental_Brightmail"),
    ("dcc", "Experimental_DCC"),
    ("xclient", "XCLIENT"),
)
_LOOKUPS = (
    ("lookup_lsearch", "lsearch wildlsearch nwildlsearch iplsearch"),
    ("lookup_cdb", "cdb"),
    ("lookup_dbm", "dbm dbmjz dbmnz"),
    ("lookup_dnsdb", "dnsdb"),
    ("lookup_dsearch", "dsearch"),
    ("lookup_ibase", "ibase"),
    ("lookup_json", "json"),
    ("lookup_ldap", "ldap ldapdn ldapm"),
    ("lookup_lmdb", "lmdb"),
    ("lookup_mysql", "mysql"),
    ("lookup_nis", "nis nis0"),
    ("lookup_nisplus", "nisplus"),
    ("lookup_oracle", "oracle"),
    ("lookup_passwd", "passwd"),
    ("lookup_pgsql", "pgsql"),
    ("lookup_redis", "redis"),
    ("lookup_psl", "regdom regdoms"),
    ("lookup_sqlite", "sqlite"),
    ("lookup_testdb", "testdb testdb_nofile"),
    ("lookup_whoson", "whoson"),
)
_SUPPORT_BEFORE_4_95 = {"pipeconnect": "PIPE_CONNECT", "srs": "Experimental_SRS"}
_BEHIND = {"content_scan": "", "dlfunc": "crypteq", "tls_resume": "move_frozen_messages"}
"""Words that have moved in 4.98, and behind which."""

_HINTS = "Berkeley DB: Berkeley DB 5.3.28: (September  9, 2013)"
_FORMATS = ("maildir", "mailstore", "mbx")
_SCANNERS = "f-protd f-prot6d drweb fsecure sophie clamd avast sock cmdline"


def _moved(feature: str) -> float:
    """Where a word stands among the supported since 4.98."""
    names = [name for name, _ in _SUPPORT]
    before = _BEHIND.get(feature)
    return names.index(feature) if before is None else names.index(before) + 0.5 if before else -1


def version_text(profile: Profile) -> str:
    """What ``-bV`` prints before the configuration is read: release, copyright, what was built in.

    The date of the build is that of the profile; nothing depends on it.
    """
    words = dict(_SUPPORT) | profile.as_of({"4.95": _SUPPORT_BEFORE_4_95}, {})
    order = profile.as_of({"4.98": [*words]}, sorted(words, key=_moved))
    support = [words[feature] for feature in order if built_in(profile, feature)]
    year = profile.as_of({"4.95": 2018, "4.98": 2022}, 2024)
    lookups = [words for feature, words in _LOOKUPS if profile.built_with(feature)]
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
        *profile.as_of({"4.98": (_HINTS,)}, ("Hints DB:", f" {_HINTS}")),
        f"Support for: {' '.join(support)}",
        f"Lookups (built-in): {' '.join(lookups)}",
        f"Authenticators: {' '.join(driver_names(profile, 'authenticator'))}",
        f"Routers: {' '.join(driver_names(profile, 'router'))}",
        f"Transports: {' '.join(transports)}",
    ]
    if profile.built_with("content_scan"):
        lines.append(f"Malware: {_SCANNERS}")
    lines += ["Fixed never_users: 0", "Configure owner: 0:0", "Size of off_t: 8"]
    return "\n".join(lines) + "\n"


def configuration_text(config: Config, search_path: str = "") -> str:
    """What ``-bV`` prints when the configuration has been read.

    ``search_path`` is the list of files that was searched, where it was not given by ``-C``.
    """
    head = f"Configuration file search path is {search_path}\n" if search_path else ""
    return f"{head}Configuration file is {config.path}\n"
