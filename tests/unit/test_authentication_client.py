"""The client side of authenticators: what is sent for what is set and answered, as the real Exim does it."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import TYPE_CHECKING

import pytest

from drivers.authenticators import client as clients
from drivers.authenticators.scram_server import CHANNEL_BINDING
from drivers.values import ntlm
from expander.api import Expander
from expander.config.load import load
from expander.config.profile import PROFILES
from expander.world.memory import MemoryWorld

if TYPE_CHECKING:
    from collections.abc import Callable

    from expander.expand.context import Context

FORCED = "${if eq{1}{2}{x}fail}"
BROKEN = 'expansion of "${foo}" failed in cl authenticator: unknown variable in "${foo}"'
CHALLENGE = "334 " + b64encode(ntlm.challenge(b"12345678")).decode()

PLAINTEXT = [
    ("^u^p", ["235 ok"], ["AUTH X AHUAcA=="], "OK", ""),
    ("^^a^^^b^", ["235 ok"], ["AUTH X XmFeAGIA"], "OK", ""),
    ("^u^p", ["535 bad"], ["AUTH X AHUAcA=="], "FAIL", "535 bad"),
    ("u : p$auth1", ["334 VXNlcjo=", "235 ok"], ["AUTH X dQ==", "cFVzZXI6"], "OK", ""),
    ("<; ; u ; p", ["334 dQB4", "334 UA==", "235 ok"], ["AUTH X", "dQ==", "cA=="], "OK", ""),
    ("u", ["334 abcd"], ["AUTH X dQ=="], "FAIL", "334 abcd"),
    (
        "u : p",
        ["334 a!b", "501 c"],
        ["AUTH X dQ==", "*"],
        "CANCELLED",
        'Invalid base64 string in server response "334 a!b"',
    ),
    (
        "u : v$auth1",
        ["334", "501 c"],
        ["AUTH X dQ==", "*"],
        "CANCELLED",
        'Invalid base64 string in server response "334"',
    ),
    (
        "u : v$auth1",
        ["334-abcd\n334 efgh", "501 c"],
        ["AUTH X dQ==", "*"],
        "CANCELLED",
        'Invalid base64 string in server response "334-abcd\n334 efgh"',
    ),
    (FORCED, [], [], "CANCELLED", ""),
    (f"u : {FORCED}", ["334 abcd", "501 c"], ["AUTH X dQ==", "*"], "CANCELLED", ""),
    ("${foo}", [], [], "ERROR", BROKEN),
    ("u : ${foo}", ["334 abcd", "501 c"], ["AUTH X dQ==", "*"], "ERROR", BROKEN),
    (":", ["235 ok"], ["AUTH X"], "OK", ""),
    (
        " : u : v : w : x : $auth1/$auth2/$auth3/$auth4",
        ["334 YQ==", "334 Yg==", "334 Yw==", "334 ZA==", "334 ZQ==", "235 ok"],
        ["AUTH X", "dQ==", "dg==", "dw==", "eA==", "YS9iL2MvZA=="],
        "OK",
        "",
    ),
]
CRAM = [
    ("u", "sec", ["334 PDFAeD4=", "235 ok"], "OK", ""),
    ("u", "sec", ["334 PDFAeD4=", "535 no"], "FAIL", "535 no"),
    ("u", "sec", ["235 eh"], "FAIL", "235 eh"),
    ("u", "sec", ["334 a!b"], "ERROR", "bad base 64 string in challenge:  CRAM-MD5"),
    ("u", "sec", ["334 "], "ERROR", "bad base 64 string in challenge:  CRAM-MD5"),
    (FORCED, "sec", [], "CANCELLED", ""),
    ("u", "${foo}", [], "ERROR", BROKEN),
]
EXTERNAL = [
    ("u^p", ["235 ok"], ["AUTH X dQBw"], "OK", ""),
    ("", ["235 ok"], ["AUTH X"], "OK", ""),
    (
        "u",
        ["334 abcd", "501"],
        ["AUTH X dQ==", "*"],
        "ERROR",
        "Too few items in client_send in cl authenticator",
    ),
    (FORCED, [], [], "CANCELLED", ""),
    ("u", ["535 no"], ["AUTH X dQ=="], "FAIL", "535 no"),
]
ANSWER = (
    "TlRMTVNTUAADAAAAGAAYAEAAAAAYABgAWAAAAAYABgBwAAAACAAIAHYAAAAIAAgAfgAAAAAAAACGAAAAAYIAACimzGkgIdsJipGTFy5+DVtM"
    "4MY3CyveXZmTfj0cPRD6WVxxj8quZTf3KEXkoa2BkGQAbwBtAHUAcwBlAHIAdQBzAGUAcgA="
)
ANSWER_WITHOUT_DOMAIN = (
    "TlRMTVNTUAADAAAAGAAYAEAAAAAYABgAWAAAAAAAAABwAAAAAgACAHAAAAACAAIAcgAAAAAAAAB0AAAAAYIAACimzGkgIdsJipGTFy5+DVtM"
    "4MY3CyveXZmTfj0cPRD6WVxxj8quZTf3KEXkoa2BkHUAdQA="
)
ANSWER_BEYOND_ASCII = (
    "TlRMTVNTUAADAAAAGAAYAEAAAAAYABgAWAAAAAAAAABwAAAAAgACAHAAAAACAAIAcgAAAAAAAAB0AAAAAYIAAGSnsSwYo7DJ+d8VCrHYAFzg"
    "UxBPAA4Zsddy2PMxU+u9JP00tnsYf2PbRsXQV5JgJHUAdQA="
)
SPA = [
    (
        "user@dom",
        "se cret",
        "",
        "TlRMTVNTUAABAAAAB7IAAAQABAAgAAAAAwADACQAAAB1c2VyZG9t",
        ANSWER,
    ),
    (
        "u",
        "se cret",
        "",
        "TlRMTVNTUAABAAAAB7IAAAEAAQAgAAAAAAAAACEAAAB1",
        ANSWER_WITHOUT_DOMAIN,
    ),
    (
        "u",
        b"p\xc3\xa4ssw\xc3\xb6rd".decode("latin-1"),
        "DD",
        "TlRMTVNTUAABAAAAB7IAAAEAAQAgAAAAAgACACEAAAB1REQ=",
        ANSWER_BEYOND_ASCII,
    ),
]
"""User, password, domain, and what the real Exim sends for the challenge with ``12345678``."""

UNREADABLE = (
    "TlRMTVNTUAADAAAAAAAAAEAAAAAAAAAAQAAAAAMAAwBAAAAABAAEAEMAAAAEAAQARwAAAAAAAABLAAAAAAAAAGRvbXVzZXJ1c2Vy"
)
"""What it sends where the challenge cannot be read."""


def context() -> Context:
    """Where the exchanges are held."""
    world = MemoryWorld(files={"/x": b"primary_hostname = client.test\n"})
    return Expander(config=load("/x", profile=PROFILES["debian-12"], world=world), world=world).context


def held(
    driver: str, settings: dict[str, str], replies: list[str], name: str = "X"
) -> tuple[list[str], str, clients.Client]:
    """What the client sends, how it ends, and the client."""
    client = clients.Client(context(), "cl", lambda option: settings.get(option, ""), name)
    sent: list[str] = []
    coming = iter(replies)

    def answer(line: str) -> str:
        sent.append(line)
        return next(coming)

    word = clients.outcome(client, clients.begin(client, driver), answer)
    assert not list(coming)
    return sent, word, client


@pytest.mark.parametrize(("text", "replies", "sent", "word", "problem"), PLAINTEXT)
def test_plaintext(text: str, replies: list[str], sent: list[str], word: str, problem: str) -> None:
    found, outcome, client = held("plaintext", {"client_send": text}, replies)
    assert (found, outcome, client.problem) == (sent, word, problem)


def test_plaintext_may_ignore_what_is_no_base64() -> None:
    settings = {"client_send": "u : p$auth1", "client_ignore_invalid_base64": "true"}
    sent, word, _ = held("plaintext", settings, ["334 a!b", "235 ok"])
    assert (sent, word) == (["AUTH X dQ==", "cA=="], "OK")


@pytest.mark.parametrize(("name", "secret", "replies", "word", "problem"), CRAM)
def test_cram_md5(name: str, secret: str, replies: list[str], word: str, problem: str) -> None:
    settings = {"client_name": name, "client_secret": secret}
    sent, outcome, client = held("cram_md5", settings, replies, "CRAM-MD5")
    assert (outcome, client.problem) == (word, problem)
    digest = "dSAzZjNlNDYwZjNlMjMwMGE3NWIyZDU4M2Y3Yzc0MmFiMg=="
    assert sent == ["AUTH CRAM-MD5", digest][: len(replies)]


@pytest.mark.parametrize(("text", "replies", "sent", "word", "problem"), EXTERNAL)
def test_external(text: str, replies: list[str], sent: list[str], word: str, problem: str) -> None:
    found, outcome, client = held("external", {"client_send": text}, replies)
    assert (found, outcome, client.problem) == (sent, word, problem)


@pytest.mark.parametrize(("user", "password", "domain", "first", "second"), SPA)
def test_spa(user: str, password: str, domain: str, first: str, second: str) -> None:
    settings = {"client_username": user, "client_password": password, "client_domain": domain}
    sent, word, _ = held("spa", settings, ["334 NTLM supported", CHALLENGE, "235 ok"], "NTLM")
    assert (sent, word) == (["AUTH NTLM", first, second], "OK")


@pytest.mark.parametrize("challenge", ["334 !!", "334 TlRM"])
def test_spa_and_a_challenge_that_cannot_be_read(challenge: str) -> None:
    settings = {"client_username": "user@dom", "client_password": "se cret"}
    sent, word, client = held("spa", settings, ["334 x", challenge, "501 x"])
    assert (sent[-1], word, client.problem) == (UNREADABLE, "FAIL", "501 x")


RFC7677 = {
    "name": "SCRAM-SHA-256",
    "nonce": "rOprNGfwEbeRWgbNEkqO",
    "first": "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
    "answer": "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    "final": "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
    "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
    "proof": "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
}
RFC5802 = {
    "name": "SCRAM-SHA-1",
    "nonce": "fyko+d2lbbFgONRv9qkxdawL",
    "first": "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
    "answer": "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
    "final": "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
    "proof": "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
}


@pytest.mark.parametrize("talk", [RFC5802, RFC7677], ids=lambda talk: talk["name"])
def test_scram_by_the_examples_of_the_standards(
    talk: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drivers.authenticators.scram_client.b64encode", _with_nonce(talk["nonce"].encode()))
    settings = {"client_username": "user", "client_password": "pencil"}
    replies = [f"334 {coded(talk['answer'])}", f"334 {coded(talk['proof'])}", "235 ok"]
    sent, word, client = held("gsasl", settings, replies, talk["name"])
    assert [b64decode(line.rpartition(" ")[2]).decode() for line in sent] == [
        talk["first"],
        talk["final"],
        "",
    ]
    assert word == "OK"
    facts = client.ctx.facts
    assert (facts["auth1"], facts["auth2"]) == ("user", "4096")
    assert len(facts["auth4"]) == 40 if talk is RFC5802 else 64


def _with_nonce(nonce: bytes) -> Callable[[bytes], bytes]:
    """base64, but for the first call, which makes the nonce."""
    calls = iter([nonce])
    return lambda data: next(calls, None) or b64encode(data)


def coded(text: str) -> str:
    """Text in base64."""
    return b64encode(text.encode()).decode()


def test_scram_does_not_believe_a_server_that_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "drivers.authenticators.scram_client.b64encode", _with_nonce(RFC5802["nonce"].encode())
    )
    settings = {"client_username": "user", "client_password": "pencil"}
    replies = [f"334 {coded(RFC5802['answer'])}", f"334 {coded('v=AAAA')}", "501 x"]
    sent, word, _ = held("gsasl", settings, replies, "SCRAM-SHA-1")
    assert (sent[-1], word) == ("*", "FAIL")


@pytest.mark.parametrize("message", ["", "r=abc", "r=x,s=QSXC,i=4096", "r=x,s=!,i=0", "i=1" * 10_000])
def test_scram_gives_up_on_what_it_cannot_read(message: str) -> None:
    settings = {"client_username": "user", "client_password": "pencil"}
    sent, word, _ = held("gsasl", settings, [f"334 {coded(message)}", "501 x"], "SCRAM-SHA-1")
    assert (sent[-1], word) == ("*", "ERROR")


def test_scram_bound_to_a_channel() -> None:
    client = clients.Client(context(), "cl", {"client_username": "u"}.get, "SCRAM-SHA-256-PLUS")
    client.ctx.state[CHANNEL_BINDING] = (b"tls-exporter", b"12345")
    line = next(clients.begin(client, "gsasl"))
    assert b64decode(line.rpartition(" ")[2]).startswith(b"p=tls-exporter,,n=u,r=")


@pytest.mark.parametrize(
    ("condition", "expected"), [("", True), ("yes", True), ("no", False), ("${foo}", False)]
)
def test_client_condition(condition: str, expected: bool) -> None:
    logged: list[str] = []
    ctx = context()
    ctx.log_with = lambda text, _panic: logged.append(text)
    assert clients.wants(ctx, "cl", condition) is expected
    words = 'failed to expand condition "${foo}" for cl client authenticator: unknown variable in "${foo}"'
    assert logged == ([words] if condition == "${foo}" else [])
