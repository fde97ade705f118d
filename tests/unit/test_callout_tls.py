"""Callouts go under TLS and authenticate as the transport says, and tell ACLs and the log of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from callout_lab import COMMANDS, answers, write
from delivery_lab import server
from delivery_peer import Answer, DeliveryPeer

SECURE = "250-peer\n250 STARTTLS"
PLAIN = "pl:\n  driver = plaintext\n  public_name = PLAIN\n  client_send = ^u^p\n"


def _called(
    folder: Path, replies: Mapping[str, Answer], *, tls: bool = True, **options: str
) -> tuple[str, str, list[list[str]]]:
    context = server(folder / "own.pem", "1.3") if tls else None
    tells = "logwrite = ver=$tls_out_ver verified=$tls_out_certificate_verified old=$tls_cipher"
    data = b"EHLO c.test\r\nMAIL FROM:<s@z.test>\r\nRCPT TO:<a@z.test>\r\nQUIT\r\n"
    with DeliveryPeer(replies, tls=context) as peer:
        write(folder, verify="recipient/callout", port=str(peer.port), tells=tells, **options)
        _, seen, told = answers(COMMANDS[1], folder, "-bhc", data)
    return seen, told, peer.heard


def test_a_callout_goes_under_tls(tmp_path: Path) -> None:
    seen, told, heard = _called(tmp_path, {"EHLO": SECURE})
    assert "250 Accepted" in seen
    assert "LOG: ver=TLS1.3 verified=0 old=\n" in told
    assert heard[0][:5] == [
        "EHLO mail.example.test",
        "STARTTLS",
        "(tls)",
        "EHLO mail.example.test",
        "MAIL FROM:<>",
    ]


@pytest.mark.parametrize("option", ["hosts_avoid_tls", "hosts_verify_avoid_tls"])
def test_a_callout_stays_in_clear(tmp_path: Path, option: str) -> None:
    seen, told, heard = _called(tmp_path, {"EHLO": SECURE}, transport=f"{option} = 127.0.0.0/8")
    assert "250 Accepted" in seen
    assert "LOG: ver= verified=0 old=\n" in told
    assert "STARTTLS" not in heard[0]


def test_a_callout_goes_on_in_clear_where_it_may(tmp_path: Path) -> None:
    seen, told, heard = _called(tmp_path, {"EHLO": SECURE}, transport="tls_verify_hosts = *")
    assert "250 Accepted" in seen
    assert (
        "certificate invalid: callout unencrypted to 127.0.0.1 [127.0.0.1] (not in hosts_require_tls)" in told
    )
    assert [lines[1] for lines in heard] == ["STARTTLS", "MAIL FROM:<>"]


def test_a_callout_needs_tls_where_that_is_required(tmp_path: Path) -> None:
    options = "tls_verify_hosts = *\n  hosts_require_tls = *"
    seen, told, heard = _called(tmp_path, {"EHLO": SECURE}, transport=options)
    assert "451 Could not complete recipient verify callout" in seen
    assert "TLS session: (certificate verification failed): certificate invalid\n" in told
    assert len(heard) == 1


def test_a_callout_authenticates(tmp_path: Path) -> None:
    replies = {"EHLO": "250-peer\n250 AUTH PLAIN", "AUTH": ["235 yes", "535 no"]}
    options = {"transport": "hosts_require_auth = *\n  authenticated_sender = me@z.test", "auth": PLAIN}
    seen, _, heard = _called(tmp_path, replies, tls=False, **options)
    assert "250 Accepted" in seen
    assert heard[0][1:3] == ["AUTH PLAIN AHUAcA==", "MAIL FROM:<> AUTH=me@z.test"]
    seen, told, heard = _called(tmp_path, {**replies, "AUTH": "535 no"}, tls=False, **options)
    assert "451 " in seen
    assert "LOG: pl authenticator failed H=127.0.0.1 [127.0.0.1] 535 no" in told
    assert heard[0][1:] == ["AUTH PLAIN AHUAcA==", "QUIT"]
