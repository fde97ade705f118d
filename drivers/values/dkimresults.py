"""What Exim says of verified signatures: in the log, and in its variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import Tainted
from drivers.values.dkimtags import NO_LIMIT
from drivers.values.dkimverify import (
    BAD_KEY,
    BAD_RECORD,
    BODY_DIFFERS,
    FAIL,
    HEADER_DIFFERS,
    INVALID,
    PASS,
    TAG_MISSING,
    TOO_LONG,
    TOO_SHORT,
    UNAVAILABLE,
    UNNAMED,
    VERSION,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from drivers.values.dkimtags import Signature

SIGNATURES = "dkim signatures"
"""Under this name the state of a context has the signatures of the message, in the order of verification.

Each is a mapping from the names of the variables without ``dkim_``, as `variables` gives them, and "reason",
which has also what ``$dkim_verify_reason`` does not tell. "overridden" is "1" where an ACL has set a verdict.
"""

MISSING = "<UNSET>"
UNSPECIFIED = "unspecified reason"
WHY_INVALID = {
    UNAVAILABLE: "public key record (currently?) unavailable",
    TOO_LONG: "overlong public key record",
    BAD_RECORD: "syntax error in public key record",
    BAD_KEY: "syntax error in public key record",
    TAG_MISSING: "signature tag missing or invalid",
    VERSION: "unsupported DKIM version",
}
WHY_FAILED = {
    BODY_DIFFERS: "body hash mismatch (body probably modified in transit)",
    HEADER_DIFFERS: "signature did not verify (headers probably modified in transit)",
    TOO_SHORT: "signature invalid (key too short)",
}

OF_SIGNATURE = tuple(
    "algo canon_body canon_headers copiedheaders bodylength created expires headernames identity key_testing "
    "key_nosubdomains key_srvtype key_granularity key_notes".split()
)
"""The variables that have no value of their own where no signature is looked at."""


def variables(known: Signature) -> dict[str, str]:
    """The variables of one signature, by their names without ``dkim_``; others have their defaults."""
    values: dict[str, str] = {
        "domain": Tainted(known.domain),
        "selector": Tainted(known.selector),
        "identity": Tainted(known.identity),
        "algo": known.algorithm,
        "canon_body": known.body_form,
        "canon_headers": known.header_form,
        "copiedheaders": Tainted(known.copied),
        "created": str(known.created),
        "headernames": Tainted(known.header_names),
        "key_length": str(known.key_bits),
        "verify_status": known.status,
        "reason": known.reason,
        "verify_reason": "" if known.reason in UNNAMED else known.reason,
    }
    if known.body_length >= 0:
        values["bodylength"] = str(known.body_length)
    if known.expires:
        values["expires"] = str(known.expires)
    if known.key is not None:
        values |= _of_key(known)
    return values


def _of_key(known: Signature) -> dict[str, str]:
    key = known.key
    assert key is not None
    return {
        "key_srvtype": key.service,
        "key_granularity": key.granularity,
        "key_notes": Tainted(key.notes),
        "key_testing": str(int(key.testing)),
        "key_nosubdomains": str(int(key.no_subdomains)),
    }


def log_line(known: Signature, overridden: Mapping[str, str] | None = None) -> str:
    """The line of the log about a signature; ``overridden`` has the verdict of an ACL, if it set another."""
    parts = [
        f"DKIM: d={known.domain or MISSING}",
        f"s={known.selector or MISSING}",
        f"c={known.header_form}/{known.body_form}",
        f"a={known.algorithm}",
        f"b={8 * len(known.value or b'')}",
    ]
    if known.identity:
        parts.append(f"i={known.identity}")
    parts += [f"{tag}={number}" for tag, number in (("t", known.created), ("x", known.expires)) if number > 0]
    if known.body_length > NO_LIMIT:
        parts.append(f"l={known.body_length}")
    if overridden is not None:
        said = f"{overridden['verify_status']} - {overridden['verify_reason']}"
    else:
        said = verdict(known)
    return f"{' '.join(parts)} [{said}]"


def verdict(known: Signature) -> str:
    """The verdict on a signature, in words."""
    if known.status == PASS:
        return "verification succeeded"
    if known.status == INVALID:
        return f"invalid - {WHY_INVALID.get(known.reason, UNSPECIFIED)}"
    if known.status == FAIL:
        return f"verification failed - {WHY_FAILED.get(known.reason, UNSPECIFIED)}"
    return "not verified"
