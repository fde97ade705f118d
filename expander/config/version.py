"""What ``-bV`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api import registry
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
    "lsearch wildlsearch nwildlsearch iplsearch cdb dbm dbmjz dbmnz dnsdb dsearch ibase json "
    "ldap ldapdn ldapm lmdb mysql nis nis0 nisplus nmh oracle passwd pgsql psl redis regdom sqlite "
    "testdb testdb2 testdb_nq whoson"
).split()
"""The types in Exim's order, without those that are built in because another part needs them."""

_FORMATS = ("maildir", "mailstore", "mbx")
_SCANNERS = "f-protd f-prot6d drweb fsecure sophie clamd avast sock cmdline"


def version_text(profile: Profile) -> str:
    """What ``-bV`` prints before the configuration is read: release, copyright, what was built in.

    The date of the build is that of the profile; nothing depends on it.
    """
    support = [word for feature, word in _SUPPORT if profile.built_with(feature)]
    known = {entry.name for entry in registry.entries("lookup") if profile.has(entry)}
    lookups = [name for name in _LOOKUPS if name in known]
    transports = [
        "/".join(("appendfile", *(f for f in _FORMATS if profile.built_with(f))))
        if name == "appendfile"
        else name
        for name in driver_names(profile, "transport")
    ]
    lines = [
        f"Exim version {profile.version} #{profile.compile_number} built {profile.compile_date}",
        "Copyright (c) University of Cambridge, 1995 - 2018",
        "(c) The Exim Maintainers and contributors in ACKNOWLEDGMENTS file, 2007 - 2022",
        "Berkeley DB: Berkeley DB 5.3.28: (September  9, 2013)",
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
