"""The item authresults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Unsupported
from drivers.api.unit import item
from drivers.items.counted import counted

if TYPE_CHECKING:
    from drivers.api.protocols import Context

MISSING = ("dmarc_status", "arc_state")
DKIM_FAILURES = {
    "bodyhash_mismatch": "fail (body hash mismatch; body probably modified in transit)",
    "signature_incorrect": "fail (signature did not verify; headers probably modified in transit)",
    "pubkey_unavailable": "tmperror (pubkey unavailable)",
}


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

    A result stands there for each check that was made: that of the host's name (iprev), of the
    client (auth), of the sender (spf) and of a signature (dkim). The facts of the variables
    tell the outcomes, and of more signatures than one only the current is known.
    ``sender_host_auth_pubname`` may hold the public name of the authenticator, whose own name is
    taken otherwise. Raises `Unsupported` where there is an outcome of DMARC or ARC,
    and for signatures that are wrong in a rare way.
    """
    for name in MISSING:
        if ctx.facts.get(name):
            raise Unsupported(f"authentication results of {name} are not supported by eximulate")
    results = [_host(ctx.facts), _client(ctx.facts), _sender(ctx.facts), _signature(ctx.facts)]
    return ";\n\t".join([f"Authentication-Results: {server}", *filter(None, results)])


def _host(facts: dict[str, str]) -> str:
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


def _client(facts: dict[str, str]) -> str:
    """Who has authenticated by SMTP AUTH."""
    driver = facts.get("sender_host_authenticated")
    if not driver:
        return ""
    public = facts.get("sender_host_auth_pubname") or driver
    who = f"auth=pass ({public}) smtp.auth={facts.get('authenticated_id', '')}"
    return who + _property("smtp.mailfrom", facts.get("authenticated_sender"))


def _sender(facts: dict[str, str]) -> str:
    """Whether the host may send for the domain of the sender, or of the HELO without one."""
    result = facts.get("spf_result")
    if not result:
        return ""
    domain = facts.get("sender_address", "").rpartition("@")[2]
    if domain:
        return f"spf={result} smtp.mailfrom={domain}"
    return f"spf={result} smtp.helo={facts.get('sender_helo_name', '')}"


def _signature(facts: dict[str, str]) -> str:
    """Whether a signature of the message holds. Raises `Unsupported` for rare reasons."""
    status, reason = facts.get("dkim_verify_status"), facts.get("dkim_verify_reason", "")
    if not status:
        return ""
    if status in {"fail", "invalid"}:
        outcome = DKIM_FAILURES.get(reason)
        if outcome is None:
            raise Unsupported(f'the DKIM outcome "{reason or status}" is not supported in authresults')
        outcome += "\n\t\t"
    else:
        outcome = status
    properties = {
        "header.d": "dkim_domain",
        "header.i": "dkim_identity",
        "header.s": "dkim_selector",
        "header.a": "dkim_algo",
    }
    return f"dkim={outcome}" + "".join(_property(name, facts.get(fact)) for name, fact in properties.items())


def _property(name: str, value: str | None) -> str:
    return f" {name}={value}" if value else ""
