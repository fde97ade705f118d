"""Signatures of messages in sessions: what Exim 4.96 said of each, and what other programs sign."""

from __future__ import annotations

import time

import dkim
import pytest

from dkim_cases import SAID, messages
from receiving import received
from signed import MESSAGE, pem, sign

RFC_8463_KEYS = {
    "brisbane": "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
    "test": "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWR"
    "iGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutAC"
    "DfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3"
    "Ip3G+2kryOTIKT+l/K4w3QIDAQAB",
}


@pytest.mark.parametrize("name", SAID)
def test_the_verdict_is_that_of_exim(name: str) -> None:
    _, log = received(messages()[name])
    reasons = [line.partition("<")[2].partition(">")[0] for line in log if line.startswith("reason")]
    verdicts = [line.rpartition("[")[2][:-1] for line in log if line.startswith("DKIM: d=")]
    verdicts = [verdict for verdict in verdicts if verdict != "failed key import"]
    reason = f"{reasons[-1]}; " if reasons and reasons[-1] else ""
    assert reason + (verdicts[-1] if verdicts else "") == SAID[name]


def test_the_log_tells_what_a_signature_says() -> None:
    message = sign(tags={"i": "@d.test", "t": "5", "x": "9"}, length=4)
    _, log = received(message)
    assert (
        "DKIM: d=d.test s=s1 c=relaxed/relaxed a=rsa-sha256 b=1024 i=@d.test t=5 x=9 l=4 "
        "[verification succeeded]" in log
    )
    assert log[-1].endswith(f"S={log[-1].rpartition('S=')[2]}")
    assert log[-1].endswith(" DKIM=d.test")


def test_an_acl_may_overrule_the_verdict() -> None:
    rule = "  warn set dkim_verify_status = fail\n       set dkim_verify_reason = too old\n"
    seen = "  warn logwrite = $dkim_verify_status ${authresults{mx}}\n"
    _, log = received(
        sign(), main="acl_smtp_dkim = signed\nacl_smtp_data = received", dkim_acl=rule, data_acl=seen
    )
    assert "DKIM: d=d.test s=s1 c=relaxed/relaxed a=rsa-sha256 b=1024 [fail - too old]" in log
    result = "dkim=policy (fail - too old) header.d=d.test header.s=s1 header.a=rsa-sha256"
    assert f"fail Authentication-Results: mx;\\n\t{result}" in log
    assert "DKIM=" not in log[-1]


def test_the_acl_runs_once_for_each_signer_and_signature() -> None:
    main = "acl_smtp_dkim = signed\ndkim_verify_signers = e.test : d.test : e.test : $dkim_signers"
    _, log = received(sign(sign(tags={"i": "u@d.test"})), main=main)
    runs = [line.rpartition(" ")[2] for line in log if line.startswith("reason")]
    assert runs == ["e.test", "d.test", "d.test", "u@d.test"]


@pytest.mark.parametrize(
    ("rule", "reply", "logged"),
    [
        ("  deny message = no $dkim_domain\n", "550 no d.test", "rejected DKIM : no d.test"),
        ("  defer\n", "451 Temporary", "temporarily rejected DKIM "),
        ("  discard\n", "250 OK", "Completed"),
        ("  deny dkim_status = none : pass\n dkim_signers = d.test\n", "550 Adm", "rejected DKIM "),
        ("  deny !dkim_status = pass\n", "250 OK", "DKIM=d.test"),
    ],
)
def test_the_acl_decides(rule: str, reply: str, logged: str) -> None:
    said, log = received(sign(), dkim_acl=rule)
    assert said.startswith(reply)
    assert log[-1].endswith(logged)


@pytest.mark.parametrize(
    ("main", "algorithms"),
    [
        ("", ["rsa-sha256", "rsa-sha512"]),
        ("dkim_verify_hashes = sha1 : sha512", ["rsa-sha1", "rsa-sha512"]),
        ("dkim_verify_keytypes = ed25519", []),
        ("dkim_verify_minimal", ["rsa-sha256", "rsa-sha512"]),
    ],
)
def test_the_options_choose_signatures(main: str, algorithms: list[str]) -> None:
    message = sign(sign(sign(), algorithm="sha512"), algorithm="sha1")
    _, log = received(message, main=f"acl_smtp_dkim = signed\n{main}")
    lines = [line for line in log if line.startswith("DKIM: d=")]
    assert [line.partition(" a=")[2].partition(" ")[0] for line in lines] == algorithms
    if "minimal" in main:
        assert lines[1].endswith("[not verified]")


def test_a_key_may_be_too_small() -> None:
    _, log = received(sign(), main="dkim_verify_min_keysizes = rsa=2048")
    assert log[0].endswith("[verification failed - signature invalid (key too short)]")


def test_a_control_turns_verification_off() -> None:
    main = "acl_smtp_dkim = signed\nacl_smtp_mail = accept control = dkim_disable_verify"
    main = main.replace("accept control", "unverified\n#")
    rule = "  accept\nunverified:\n  warn control = dkim_disable_verify\n"
    _, log = received(sign(), main=main, dkim_acl=rule)
    assert [line for line in log if "DKIM" in line] == []


def test_what_dkimpy_signs_is_verified() -> None:
    text = MESSAGE.replace(b"\n", b"\r\n")
    key = pem("rsa").encode()
    for canonical in ((b"simple", b"simple"), (b"relaxed", b"relaxed"), (b"relaxed", b"simple")):
        line = dkim.sign(text, b"s1", b"d.test", key, canonicalize=canonical)
        _, log = received((line + text).replace(b"\r\n", b"\n"))
        assert log[-1].endswith("DKIM=d.test")


def test_the_example_of_rfc_8463() -> None:
    records = "".join(
        f'{name}._domainkey TXT "{text[:200]}" "{text[200:]}"\n' for name, text in RFC_8463_KEYS.items()
    )
    _, log = received(RFC_8463, main="", records={"football.example.com": records})
    assert [line.rpartition("[")[2] for line in log if line.startswith("DKIM: d=")] == [
        "verification succeeded]"
    ] * 2


RFC_8463 = b"""\
DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=test; t=1528637909; h=from : to : subject :
 date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
 DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
 dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.
"""


@pytest.mark.parametrize(
    "message",
    [
        b"DKIM-Signature: " + b"b=;" * 300_000 + b"\n" + MESSAGE,
        b"DKIM-Signature: v=1; a=rsa-sha256; d=d.test; s=s1; h=" + b":" * 1_000_000 + b"\n" + MESSAGE,
        sign().replace(b"X-Other: 1", b"X-Other: " + b" \t" * 500_000 + b"x"),
        sign(b"From: a@x.test\n\n" + (b" " * 16000 + b"\n") * 60),
        b"A: b\n" * 50_000 + sign(),
    ],
    ids=["tags", "names", "blanks in a header line", "blanks in lines", "many lines"],
)
def test_large_messages_take_time_in_proportion(message: bytes) -> None:
    began = time.process_time()
    reply, _ = received(message)
    assert reply.startswith(("250 OK", "552"))
    assert time.process_time() - began < 15
