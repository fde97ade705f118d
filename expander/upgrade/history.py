"""Defaults of releases before those that the options' own facts know, and new options that matter."""

from __future__ import annotations

OLDER: dict[tuple[str, str], tuple[str, str]] = {
    ("transport-option", "smtp.hosts_try_fastopen"): ("4.93", ""),
    ("transport-option", "smtp.hosts_noproxy_tls"): ("4.93", "*"),
    ("transport-option", "smtp.hosts_try_dane"): ("4.93", ""),
    ("transport-option", "smtp.dnssec_request_domains"): ("4.93", ""),
    ("router-option", "*.dnssec_request_domains"): ("4.93", ""),
    ("transport-option", "smtp.utf8_downconvert"): ("4.94", ""),
    ("main-option", "dkim_verify_hashes"): ("4.94", "sha256:sha512:sha1"),
    ("main-option", "recipients_max"): ("4.95", "0"),
}
"""By family and name: a release, and the default before it."""

NEW_THAT_MATTER = frozenset(
    (
        ("main-option", "dkim_verify_hashes"),
        ("main-option", "dkim_verify_min_keysizes"),
        ("main-option", "hosts_require_helo"),
        ("main-option", "tls_alpn"),
        ("transport-option", "smtp.message_linelength_limit"),
    )
)
"""Options whose default does something that Exim did not do before there was the option."""

SAME_EFFECT = frozenset(
    (
        ("main-option", "exim_version"),
        ("transport-option", "smtp.port"),
        ("transport-option", "smtp.protocol"),
        ("transport-option", "smtp.host_name_extract"),
    )
)
"""Defaults that are printed otherwise and do the same."""

WITH_DNS = frozenset(("dnslookup", "manualroute", "queryprogram"))
"""The routers that look hosts up; the options about that mean nothing to the others."""
