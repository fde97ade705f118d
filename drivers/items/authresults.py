"""The item authresults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.text import SPACE, lower
from drivers.api.unit import item
from drivers.items.counted import counted
from drivers.values import dmarc, listtext, mailbox
from drivers.values.dkimresults import SIGNATURES
from drivers.values.dkimverify import TAG_MISSING, VERSION

if TYPE_CHECKING:
    from drivers.api.protocols import Context

FAILED = {
    "bodyhash_mismatch": "fail (body hash mismatch; body probably modified in transit)",
    "signature_incorrect": "fail (signature did not verify; headers probably modified in transit)",
    "pubkey_too_short": "fail (public key too short: {key_length} bits)",
}
INVALID = {
    "pubkey_unavailable": "tmperror (pubkey unavailable)",
    "pubkey_too_long": "permerror (overlong public key record)",
    "pubkey_dns_syntax": "neutral (public key record import problem)",
    "pubkey_der_syntax": "neutral (public key record import problem)",
    TAG_MISSING: "neutral (signature tag missing or invalid)",
    VERSION: "neutral (unsupported DKIM version)",
}
"""Outcomes by the reason. For the last two, ``$dkim_verify_reason`` is empty."""


@item(
    "authresults",
    syntax="${authresults{<authserv-id>}}",
    since="4.91",
    section="Expansion items",
    shape=counted("authresults", 1, 1),
    literal=lambda server: f"Authentication-Results: {server}",
    told_when_skipped=True,
    examples={"${authresults{mx.example}}": "Authentication-Results: mx.example"},
)
def authresults(ctx: Context, server: str) -> str:
    """The header line that tells what is known of a message's authenticity (RFC 8601).

    A result stands there for each check that was made: that the message was submitted by a user of this
    host (local), that of the client's name (iprev), of the client (auth), of the sender (spf), of the
    signatures (dkim), of the author's domain (dmarc) and of the chain of hosts (arc). The facts
    of the variables tell the outcomes. Some are told by facts that no variable shows:
    ``authentication_local`` is "1" for a message that did not come by SMTP, ``arc_selector`` is the
    selector of the newest seal.
    """
    facts = ctx.facts
    results = [_local(facts, server), _host(facts), _client(ctx), _sender(facts), *_signatures(ctx)]
    if ctx.profile.built_with("dmarc"):
        results.append(_author(ctx))
    if ctx.profile.built_with("arc"):
        results.append(_chain(facts))
    return ";\n\t".join([f"Authentication-Results: {server}", *filter(None, results)])


def _local(facts: Mapping[str, str], server: str) -> str:
    """Who submitted the message on this host."""
    if facts.get("authentication_local") != "1":
        return ""
    return f"local=pass (non-smtp, {server})" + _property("u", facts.get("authenticated_id"))


def _host(facts: Mapping[str, str]) -> str:
    """Whether the host's address and name lead to each other."""
    name = facts.get("sender_host_name")
    if name:
        outcome = f"pass ({name})"
    elif facts.get("host_lookup_deferred") == "1":
        outcome = "temperror"
    elif facts.get("host_lookup_failed") == "1":
        outcome = "fail"
    else:
        return ""
    return f"iprev={outcome}" + _property("smtp.remote-ip", facts.get("sender_host_address"))


def _client(ctx: Context) -> str:
    """Who has authenticated: by SMTP AUTH or with a certificate."""
    name, identity = ctx.facts.get("sender_host_authenticated"), ctx.facts.get("authenticated_id")
    if not name:
        return ""
    driver, public = ctx.authenticator(name) or ("", name)
    if driver == "tls":
        who = f") x509.auth={identity}" if identity else ") reason=x509.auth"
    else:
        who = f") smtp.auth={identity}" if identity else ", no id saved)"
    return f"auth=pass ({public}{who}" + _property("smtp.mailfrom", ctx.facts.get("authenticated_sender"))


def _sender(facts: Mapping[str, str]) -> str:
    """Whether the host may send for the domain of the sender, or of the HELO without one."""
    result = facts.get("spf_result")
    if not result:
        return ""
    if facts.get("spf_result_guessed") == "yes":
        result += " (best guess record for domain)"
    domain, helo = facts.get("sender_address", "").rpartition("@")[2], facts.get("sender_helo_name")
    if domain:
        return f"spf={result} smtp.mailfrom={domain}"
    return f"spf={result} smtp.helo={helo}" if helo else f"spf={result} smtp.mailfrom=<>"


def _signatures(ctx: Context) -> list[str]:
    """Whether the signatures of the message hold; without more, that of the variables is the only one."""
    known: list[Mapping[str, str]] | None = ctx.state.get(SIGNATURES)
    if known is None:
        prefix = "dkim_"
        only = {name[len(prefix) :]: text for name, text in ctx.facts.items() if name.startswith(prefix)}
        known = [only] if only.get("verify_status") else []
    return [_signature(signature, ctx.facts) for signature in known]


def _signature(signature: Mapping[str, str], facts: Mapping[str, str]) -> str:
    status = signature.get("verify_status", "none")
    reason = signature.get("reason") or signature.get("verify_reason", "")
    if signature.get("overridden"):
        # Exim shows what the variables have now, which is not of this signature alone.
        outcome = f"policy ({facts.get('dkim_verify_status', '')} - {facts.get('dkim_verify_reason', '')})"
    elif status == "fail":
        outcome = FAILED.get(reason, "fail (unspecified reason)").format(
            key_length=signature.get("key_length", "0")
        )
        outcome += "\n\t\t"
    elif status == "invalid":
        outcome = INVALID.get(reason, "permerror (unspecified problem)") + "\n\t\t"
    else:
        outcome = status
    properties = {"d": "domain", "i": "identity", "s": "selector", "a": "algo"}
    return f"dkim={outcome}" + "".join(
        _property(f"header.{letter}", signature.get(name)) for letter, name in properties.items()
    )


def _author(ctx: Context) -> str:
    """Whether the domain of the author stands behind the message."""
    checked: dmarc.Checked | None = ctx.state.get(dmarc.CHECKED)
    if checked is not None:
        author = "" if checked.author is None else f" header.from={checked.author}"
        return f"dmarc={checked.result}{author}"
    status = ctx.facts.get("dmarc_status")
    if not status:
        return ""
    return f"dmarc={dmarc.RESULTS.get(status, dmarc.SKIPPED)}" + _property("header.from", _from_domain(ctx))


def _from_domain(ctx: Context) -> str:
    """The domain of the From: header line."""
    line = next((text for name, text in ctx.headers or () if lower(name) == "from"), "")
    try:
        return mailbox.parse(line.partition(":")[2].strip(SPACE)).domain
    except Failed:
        return ""


def _chain(facts: Mapping[str, str]) -> str:
    """Whether the hosts that passed the message on have sealed what they found."""
    state = facts.get("arc_state")
    if not state:
        return ""
    reason, domains = facts.get("arc_state_reason"), facts.get("arc_domains", "")
    if not domains:
        return f"arc={state}" + (f" ({reason})" if reason else "")
    details = {
        "header.s": facts.get("arc_selector"),
        "arc.oldest-pass": facts.get("arc_oldest_pass"),
        "smtp.remote-ip": facts.get("sender_host_address"),
    }
    instance = len(listtext.split(domains))
    return (
        f"arc={state} (i={instance})"
        + (f"({reason})" if reason else "")
        + "".join(_property(name, text) for name, text in details.items())
    )


def _property(name: str, value: str | None) -> str:
    return f" {name}={value}" if value else ""
