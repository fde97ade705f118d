"""Which defaults that change matter, and which do not."""

from __future__ import annotations

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
