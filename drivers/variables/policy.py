"""Variables of SPF, DMARC, ARC and SRS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drivers.api.unit import Example, variable
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
    example=("softfail", "${if inlist{$spf_result}{pass:softfail}{let through}{refuse}}", "let through"),
    **SPF,
)
plain(
    "spf_header_comment",
    "A sentence about the outcome of SPF for use in a header line.",
    example=(
        "domain of example.org designates 192.0.2.7 as permitted sender",
        "(${sg{$spf_header_comment}{ .*}{}} ...)",
        "(domain ...)",
    ),
    taint=CARRIED,
    **SPF,
)
plain(
    "spf_received",
    "A whole header line `Received-SPF:` about the outcome, ready for `add_header`.",
    example=("Received-SPF: pass (example.org)", "${extract{2}{ }{$spf_received}}", "pass"),
    taint=CARRIED,
    **SPF,
)
plain(
    "spf_smtp_comment",
    "A sentence about the outcome of SPF for use in an SMTP reply.",
    example=(
        "Please see https://spf.example.org",
        "550 $spf_smtp_comment",
        "550 Please see https://spf.example.org",
    ),
    taint=CARRIED,
    **SPF,
)
plain(
    "spf_result_guessed",
    "`yes` if the outcome of SPF comes from the guessed record of `spf_guess`, otherwise `no`.",
    example=("yes", "${if bool{$spf_result_guessed}{guessed}{published}}", "guessed"),
    default="no",
    **(SPF | {"since": "4.91"}),
)
plain(
    "spf_used_domain",
    "The domain whose SPF record was used.",
    example=("example.org", "SPF of $spf_used_domain", "SPF of example.org"),
    taint=CARRIED,
    **(SPF | {"since": "4.100-dev"}),
)


@variable(
    "spf_guess",
    syntax="$spf_guess",
    since="4.70",
    kind="string",
    taint="none",
    examples=(
        Example("${extract{1}{ }{$spf_guess}}", "v=spf1"),
        Example("$spf_guess", "v=spf1 mx -all", config="spf_guess = v=spf1 mx -all\n"),
    ),
    **SPF,
)
def spf_guess(ctx: Context) -> str:
    """The SPF record to take for a domain that has none: the value of the main option ``spf_guess``."""
    return ctx.options.get("spf_guess") or GUESS


plain(
    "dmarc_status",
    "What DMARC says: `accept`, `reject`, `quarantine`, `none`, `norecord`, `nofrom`, `temperror` or `off`.\n"
    "Available in the DATA ACL after `dmarc_status` was tested.",
    example=("reject", "${if inlist{$dmarc_status}{reject:quarantine}{not aligned}{fine}}", "not aligned"),
    **DMARC,
)
plain(
    "dmarc_status_text",
    "What DMARC says, in a few words for people.",
    example=("Reject", "550 DMARC: $dmarc_status_text", "550 DMARC: Reject"),
    **DMARC,
)
plain(
    "dmarc_used_domain",
    "The domain whose DMARC record was used.",
    example=("example.org", "policy of $dmarc_used_domain", "policy of example.org"),
    taint=CARRIED,
    **DMARC,
)
plain(
    "dmarc_domain_policy",
    "The policy that the domain publishes: `none`, `quarantine` or `reject`; empty without a record.",
    example=("quarantine", "${if eq{$dmarc_domain_policy}{none}{watch}{act}}", "act"),
    **(DMARC | {"since": "4.83"}),
)
plain(
    "dmarc_alignment_spf",
    "`yes` if the domain that SPF has checked fits that of `From:`, otherwise `no`.",
    example=("no", "${if bool{$dmarc_alignment_spf}{aligned}{not aligned}}", "not aligned"),
    **(DMARC | {"since": "4.99"}),
)
plain(
    "dmarc_alignment_dkim",
    "`yes` if a domain with a good DKIM signature fits that of `From:`, otherwise `no`.",
    example=("yes", "${if bool{$dmarc_alignment_dkim}{aligned}{not aligned}}", "aligned"),
    **(DMARC | {"since": "4.99"}),
)

plain(
    "arc_state",
    "The outcome of `verify = arc`: `none`, `fail` or `pass`.",
    example=("fail", "${if eq{$arc_state}{pass}{intact}{broken}}", "broken"),
    **ARC,
)
plain(
    "arc_state_reason",
    "Why the ARC chain has failed, in a few words.",
    example=(
        "AMS body hash miscompare",
        "arc=fail ($arc_state_reason)",
        "arc=fail (AMS body hash miscompare)",
    ),
    **ARC,
)
plain(
    "arc_oldest_pass",
    "The number of the oldest ARC set whose message signature still verifies; 0 if none does.",
    example=(
        "2",
        "${if >{$arc_oldest_pass}{0}{unchanged since $arc_oldest_pass}{changed}}",
        "unchanged since 2",
    ),
    **(ARC | {"since": "4.92"}),
)
plain(
    "arc_domains",
    "The domains of the ARC chain, oldest first, separated by colons; a bad element is empty.",
    example=("lists.example.org:example.net", "${listextract{1}{$arc_domains}}", "lists.example.org"),
    taint=CARRIED,
    **(ARC | {"since": "4.92"}),
)

plain(
    "srs_recipient",
    "The address that a recipient made by SRS stands for, once the condition `inbound_srs` has decoded it.",
    examples={
        "${if inbound_srs{SRS0=abcd=ab=example.org=alice}{}{$srs_recipient}{not ours}}": "alice@example.org"
    },
    feature="srs",
    section="SRS (Sender Rewriting Scheme)",
    taint=OUTSIDE,
)
plain(
    "srs_db_address",
    "The address that the SRS library asks to be kept, while `srs_dbinsert` is expanded.",
    example=("alice@example.org", "${domain:$srs_db_address}", "example.org"),
    **SRS_ALT,
)
plain(
    "srs_db_key",
    "The key of a kept address, while `srs_dbinsert` or `srs_dbselect` is expanded.",
    example=("a1b2c3", "key $srs_db_key", "key a1b2c3"),
    **SRS_ALT,
)
plain(
    "srs_orig_recipient",
    "The recipient before the SRS library has turned it back.",
    example=("SRS0=x=y=example.org=alice@relay.example", "${domain:$srs_orig_recipient}", "relay.example"),
    **SRS_ALT,
)
plain(
    "srs_orig_sender",
    "The sender before the SRS library has rewritten it.",
    example=("alice@example.org", "was $srs_orig_sender", "was alice@example.org"),
    **SRS_ALT,
)
plain(
    "srs_status",
    "What the SRS library said of its last work.",
    example=("SRS rewrite", "$srs_status done", "SRS rewrite done"),
    **SRS_ALT,
)
