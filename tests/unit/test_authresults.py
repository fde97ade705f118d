"""The item authresults: what a real Exim 4.96 said with the same facts, and the parts of later builds."""

from __future__ import annotations

import pytest

from drivers.items.authresults import SIGNATURES
from expander.api import Expander
from expander.config.load import load
from expander.config.profile import PROFILES
from expander.world.memory import MemoryWorld

AUTHENTICATORS = """\
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = true
cert:
  driver = tls
  server_param1 = x
  server_condition = true
"""
SIGNED = {"domain": "d.test", "identity": "@d.test", "selector": "s1", "algo": "rsa-sha256"}
SHOWN = " header.d=d.test header.i=@d.test header.s=s1 header.a=rsa-sha256"


def results(profile: str = "debian-12", config: str = "", **facts: str) -> list[str]:
    """The results that stand in the header line for facts."""
    chosen = PROFILES[profile]
    world = MemoryWorld({"/conf": config})
    loaded = load("/conf", profile=chosen, world=world)
    made = Expander(profile=chosen, world=world, config=loaded)
    made.context.facts.update(facts)
    made.context.headers = [("From", "From: Joe (him) <joe@author.test>\n")]
    first, *rest = made.expand("${authresults{mx}}").split(";\n\t")
    assert first == "Authentication-Results: mx"
    return rest


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, []),
        ({"sender_host_address": "192.0.2.3"}, []),
        (
            {"sender_host_name": "a.test", "sender_host_address": "192.0.2.1"},
            ["iprev=pass (a.test) smtp.remote-ip=192.0.2.1"],
        ),
        (
            {"host_lookup_failed": "1", "sender_host_address": "192.0.2.3"},
            ["iprev=fail smtp.remote-ip=192.0.2.3"],
        ),
        (
            {"host_lookup_deferred": "1", "sender_host_address": "192.0.2.4"},
            ["iprev=temperror smtp.remote-ip=192.0.2.4"],
        ),
        (
            {"authentication_local": "1", "authenticated_id": "root"},
            ["local=pass (non-smtp, mx) u=root"],
        ),
        ({"authentication_local": "1"}, ["local=pass (non-smtp, mx)"]),
        ({"spf_result": "fail", "sender_address": "a@b.test"}, ["spf=fail smtp.mailfrom=b.test"]),
        ({"spf_result": "pass", "sender_helo_name": "h.test"}, ["spf=pass smtp.helo=h.test"]),
        (
            {"spf_result": "neutral", "spf_result_guessed": "yes", "sender_address": "a@b"},
            ["spf=neutral (best guess record for domain) smtp.mailfrom=b"],
        ),
    ],
)
def test_what_the_variables_tell(facts: dict[str, str], expected: list[str]) -> None:
    assert results(**facts) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (
            {"sender_host_authenticated": "plain", "authenticated_id": "joe"},
            "auth=pass (PLAIN) smtp.auth=joe",
        ),
        (
            {"sender_host_authenticated": "plain", "authenticated_sender": "x@y"},
            "auth=pass (PLAIN, no id saved) smtp.mailfrom=x@y",
        ),
        ({"sender_host_authenticated": "cert", "authenticated_id": "c"}, "auth=pass (cert) x509.auth=c"),
        ({"sender_host_authenticated": "other", "authenticated_id": "o"}, "auth=pass (other) smtp.auth=o"),
    ],
)
def test_the_authenticator_of_the_configuration(facts: dict[str, str], expected: str) -> None:
    assert results(config=AUTHENTICATORS, **facts) == [expected]


@pytest.mark.parametrize(
    ("status", "reason", "expected"),
    [
        ("pass", "", "pass"),
        ("none", "", "none"),
        ("fail", "bodyhash_mismatch", "fail (body hash mismatch; body probably modified in transit)\n\t\t"),
        (
            "fail",
            "signature_incorrect",
            "fail (signature did not verify; headers probably modified in transit)\n\t\t",
        ),
        ("fail", "pubkey_too_short", "fail (public key too short: 1024 bits)\n\t\t"),
        ("fail", "", "fail (unspecified reason)\n\t\t"),
        ("invalid", "pubkey_unavailable", "tmperror (pubkey unavailable)\n\t\t"),
        ("invalid", "pubkey_dns_syntax", "neutral (public key record import problem)\n\t\t"),
        ("invalid", "pubkey_der_syntax", "neutral (public key record import problem)\n\t\t"),
        ("invalid", "version", "neutral (unsupported DKIM version)\n\t\t"),
        ("invalid", "", "permerror (unspecified problem)\n\t\t"),
    ],
)
def test_outcomes_of_a_signature(status: str, reason: str, expected: str) -> None:
    facts = {f"dkim_{name}": value for name, value in SIGNED.items()}
    facts |= {"dkim_verify_status": status, "dkim_verify_reason": reason, "dkim_key_length": "1024"}
    assert results(**facts) == [f"dkim={expected}{SHOWN}"]


def test_each_signature_has_a_result() -> None:
    made = Expander(profile=PROFILES["debian-12"], world=MemoryWorld())
    made.context.state[SIGNATURES] = [
        SIGNED | {"verify_status": "pass"},
        {"identity": "@e.test", "verify_status": "invalid", "verify_reason": "tag_missing"},
    ]
    assert made.expand("${authresults{mx}}") == (
        f"Authentication-Results: mx;\n\tdkim=pass{SHOWN};\n\tdkim=neutral (signature tag missing or invalid)"
        "\n\t\t header.i=@e.test"
    )


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"dmarc_status": "accept"}, ["dmarc=pass header.from=author.test"]),
        ({"dmarc_status": "reject"}, ["dmarc=fail header.from=author.test"]),
        ({"dmarc_status": "off"}, ["dmarc=skipped header.from=author.test"]),
        ({"arc_state": "none"}, ["arc=none"]),
        ({"arc_state": "fail", "arc_state_reason": "why"}, ["arc=fail (why)"]),
        (
            {
                "arc_state": "pass",
                "arc_domains": "a:b",
                "arc_oldest_pass": "1",
                "arc_selector": "s",
            },
            ["arc=pass (i=2) header.s=s arc.oldest-pass=1"],
        ),
    ],
)
def test_later_builds_know_more_methods(facts: dict[str, str], expected: list[str]) -> None:
    assert results("4.99", **facts) == expected
    assert results("debian-12", **facts) == []
