"""Authenticators as servers in sessions of worlds in memory, and ``eximulate auth``."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING

import pytest

from dovecot_server import HEARD, scripted_server
from drivers.api.errors import Failed, Unsupported
from drivers.authenticators import dovecot
from drivers.authenticators.scram_server import CHANNEL_BINDING
from drivers.variables.tls import SAMPLE
from expander.cli import auth as verb
from expander.configuration import load
from expander.session.trial import trial
from expander.world.memory import MemoryWorld
from expander.world.real import RealWorld

if TYPE_CHECKING:
    from pathlib import Path

    from expander.configuration import Configuration
    from expander.session.trial import Trial

PROFILE = "4.99,+auth_gsasl,+auth_heimdal_gssapi,+auth_cyrus_sasl"
CONFIG = r"""
primary_hostname = mail.example.test
tls_advertise_hosts =
acl_smtp_auth = ${if eq{$sender_host_address}{192.0.2.66}{deny}{accept}}
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${if and{{eq{$auth2}{tim}}{eq{$auth3}{\Na$b\c\N}}}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_advertise_condition = ${if def:tls_in_cipher}
  server_condition = ${if and{{eq{$auth1}{tim}}{eq{$auth2}{\Na$b\c\N}}}}
cram:
  driver = cram_md5
  public_name = CRAM-MD5
  server_secret = ${if eq{$auth1}{tim}{\Na$b\c\N}{${if bool{false}{}fail}}}
ntlm:
  driver = spa
  public_name = NTLM
  server_password = ${if eq{$auth1}{tim}{\Na$b\c\N}{${if bool{false}{}fail}}}
outside:
  driver = external
  public_name = EXTERNAL
  server_param2 = $tls_in_peerdn
  server_condition = ${if eq{$auth2}{CN=$auth1}}
shown:
  driver = tls
  server_param1 = ${certextract{subject,CN}{$tls_in_peercert}}
  server_condition = ${if eq{$auth1}{mail.example.org}}
  server_set_id = $auth1
dovecot:
  driver = dovecot
  public_name = DOVECOT
  server_socket = /auth
  server_set_id = $auth1
scram:
  driver = gsasl
  public_name = SCRAM-SHA-1
  server_password = ${if eq{$auth1}{tim}{\Na$b\c\N}{${if bool{false}{}fail}}}
  server_condition = yes
  server_scram_salt = QSXCR+Q6sek8bf92
  server_scram_iter = 5000
scram2:
  driver = gsasl
  public_name = SCRAM-SHA-256
  server_password = ${if eq{$auth1}{tim}{\Na$b\c\N}{${if bool{false}{}fail}}}
  server_condition = ${if eq{$auth2}{}}
  server_set_id = $auth1
bound:
  driver = gsasl
  public_name = SCRAM-SHA-256-PLUS
  server_password = \Na$b\c\N
  server_condition = yes
gplain:
  driver = gsasl
  public_name = GPLAIN
  server_mech = PLAIN
  server_condition = ${if and{{eq{$auth1}{tim}}{eq{$auth3}{\Na$b\c\N}}}}
gcram:
  driver = gsasl
  public_name = GCRAM
  server_mech = CRAM-MD5
  server_password = \Na$b\c\N
  server_condition = yes
digest:
  driver = gsasl
  public_name = DIGEST-MD5
  server_password = x
  server_condition = yes
library:
  driver = heimdal_gssapi
  public_name = GSSAPI
client:
  driver = plaintext
  public_name = CLIENT
  client_send = a
"""
PASSWORD = r"a$b\c"
NAMES = ["plain", "login", "cram", "ntlm", "scram", "scram2", "gplain", "gcram"]


def configuration(answer: bytes = b"") -> Configuration:
    """The configuration, with a server in Dovecot's place."""
    world = MemoryWorld(servers={"/auth": answer} if answer else {})
    return load(CONFIG, profile=PROFILE, world=world)


def tried(name: str, user: str = "tim", password: str = PASSWORD, **settings: str) -> Trial:
    """A trial of an authenticator."""
    return trial(configuration(), name, user, password, facts=settings)


@pytest.mark.parametrize("name", NAMES)
def test_who_knows_the_password_is_accepted(name: str) -> None:
    done = tried(name)
    assert (done.outcome, done.reply) == ("accepted", "235 Authentication succeeded")
    assert done.decided[-1].startswith("server_condition")


@pytest.mark.parametrize("name", [*NAMES, "PLAIN", "SCRAM-SHA-256"])
def test_who_does_not_is_refused(name: str) -> None:
    done = tried(name, password="other")
    assert (done.outcome, done.reply) == ("refused", "535 Incorrect authentication data")
    assert done.log[-1].startswith(f"{done.name} authenticator failed for (trial) [127.0.0.1]: 535 Incorrect")


def test_what_is_offered() -> None:
    assert not tried("login").offered
    assert tried("login", tls_in_cipher="X").offered
    assert tried("plain").offered


def test_external_by_the_name_in_the_certificate() -> None:
    assert tried("outside", tls_in_peerdn="CN=tim").outcome == "accepted"
    assert tried("outside", tls_in_peerdn="CN=bob").outcome == "refused"


def test_tls_asks_nobody() -> None:
    shown = {"tls_in_cipher": "X", "tls_in_peercert": SAMPLE, "tls_in_certificate_verified": "1"}
    done = tried("shown", **shown)
    assert (done.outcome, done.identity, done.lines) == ("accepted", "mail.example.org", [])
    assert tried("shown").outcome == "not asked"
    assert tried("shown", **shown | {"tls_in_certificate_verified": "0"}).outcome == "not asked"
    session = configuration().session("192.0.2.1", facts=shown)
    assert session.context.expand("$sender_host_authenticated $received_protocol") == "shown smtpsa"
    refused = configuration().session("192.0.2.66", facts=shown)
    assert refused.replies[-1].code == 503
    assert refused.context.expand("$sender_host_authenticated") == ""


def test_binding_to_the_channel() -> None:
    config = configuration()
    session = config.session()
    session.command("EHLO c")
    session.context.state[CHANNEL_BINDING] = (b"tls-exporter", b"12345")

    def answer(first: str) -> int:
        session.command("AUTH SCRAM-SHA-256-PLUS")
        reply = session.command(b64encode(first.encode()))
        assert reply is not None
        if reply.code == 334:
            session.command("*")
        return reply.code

    assert answer("p=tls-exporter,,n=tim,r=abc") == 334
    assert answer("p=tls-unique,,n=tim,r=abc") == 535
    assert answer("n,,n=tim,r=abc") == 535
    assert answer("y,,n=tim,r=abc") == 535


@pytest.mark.parametrize(
    "message",
    ["", "x", "n,,", "n,,n=tim", "n,,n=t=im,r=a", "n,,m=x,n=tim,r=a", "\0" * 100, "n,," + "a" * 12000],
)
def test_scram_messages_that_are_none(message: str) -> None:
    session = configuration().session()
    session.command("EHLO c")
    session.command("AUTH SCRAM-SHA-256")
    reply = session.command(b64encode(message.encode()))
    assert reply is not None
    assert reply.code == 435
    assert "GSASL_MECHANISM_PARSE_ERROR" in session.log[-1]


@pytest.mark.parametrize("final", ["", "c=biws", "c=biws,r=x,p=!", "c=biws,r=x,p=AAAA", "c=AAAA,r=x,p=AAAA"])
def test_scram_proofs_that_are_none(final: str) -> None:
    session = configuration().session()
    session.command("EHLO c")
    session.command(f"AUTH SCRAM-SHA-256 {b64encode(b'n,,n=tim,r=abc').decode()}")
    reply = session.command(b64encode(final.encode()))
    assert reply is not None
    assert reply.code in {435, 535}


def test_stored_keys_instead_of_a_password() -> None:
    keys = (
        "  server_skey = 6dlGYMOdZcOPutkcNY8U2g7vK9Y=\n  server_key = D+CSWLOshSulAsxiupA+qs2/fTE=\n"
        "  server_password = other\n"
    )
    text = CONFIG.partition("begin authenticators")[0] + (
        "begin authenticators\nscram:\n  driver = gsasl\n  public_name = SCRAM-SHA-1\n"
        "  server_condition = yes\n  server_scram_salt = QSXCR+Q6sek8bf92\n" + keys
    )
    profile = f"{PROFILE},+gsasl_scram_s_key"
    config = load(text, profile=profile, world=MemoryWorld())
    assert trial(config, "scram", "user", "pencil").outcome == "accepted"
    assert trial(config, "scram", "user", "other").outcome == "refused"
    without = load(text.replace("D+CSWL", "D"), profile=profile, world=MemoryWorld())
    assert trial(without, "scram", "user", "other").outcome == "accepted"


def test_what_is_not_supported_says_so() -> None:
    with pytest.raises(Unsupported, match="the library Heimdal"):
        tried("library")
    with pytest.raises(Unsupported, match="mechanism DIGEST-MD5"):
        tried("digest")
    with pytest.raises(Failed, match="no server side"):
        tried("client")
    with pytest.raises(Failed, match="known: plain, login"):
        tried("nobody")


GREETING = b"VERSION\t1\t2\nMECH\tDOVECOT\tplaintext\nDONE\n"


@pytest.mark.parametrize(
    ("answer", "outcome", "why"),
    [
        (b"OK\t1\tuser=tim\n", "accepted", "Dovecot said OK 1 user=tim"),
        (b"FAIL\t1\tuser=tim\treason=closed\n", "refused", "Dovecot said FAIL 1 user=tim reason=closed"),
        (b"OK\n", "deferred", "authentication socket connection id mismatch"),
        (b"O", "deferred", "authentication socket connection id mismatch"),
        (b"", "deferred", "authentication socket read error or premature eof"),
        (b"\0\n", "deferred", "authentication socket connection id mismatch"),
        (b"OK\t1\t" + b"x" * 100_000, "deferred", "authentication socket protocol error, username missing"),
    ],
)
def test_dovecot(answer: bytes, outcome: str, why: str) -> None:
    done = trial(configuration(GREETING + answer), "dovecot", "tim", "x")
    assert (done.outcome, why in done.decided) == (outcome, True)


def test_nobody_in_dovecots_place() -> None:
    done = tried("dovecot")
    assert done.decided == ["unable to connect to UNIX socket (/auth): No such file or directory"]


def test_dovecot_that_keeps_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dovecot, "PATIENCE", 0.1)
    with scripted_server([GREETING, HEARD], silent=True) as (path, _):
        config = load(CONFIG.replace("/auth", path), profile=PROFILE, world=RealWorld())
        done = trial(config, "dovecot", "tim", "x")
    assert done.decided == ["authentication socket read error or premature eof"]


def test_dovecot_is_told_of_tls() -> None:
    heard: list[bytes] = []

    def answer(data: bytes) -> bytes:
        heard.append(data)
        return b"OK\t1\tuser=tim\n" if data else GREETING

    world = MemoryWorld(servers={"/auth": answer})
    config = load(CONFIG, profile=PROFILE, world=world)
    for settings, words in (
        ({"tls_in_cipher": "X"}, b"service=smtp\tsecured\trip="),
        (
            {"tls_in_cipher": "X", "tls_in_certificate_verified": "1"},
            b"service=smtp\tsecured\tvalid-client-cert\trip=",
        ),
        ({"received_ip_address": "127.0.0.1"}, b"service=smtp\tsecured\trip=127.0.0.1\tlip=127.0.0.1\t"),
        ({"received_ip_address": "192.0.2.1"}, b"service=smtp\trip=127.0.0.1\tlip=192.0.2.1\t"),
    ):
        trial(config, "dovecot", "tim", "x", facts=settings)
        assert words in heard[-1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/a b", "/a b"),
        ("host 25", ("host", 25)),
        ("[::1] 25x", ("[::1]", 25)),
        ("host", None),
        ("host x", None),
        ("", None),
    ],
)
def test_places_of_dovecot(text: str, expected: object) -> None:
    assert dovecot.place(text) == expected


def test_the_verb(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "conf"
    target.write_text(CONFIG, encoding="ascii")
    common = ["--profile", PROFILE, "--user", "tim"]
    assert verb.run([str(target), "login", *common, "--password", PASSWORD]) == 0
    assert capsys.readouterr().out == (
        "login (plaintext, LOGIN, which EHLO does not offer): accepted\n"
        "   C: AUTH LOGIN\n   S: 334 VXNlcm5hbWU6\n   C: dGlt\n   S: 334 UGFzc3dvcmQ6\n"
        "   C: YSRiXGM=\n   S: 235 Authentication succeeded\n"
        '   decided: server_condition came to "true"\n'
        "   $auth1 = tim\n   $auth2 = a$b\\c\n"
    )
    assert verb.run([str(target), "outside", *common, "--json", "--set", "tls_in_peerdn=CN=bob"]) == 3
    told = json.loads(capsys.readouterr().out)
    assert (told["outcome"], told["variables"]) == ("refused", {"auth1": "tim", "auth2": "CN=bob"})
    assert verb.run([str(target), "dovecot", *common]) == 2
    assert "refused by the sandbox" in capsys.readouterr().out


def test_server_tls_never_existed() -> None:
    from expander.config.model import LoadError

    text = CONFIG.replace("  server_socket = /auth\n", "  server_socket = /auth\n  server_tls = yes\n")
    with pytest.raises(LoadError, match='option "server_tls" unknown'):
        load(text, profile=PROFILE, world=MemoryWorld())
