"""Variables of DKIM: the signature under test, its key, and what all signatures came to."""

from __future__ import annotations

from typing import Any

from drivers.variables.plain import CARRIED, number, plain

SECTION = "DKIM (DomainKeys Identified Mail)"
WIDE: dict[str, Any] = {"since": "4.70", "feature": "dkim", "section": SECTION}
NO_LIMIT = "9999999999999"

plain(
    "dkim_verify_status",
    "How the signature under test fared: `none`, `invalid`, `fail` or `pass`.\n"
    "In later ACLs it lists the results of all signatures. An ACL may set it.",
    **WIDE,
)
plain(
    "dkim_verify_reason",
    "Why the signature under test is invalid or has failed, such as `bodyhash_mismatch` or "
    "`pubkey_unavailable`.\n"
    "An ACL may set it.",
    **WIDE,
)
plain(
    "dkim_cur_signer", "The domain or identity for which `acl_smtp_dkim` is running.", taint=CARRIED, **WIDE
)
plain(
    "dkim_signers",
    "The domains and identities of all signatures of the message, separated by colons.\n"
    "Set once the message has been received.",
    taint=CARRIED,
    **WIDE,
)
plain(
    "dkim_verify_signers",
    "The domains and identities whose signatures have verified, separated by colons.",
    taint=CARRIED,
    **(WIDE | {"since": "4.99"}),
)
plain(
    "dkim_domain",
    "The domain (`d=`) of the signature under test; in a transport the domain that is signed for.",
    taint=CARRIED,
    **(WIDE | {"since": "4.69"}),
)
plain(
    "dkim_selector",
    "The selector (`s=`) of the signature under test; in a transport the one that is signed with.",
    taint=CARRIED,
    **(WIDE | {"since": "4.69"}),
)
plain("dkim_identity", "The identity (`i=`) of the signature under test.", taint=CARRIED, **WIDE)
plain("dkim_algo", "The algorithm (`a=`) of the signature under test, such as `rsa-sha256`.", **WIDE)
plain("dkim_canon_body", "How the body is made uniform before signing: `relaxed` or `simple`.", **WIDE)
plain(
    "dkim_canon_headers", "How header lines are made uniform before signing: `relaxed` or `simple`.", **WIDE
)
plain(
    "dkim_copiedheaders",
    "The copy of header lines that the signature under test holds (`z=`).",
    taint=CARRIED,
    **WIDE,
)
number(
    "dkim_bodylength",
    f"How many bytes of the body the signature covers (`l=`); {NO_LIMIT} where it covers all.",
    default=NO_LIMIT,
    **WIDE,
)
number(
    "dkim_created",
    "When the signature was made (`t=`), in seconds since 1970; 0 where it does not say.",
    **WIDE,
)
number(
    "dkim_expires",
    f"When the signature expires (`x=`), in seconds since 1970; {NO_LIMIT} where it does not say.",
    default=NO_LIMIT,
    **WIDE,
)
plain("dkim_headernames", "The names of the signed header lines, separated by colons.", taint=CARRIED, **WIDE)
plain("dkim_key_srvtype", "The service (`s=`) that the public key is meant for.", default="*", **WIDE)
plain("dkim_key_granularity", "The local parts (`g=`) that the public key is meant for.", default="*", **WIDE)
plain("dkim_key_notes", "The notes (`n=`) in the record of the public key.", taint=CARRIED, **WIDE)
number("dkim_key_length", "The size of the public key in bits.", **(WIDE | {"since": "4.87"}))
number(
    "dkim_key_testing",
    "1 if the record of the public key says that it is only tried out (`t=y`), otherwise 0.",
    **WIDE,
)
number(
    "dkim_key_nosubdomains",
    "1 if the record of the public key forbids subdomains (`t=s`), otherwise 0.",
    **WIDE,
)
