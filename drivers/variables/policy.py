"""Variables of SPF, DMARC, ARC and SRS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drivers.api.unit import variable
from drivers.variables.plain import CARRIED, OUTSIDE, plain

if TYPE_CHECKING:
    from drivers.api.protocols import Context

SPF: dict[str, Any] = {"feature": "spf", "section": "SPF (Sender Policy Framework)"}
DMARC: dict[str, Any] = {"since": "4.82", "feature": "dmarc", "section": "DMARC"}
ARC: dict[str, Any] = {"since": "4.91", "feature": "arc", "section": "ARC"}
SRS_ALT: dict[str, Any] = {"until": "4.96", "feature": "srs_alt", "section": "SRS (Sender Rewriting Scheme)"}
GUESS = "v=spf1 a/24 mx/24 ptr ?all"

plain(
    "spf_result",
    "The outcome of SPF: `pass`, `fail`, `softfail`, `neutral`, `none`, `permerror` or `temperror`.",
    **SPF,
)
plain(
    "spf_header_comment",
    "A sentence about the outcome of SPF for use in a header line.",
    taint=CARRIED,
    **SPF,
)
plain(
    "spf_received",
    "A whole header line `Received-SPF:` about the outcome, ready for `add_header`.",
    taint=CARRIED,
    **SPF,
)
plain(
    "spf_smtp_comment", "A sentence about the outcome of SPF for use in an SMTP reply.", taint=CARRIED, **SPF
)
plain(
    "spf_result_guessed",
    "`yes` if the outcome of SPF comes from the guessed record of `spf_guess`, otherwise `no`.",
    default="no",
    **(SPF | {"since": "4.91"}),
)
plain(
    "spf_used_domain",
    "The domain whose SPF record was used.",
    taint=CARRIED,
    **(SPF | {"since": "4.100-dev"}),
)


@variable("spf_guess", syntax="$spf_guess", since="4.70", kind="string", taint="none", **SPF)
def spf_guess(ctx: Context) -> str:
    """The SPF record to take for a domain that has none: the value of the main option ``spf_guess``."""
    return ctx.options.get("spf_guess") or GUESS


plain(
    "dmarc_status",
    "What DMARC says: `accept`, `reject`, `quarantine`, `none`, `norecord`, `nofrom`, `temperror` or `off`.\n"
    "Available in the DATA ACL after `dmarc_status` was tested.",
    **DMARC,
)
plain("dmarc_status_text", "What DMARC says, in a few words for people.", **DMARC)
plain("dmarc_used_domain", "The domain whose DMARC record was used.", taint=CARRIED, **DMARC)
plain(
    "dmarc_domain_policy",
    "The policy that the domain publishes: `none`, `quarantine` or `reject`; empty without a record.",
    **(DMARC | {"since": "4.83"}),
)
plain(
    "dmarc_alignment_spf",
    "`yes` if the domain that SPF has checked fits that of `From:`, otherwise `no`.",
    **(DMARC | {"since": "4.99"}),
)
plain(
    "dmarc_alignment_dkim",
    "`yes` if a domain with a good DKIM signature fits that of `From:`, otherwise `no`.",
    **(DMARC | {"since": "4.99"}),
)

plain("arc_state", "The outcome of `verify = arc`: `none`, `fail` or `pass`.", **ARC)
plain("arc_state_reason", "Why the ARC chain has failed, in a few words.", **ARC)
plain(
    "arc_oldest_pass",
    "The number of the oldest ARC set whose message signature still verifies; 0 if none does.",
    **(ARC | {"since": "4.92"}),
)
plain(
    "arc_domains",
    "The domains of the ARC chain, oldest first, separated by colons; a bad element is empty.",
    taint=CARRIED,
    **(ARC | {"since": "4.92"}),
)

plain(
    "srs_recipient",
    "The address that a recipient made by SRS stands for, once the condition `inbound_srs` has decoded it.",
    feature="srs",
    section="SRS (Sender Rewriting Scheme)",
    taint=OUTSIDE,
)
plain(
    "srs_db_address",
    "The address that the SRS library asks to be kept, while `srs_dbinsert` is expanded.",
    **SRS_ALT,
)
plain(
    "srs_db_key", "The key of a kept address, while `srs_dbinsert` or `srs_dbselect` is expanded.", **SRS_ALT
)
plain("srs_orig_recipient", "The recipient before the SRS library has turned it back.", **SRS_ALT)
plain("srs_orig_sender", "The sender before the SRS library has rewritten it.", **SRS_ALT)
plain("srs_status", "What the SRS library said of its last work.", **SRS_ALT)
