"""Callouts with TLS and AUTH: what is said to the other host, told and logged, as with the real Exim."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from callout_lab import COMMANDS, answers, write
from delivery_lab import server
from delivery_peer import Answer, DeliveryPeer

pytestmark = pytest.mark.exim

OFFERS_TLS: Mapping[str, Answer] = {"EHLO": "250-peer hi\n250-STARTTLS\n250 SIZE"}
OFFERS_AUTH: Mapping[str, Answer] = {"EHLO": "250-peer hi\n250-AUTH PLAIN FOO\n250 SIZE", "AUTH": "235 ok"}
ALL = "250-p\n250-SIZE 1\n250-CHUNKING\n250-PRDR\n250-DSN\n250-8BITMIME\n250-SMTPUTF8\n250 PIPELINING"
TELLS = (
    "logwrite = old=$tls_cipher/$tls_bits cipher=$tls_out_cipher bits=$tls_out_bits ver=$tls_out_ver"
    " sni=$tls_out_sni cv=$tls_out_certificate_verified dn=$tls_out_peerdn std=$tls_out_cipher_std"
    " ocsp=$tls_out_ocsp dane=$tls_out_dane res=$tls_out_resumption cert=${length_30:$tls_out_peercert}"
    " auth=$sender_host_authenticated host=$host"
)
PLAIN = "pl:\n  driver = plaintext\n  public_name = PLAIN\n  client_send = ^u^p\n  client_set_id = me\n"
LOGIN = "lo:\n  driver = plaintext\n  public_name = LOGIN\n  client_send = : u : @LAST@\n"
CRAM = "cr:\n  driver = cram_md5\n  public_name = CRAM-MD5\n  client_name = u\n  client_secret = p\n"
WRONG = "${if eq{$host}{}{x}"
FORCED = f"{WRONG}fail}}"


class Case(NamedTuple):
    """The peer's answers, options of the transport, authenticators, what is verified, and the peer's TLS."""

    answers: Mapping[str, Answer] = OFFERS_TLS
    transport: str = ""
    auth: str = ""
    verify: str = "recipient/callout"
    tls: bool = True
    at_once: bool = False
    recipients: str = "a"
    sender: str = "<s@z.test>"


def auth(transport: str = "hosts_require_auth = *", auth: str = PLAIN, **replies: Answer) -> Case:
    return Case({**OFFERS_AUTH, **replies}, transport, auth, tls=False)


MARKS = ("ef", "af11", "mincost", "EF", "foo", "0", "0x10", "010", "63", "64", "-1", "")


def tls(transport: str = "", **replies: Answer) -> Case:
    return Case({**OFFERS_TLS, **replies}, transport)


def logging_in(last: str) -> Case:
    replies = {"AUTH": "334 VXNlcm5hbWU6", "dQ": "334 UGFzc3dvcmQ6", "cA": "235 ok"}
    return auth(auth=LOGIN.replace("@LAST@", last), EHLO="250-p\n250 AUTH LOGIN", **replies)


CASES: dict[str, Case] = {
    "STARTTLS": tls(),
    **{f"packets marked {mark}": tls(f"dscp = {mark}") for mark in (*MARKS, WRONG, FORCED)},
    "of a sender": Case(verify="sender/callout"),
    "two recipients": Case(
        {"EHLO": ["250-peer\n250 STARTTLS", "250-peer\n250 STARTTLS", "250 x"]}, recipients="a b a"
    ),
    "refused": tls(STARTTLS="502 no"),
    "refused for now": tls(STARTTLS="450 no"),
    "refused for now, never in clear": tls("tls_tempfail_tryclear = false", STARTTLS="450 no"),
    "no answer": tls(STARTTLS=""),
    "nonsense for an answer": tls(STARTTLS="foo bar"),
    "required and not offered": tls("hosts_require_tls = *", EHLO="250 peer"),
    "required and refused": tls("hosts_require_tls = *", STARTTLS="502 no"),
    "avoided": tls("hosts_avoid_tls = *"),
    "avoided by callouts": tls("hosts_verify_avoid_tls = *"),
    "avoided and required": tls("hosts_verify_avoid_tls = *\n  hosts_require_tls = *"),
    "no handshake": Case(tls=False),
    "no handshake, and required": Case(transport="hosts_require_tls = *", tls=False),
    "no handshake, never in clear": Case(transport="tls_tempfail_tryclear = false", tls=False),
    "a certificate that is not trusted": tls("tls_verify_hosts = *"),
    "nobody is verified": tls("tls_try_verify_hosts = :"),
    "the lists of who is verified are empty": tls("tls_try_verify_hosts ="),
    "no file with a certificate": tls("tls_certificate = /nonexistent"),
    "a file with none": tls("tls_certificate = /etc/passwd"),
    "a certificate that fails": tls(f"tls_certificate = {WRONG}"),
    "no file with authorities": tls("tls_verify_certificates = /nonexistent"),
    "authorities that fail": tls(f"tls_verify_certificates = {WRONG}"),
    "authorities that are not to be": tls(f"tls_verify_certificates = {FORCED}"),
    "a name that is asked for": tls("tls_sni = ${if eq{$host}{}{x}{h.$domain}}"),
    "a name that fails": tls(f"tls_sni = {WRONG}"),
    "EHLO refused under TLS": tls(EHLO=["250-peer\n250 STARTTLS", "500 x"]),
    "hangs up under TLS": tls(EHLO=["250-peer\n250 STARTTLS", ""]),
    "nonsense under TLS": tls(EHLO=["250-peer\n250 STARTTLS", "foo"]),
    "the recipient refused": tls(RCPT="550 x"),
    "nonsense for the recipient": tls(RCPT="foo bar"),
    "hangs up at the recipient": tls(RCPT=""),
    "smtps": Case({}, "protocol = smtps", at_once=True),
    "smtps without TLS": Case({}, "protocol = smtps", tls=False),
    "smtps, EHLO refused": Case({"EHLO": "500 x"}, "protocol = smtps", at_once=True),
    "LMTP": tls("protocol = lmtp", LHLO="250-x\n250 STARTTLS"),
    "all that is offered": tls(EHLO=ALL),
    "nonsense for a greeting": tls(CONNECT="foo bar"),
    "nonsense for an EHLO": tls(EHLO="foo bar"),
    "a connection that an event refuses": tls(
        "event_action = ${if eq{$event_name}{smtp:connect}{no}}"
    ),
    "a list with networks": tls("hosts_avoid_tls = 1.2.3.4 : ! 127.0.0.2 : 127.0.0.0/8"),
    "a list with names": tls("hosts_avoid_tls = *.x.test : localhost"),
    "a list that is expanded": tls("hosts_avoid_tls = ${if eq{$host_address}{127.0.0.1}{*}}"),
    "a list about the client": tls("hosts_avoid_tls = ${if eq{$sender_host_address}{127.0.0.1}{*}}"),
    "a list that fails": tls(f"hosts_avoid_tls = {WRONG}"),
    "a list that is not to be": tls(f"hosts_avoid_tls = {FORCED}"),
    "TLS before AUTH": Case(
        {**OFFERS_AUTH, "EHLO": ["250-peer\n250 STARTTLS", "250-peer\n250 AUTH PLAIN"]},
        "hosts_require_auth = *",
        PLAIN,
    ),
    "AUTH": auth(),
    "AUTH is tried": auth("hosts_try_auth = *"),
    "AUTH is tried in vain": auth("hosts_try_auth = *", AUTH="535 bad"),
    "AUTH is refused": auth(AUTH="535 bad"),
    "AUTH is refused for now": auth(AUTH="435 bad"),
    "AUTH is not offered": auth(EHLO="250 x"),
    "AUTH with nothing in common": auth(EHLO="250-x\n250 AUTH FOO"),
    "AUTH hangs up": auth(AUTH=""),
    "nonsense for AUTH": auth(AUTH="foo"),
    "an authenticator that is wrong": auth(auth=PLAIN.replace("^u^p", "${if")),
    "CRAM-MD5": auth(
        auth=CRAM, EHLO="250-p\n250 AUTH CRAM-MD5", AUTH="334 PDEuMkB4Pg==", dS="235 ok"
    ),
    "LOGIN": logging_in("p"),
    "LOGIN is given up": logging_in("${if eq{1}{2}{x}fail}"),
    "a sender that is authenticated": auth("hosts_require_auth = *\n  authenticated_sender = me@z.test"),
    "one by force": auth("authenticated_sender = a+b=c@x\n  authenticated_sender_force"),
    "one that fails": auth("authenticated_sender = ${if}\n  authenticated_sender_force"),
    "one that is not to be": auth(f"authenticated_sender = {FORCED}\n  authenticated_sender_force"),
}  # fmt: skip


UTF8: Mapping[str, Answer] = {"EHLO": "250-p\n250 SMTPUTF8"}
NO_UTF8: Mapping[str, Answer] = {"EHLO": "250 p"}


def international(
    replies: Mapping[str, Answer], transport: str = "", verify: str = "recipient/callout"
) -> Case:
    return Case(
        replies,
        transport,
        verify=verify,
        tls=False,
        recipients="\u00fcser x",
        sender="<s\u00e9@z.test> SMTPUTF8",
    )


CASES |= {
    f"international, {name}": case
    for name, case in {
        "taken": international(UTF8),
        "taken, with the sender": international(UTF8, verify="recipient/callout=use_sender"),
        "taken, and written in ASCII": international(UTF8, "utf8_downconvert = 1"),
        "not taken": international(NO_UTF8),
        "not taken, with the sender": international(NO_UTF8, verify="recipient/callout=use_sender"),
        "not taken, nor to be in ASCII": international(NO_UTF8, "utf8_downconvert = 0"),
        "not taken, and nothing said": international(NO_UTF8, "utf8_downconvert ="),
        "an option that fails": international(NO_UTF8, f"utf8_downconvert = {WRONG}"),
        "a sender": international(UTF8, verify="sender/callout"),
        "a sender that is not taken": international(NO_UTF8, "utf8_downconvert = 0", "sender/callout"),
        "other recipients": international(NO_UTF8, verify="recipient/callout=random,postmaster"),
        "a name in EHLO": international(NO_UTF8, "helo_data = m\u00fcnchen.test"),
    }.items()
}


def outcome(case: Case, directory: Path, command: list[str]) -> tuple[Any, ...]:
    """What the client sees, what is told, and what the peer has heard, but for the bytes of handshakes."""
    context = server(directory / "own.pem", "1.3") if case.tls else None
    given = "".join(f"RCPT TO:<{each}@z.test>\r\n" for each in case.recipients.split())
    data = f"EHLO c.test\r\nMAIL FROM:{case.sender}\r\n{given}QUIT\r\n".encode()
    with DeliveryPeer(case.answers, tls=context, at_once=case.at_once) as peer:
        write(
            directory,
            verify=case.verify,
            port=str(peer.port),
            transport=case.transport,
            auth=case.auth,
            tells=TELLS,
        )
        done = answers(command, directory, "-bhc", data)
    heard = [[line for line in lines if re.fullmatch("[ -~]*", line)] for lines in peer.heard]
    heard = [[re.sub(r"-\d+-testing", "", line) for line in lines] for lines in heard]
    if not case.tls:
        heard = [
            [line for line in lines if len(line) > 3 and line[:4].strip("(").isalnum()] for lines in heard
        ]
    return *done, heard


@pytest.mark.parametrize("name", CASES)
def test_callouts_with_tls_and_authentication(name: str) -> None:
    with tempfile.TemporaryDirectory() as path:
        directory = Path(path)
        directory.chmod(0o777)
        real, own = (outcome(CASES[name], directory, command) for command in COMMANDS)
    assert own == real
