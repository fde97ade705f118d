"""What log lines of sessions tell of TLS and of who has authenticated, in the words of the real Exim."""

from __future__ import annotations

import re

import pytest

from expander.configuration import load
from expander.world.memory import MemoryWorld

CONFIG = """\
primary_hostname = a.test
log_selector = SELECTORS
acl_smtp_rcpt = ${if eq{$local_part}{bad}{deny}{accept}}
acl_smtp_data = ${if match{$h_subject:}{bad}{deny}{accept}}
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = yes
  server_set_id = $auth1
nameless:
  driver = plaintext
  public_name = NAMELESS
  server_prompts = :
  server_condition = yes
"""
CIPHER = "TLS1.3:ECDHE_X25519__RSA_PSS_RSAE_SHA256__AES_256_GCM:256"
FACTS = {
    "tls_in_cipher": CIPHER,
    "tls_in_certificate_verified": "1",
    "tls_in_peerdn": "C=DE,O=Ex Am\\,ple,CN=\xe4",
    "tls_in_sni": "my host",
    "tls_in_resumption": "31",
}


def logged(selectors: str, *lines: str, facts: dict[str, str] | None = None) -> list[str]:
    """The lines of the log of a session, without times and names of messages."""
    config = load(CONFIG.replace("SELECTORS", selectors), profile="debian-12", world=MemoryWorld())
    session = config.session("192.0.2.1", facts=FACTS if facts is None else facts)
    session.command("EHLO c")
    for line in lines:
        if line.startswith("Subject"):
            session.data(f"{line}\n\n")
        else:
            session.command(line)
    session.command("QUIT")
    return [re.sub(r"^\S{6}-\S{6}-\S{2} |D=\S+ ", "", line) for line in session.log]


MAIL = ("MAIL FROM:<a@b>", "RCPT TO:<bad@z>", "RCPT TO:<q@z>", "Subject: bad")
TAKEN = ("MAIL FROM:<a@b>", "RCPT TO:<q@z>", "Subject: good")


@pytest.mark.parametrize(
    ("selectors", "items"),
    [
        ("", f"X={CIPHER} CV=yes"),
        ("+tls_resumption", f"X={CIPHER}* CV=yes"),
        ("-tls_cipher +tls_resumption", "CV=yes"),
        (
            "-tls_certificate_verified +tls_peerdn +tls_sni",
            f'X={CIPHER} DN="C=DE,O=Ex Am\\,ple,CN=\\344" SNI=my\\040host',
        ),
    ],
)
def test_items_of_tls(selectors: str, items: str) -> None:
    assert logged(selectors, *MAIL) == [
        f"H=(c) [192.0.2.1] {items} F=<a@b> rejected RCPT <bad@z>",
        f"H=(c) [192.0.2.1] {items} F=<a@b> rejected after DATA",
    ]
    arrival = logged(selectors, *TAKEN)[0]
    assert arrival.startswith(f"<= a@b H=(c) [192.0.2.1] P=esmtps {items} S=")


def test_a_session_without_mail() -> None:
    assert logged("+smtp_no_mail", "AUTH PLAIN YWE=") == [
        f"no MAIL in SMTP connection from (c) [192.0.2.1] A=plain:aa X={CIPHER} CV=yes C=EHLO,AUTH,QUIT"
    ]


def test_a_session_that_is_not_secured() -> None:
    facts = {**dict.fromkeys(FACTS, ""), "tls_in_certificate_verified": "0"}
    assert logged("+tls_peerdn +tls_sni", *MAIL, facts=facts)[0] == (
        "H=(c) [192.0.2.1] F=<a@b> rejected RCPT <bad@z>"
    )


def test_a_session_that_was_begun_anew() -> None:
    facts = {**FACTS, "tls_in_resumption": "15", "tls_in_certificate_verified": "0"}
    assert f"X={CIPHER} CV=no " in logged("+tls_resumption", *TAKEN, facts=facts)[0]


@pytest.mark.parametrize(
    ("command", "item"),
    [
        ("AUTH PLAIN YWE=", "A=plain:aa:k@l"),
        ("AUTH PLAIN AGFh", "A=plain::k@l"),  # an identity that is nothing is one
        ("AUTH NAMELESS YWE=", "A=nameless"),  # without one, the sender is not told
    ],
)
def test_who_has_authenticated(command: str, item: str) -> None:
    lines = logged("+smtp_mailauth", command, "MAIL FROM:<a@b> AUTH=k@l", *TAKEN[1:], facts={})
    assert f"P=esmtpa {item} S=" in lines[0]
