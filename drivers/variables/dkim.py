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
    example=("fail", "${if inlist{$dkim_verify_status}{fail:invalid}{bad signature}{fine}}", "bad signature"),
    **WIDE,
)
plain(
    "dkim_verify_reason",
    "Why the signature under test is invalid or has failed, such as `bodyhash_mismatch` or "
    "`pubkey_unavailable`.\n"
    "An ACL may set it.",
    example=(
        "bodyhash_mismatch",
        "dkim=fail (${tr{$dkim_verify_reason}{_}{ }})",
        "dkim=fail (bodyhash mismatch)",
    ),
    **WIDE,
)
plain(
    "dkim_cur_signer",
    "The domain or identity for which `acl_smtp_dkim` is running.",
    example=("example.org", "checking $dkim_cur_signer", "checking example.org"),
    taint=CARRIED,
    **WIDE,
)
plain(
    "dkim_signers",
    "The domains and identities of all signatures of the message, separated by colons.\n"
    "Set once the message has been received.",
    example=("example.org:example.net", "${listcount:$dkim_signers} signatures", "2 signatures"),
    taint=CARRIED,
    **WIDE,
)
plain(
    "dkim_verify_signers",
    "The domains and identities whose signatures have verified, separated by colons.",
    example=("example.org", "${if inlist{example.org}{$dkim_verify_signers}{signed by us}}", "signed by us"),
    taint=CARRIED,
    **(WIDE | {"since": "4.99"}),
)
plain(
    "dkim_domain",
    "The domain (`d=`) of the signature under test; in a transport the domain that is signed for.",
    example=("example.org", "${if match_domain{$dkim_domain}{example.org}{ours}{theirs}}", "ours"),
    taint=CARRIED,
    **(WIDE | {"since": "4.69"}),
)
plain(
    "dkim_selector",
    "The selector (`s=`) of the signature under test; in a transport the one that is signed with.",
    example=("2024", "$dkim_selector._domainkey.example.org", "2024._domainkey.example.org"),
    taint=CARRIED,
    **(WIDE | {"since": "4.69"}),
)
plain(
    "dkim_identity",
    "The identity (`i=`) of the signature under test.",
    example=("alice@example.org", "${domain:$dkim_identity}", "example.org"),
    taint=CARRIED,
    **WIDE,
)
plain(
    "dkim_algo",
    "The algorithm (`a=`) of the signature under test, such as `rsa-sha256`.",
    example=("rsa-sha1", "${if match{$dkim_algo}{sha1\\$}{too weak}{fine}}", "too weak"),
    **WIDE,
)
plain(
    "dkim_canon_body",
    "How the body is made uniform before signing: `relaxed` or `simple`.",
    example=("relaxed", "${if eq{$dkim_canon_body}{simple}{strict}{lenient}}", "lenient"),
    **WIDE,
)
plain(
    "dkim_canon_headers",
    "How header lines are made uniform before signing: `relaxed` or `simple`.",
    example=("simple", "${if eq{$dkim_canon_headers}{simple}{strict}{lenient}}", "strict"),
    **WIDE,
)
plain(
    "dkim_copiedheaders",
    "The copy of header lines that the signature under test holds (`z=`).",
    example=("From:alice@example.org", "${extract{2}{:}{$dkim_copiedheaders}}", "alice@example.org"),
    taint=CARRIED,
    **WIDE,
)
number(
    "dkim_bodylength",
    f"How many bytes of the body the signature covers (`l=`); {NO_LIMIT} where it covers all.",
    example=("100", "${if <{$dkim_bodylength}{1000}{only part is signed}{enough}}", "only part is signed"),
    default=NO_LIMIT,
    kind="string",
    **WIDE,
)
number(
    "dkim_created",
    "When the signature was made (`t=`), in seconds since 1970; 0 where it does not say.",
    example=("1700000000", "${if >{$dkim_created}{0}{dated}{not dated}}", "dated"),
    kind="string",
    **WIDE,
)
number(
    "dkim_expires",
    f"When the signature expires (`x=`), in seconds since 1970; {NO_LIMIT} where it does not say.",
    example=("1700086400", "${eval:$dkim_expires-1700000000} seconds", "86400 seconds"),
    default=NO_LIMIT,
    kind="string",
    **WIDE,
)
plain(
    "dkim_headernames",
    "The names of the signed header lines, separated by colons.",
    example=(
        "From:To:Subject",
        "${if inlisti{subject}{$dkim_headernames}{subject is signed}}",
        "subject is signed",
    ),
    taint=CARRIED,
    **WIDE,
)
plain(
    "dkim_key_srvtype",
    "The service (`s=`) that the public key is meant for.",
    example=("email", "${if inlist{$dkim_key_srvtype}{*:email}{for mail}}", "for mail"),
    default="*",
    **WIDE,
)
plain(
    "dkim_key_granularity",
    "The local parts (`g=`) that the public key is meant for.",
    example=("alice", "only for $dkim_key_granularity", "only for alice"),
    default="*",
    **WIDE,
)
plain(
    "dkim_key_notes",
    "The notes (`n=`) in the record of the public key.",
    example=("for the newsletter", "note: $dkim_key_notes", "note: for the newsletter"),
    taint=CARRIED,
    **WIDE,
)
number(
    "dkim_key_length",
    "The size of the public key in bits.",
    example=("768", "${if <{$dkim_key_length}{1024}{too short}{fine}}", "too short"),
    kind="string",
    **(WIDE | {"since": "4.87"}),
)
number(
    "dkim_key_testing",
    "1 if the record of the public key says that it is only tried out (`t=y`), otherwise 0.",
    example=("1", "${if bool{$dkim_key_testing}{only a test}{in earnest}}", "only a test"),
    kind="string",
    **WIDE,
)
number(
    "dkim_key_nosubdomains",
    "1 if the record of the public key forbids subdomains (`t=s`), otherwise 0.",
    example=(
        "1",
        "${if bool{$dkim_key_nosubdomains}{this domain alone}{subdomains too}}",
        "this domain alone",
    ),
    kind="string",
    **WIDE,
)
