"""TLS of the server: what the variables and the log tell of it, certificates of clients, sessions resumed.

The lines are those that the real Exim logs for the same; `tests/exim/test_tls_daemon_live.py` compares them.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from selfsigned import certificate
from smtp_server import Client, Server, serving, trusting

CONFIG = """\
primary_hostname = a.test
smtp_banner = ready
tls_advertise_hosts = *
tls_certificate = @DIR@/own.pem
tls_verify_certificates = @DIR@/trusted.pem
log_selector = +tls_peerdn +tls_sni +tls_resumption +smtp_no_mail
event_action = ${acl{event}}
acl_smtp_helo = told
acl_smtp_rcpt = deny
@MAIN@
begin acl
event:
  accept logwrite = event $event_name <$event_data> <${certextract{subject}{$tls_in_peercert}}>
         message = @ANSWER@
told:
  accept condition = ${if def:tls_in_cipher}
         logwrite = ver=$tls_in_ver bits=$tls_in_bits cv=$tls_in_certificate_verified dn=<$tls_in_peerdn> \\
           sni=<$tls_in_sni> ocsp=$tls_in_ocsp res=$tls_in_resumption \\
           our=<${certextract{subject}{$tls_in_ourcert}}> peer=<${certextract{subject}{$tls_in_peercert}}> \\
           ours=${if def:tls_in_ourcert{y}{n}}
  accept
"""
FRESH = (
    "ver=TLS1.3 bits=256 cv=0 dn=<> sni=<mx.example.test> ocsp=0 res={} our=<CN=own.example> peer=<> ours=y"
)


@contextmanager
def server(folder: Path, main: str = "", answer: str = "") -> Iterator[Server]:
    """A server with a certificate that trusts the one that is named `trusted`."""
    for name in ("own", "trusted", "other"):
        certificate(folder / f"{name}.pem")
    config = CONFIG.replace("@MAIN@", main).replace("@ANSWER@", answer).replace("@DIR@", str(folder))
    with serving(folder, config) as running:
        yield running


def showing(folder: Path, name: str) -> ssl.SSLContext:
    """What a client needs that shows a certificate."""
    context = trusting()
    context.load_cert_chain(folder / f"{name}.pem")
    return context


def begun(running: Server) -> Client:
    """A client that is about to begin TLS."""
    client = running.client()
    client.reply()
    client.ask("EHLO c")
    assert client.ask("STARTTLS") == "220 TLS go ahead"
    return client


def held(
    running: Server, context: ssl.SSLContext, *lines: str, session: ssl.SSLSession | None = None
) -> ssl.SSLSession | None:
    """Hold a session over TLS: what it can be resumed with."""
    with closing(begun(running)) as client:
        secured = client.secure(context, session)
        client.ask("EHLO c", *lines, "QUIT")
        return secured.session


def refused(running: Server, context: ssl.SSLContext) -> None:
    """Try to hold a session over TLS in vain."""
    with closing(begun(running)) as client, suppress(OSError):
        client.secure(context)
        assert not client.ask("EHLO c")


def log_of(running: Server) -> list[str]:
    """The log, without times and with one name for all ciphers."""
    lines = running.stop().splitlines()
    return [re.sub(r"X=[^ *]+", "X=CIPHER", re.sub(r"^\S+ \S+ ", "", line)) for line in lines]


def test_without_a_certificate(tmp_path: Path) -> None:
    with server(tmp_path) as running:
        held(running, trusting(), "MAIL FROM:<a@b>", "RCPT TO:<q@z>")
        log = log_of(running)
    assert log == [
        FRESH.format(1),
        "H=(c) [127.0.0.1] X=CIPHER CV=no SNI=mx.example.test F=<a@b> rejected RCPT <q@z>",
    ]


def test_a_session_that_is_resumed(tmp_path: Path) -> None:
    with server(tmp_path, "tls_resumption_hosts = *") as running:
        context = trusting()
        session = held(running, context)
        held(running, context, session=session)
        log = log_of(running)
    assert log[0] == FRESH.format(11)
    assert log[2] == FRESH.format(31).replace("our=<CN=own.example>", "our=<>").replace("ours=y", "ours=n")
    tail = "CV=no SNI=mx.example.test C=EHLO,STARTTLS,EHLO,QUIT"
    assert [re.sub("D=[^ ]*", "D", log[at]) for at in (1, 3)] == [
        f"no MAIL in SMTP connection from (c) [127.0.0.1] D X=CIPHER {tail}",
        f"no MAIL in SMTP connection from (c) [127.0.0.1] D X=CIPHER* {tail}",
    ]


def test_nothing_is_resumed_unless_that_is_wanted(tmp_path: Path) -> None:
    with server(tmp_path) as running:
        context = trusting()
        held(running, context, session=held(running, context))
        assert [line for line in log_of(running) if line.startswith("ver")] == [FRESH.format(1)] * 2


@pytest.mark.parametrize("option", ["tls_try_verify_hosts = *", "tls_verify_hosts = *"])
def test_a_client_with_a_certificate(tmp_path: Path, option: str) -> None:
    with server(tmp_path, option) as running:
        held(running, showing(tmp_path, "trusted"), "MAIL FROM:<a@b>", "RCPT TO:<q@z>")
        log = log_of(running)
    assert log[0] == "event tls:cert <0> <CN=own.example>"
    assert "cv=1 dn=<CN=own.example>" in log[1]
    assert "peer=<CN=own.example>" in log[1]
    assert 'X=CIPHER CV=yes DN="CN=own.example" SNI=mx.example.test F=<a@b>' in log[2]


def test_a_client_that_must_have_one(tmp_path: Path) -> None:
    with server(tmp_path, "tls_verify_hosts = *") as running:
        refused(running, trusting())
        refused(running, showing(tmp_path, "other"))
        log = log_of(running)
    failures = [line for line in log if line.startswith("TLS error on connection from (c) [127.0.0.1] (")]
    assert len(failures) == 2
    assert sum(line.startswith("event tls:fail:connect <(") for line in log) == 2
    assert not any(line.startswith("ver=") for line in log)


def test_an_event_may_refuse_a_certificate(tmp_path: Path) -> None:
    answer = "${if eq{$event_name}{tls:cert}{not you}}"
    with server(tmp_path, "tls_try_verify_hosts = *", answer) as running:
        refused(running, showing(tmp_path, "trusted"))
        log = log_of(running)
    assert [line for line in log if not line.startswith("no MAIL")] == [
        "event tls:cert <0> <CN=own.example>",
        "SSL verify denied by event-action: depth=0: not you",
        "event tls:fail:connect <(gnutls_handshake): Error in the certificate.> <CN=own.example>",
        "TLS error on connection from (c) [127.0.0.1] (gnutls_handshake): Error in the certificate.",
    ]


def test_a_port_where_tls_begins_at_once(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    for name in ("own", "trusted"):
        certificate(tmp_path / f"{name}.pem")
    main = f"tls_on_connect_ports = 9 : {port}"
    config = CONFIG.replace("@MAIN@", main).replace("@ANSWER@", "").replace("@DIR@", str(tmp_path))
    with serving(tmp_path, config, "--smtp", str(port)) as running:
        with closing(running.client()) as client:
            client.secure(showing(tmp_path, "trusted"))
            assert client.reply() == "220 ready"
            assert "STARTTLS" not in client.ask("EHLO c")
            assert client.ask("MAIL FROM:<a@b>", "RCPT TO:<q@z>").startswith("550")
            client.ask("QUIT")
        with closing(running.client()) as client:
            client.send(b"EHLO c\r\n")
            with suppress(OSError):
                assert client.reply() == "\x15\3\3\0\2\2"  # an alert, and no word of SMTP
        log = log_of(running)
    assert log[0] == FRESH.format(1)
    assert log[1] == "H=(c) [127.0.0.1] X=CIPHER CV=no SNI=mx.example.test F=<a@b> rejected RCPT <q@z>"
    wrong = (
        "TLS error on connection from [127.0.0.1] (gnutls_handshake): An unexpected TLS packet was received."
    )
    assert [line for line in log if "handshake" in line and not line.startswith("event ")] == [wrong]
