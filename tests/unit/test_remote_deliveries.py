"""Deliveries to other hosts, on this machine: what is said to them, and what the log tells."""

from __future__ import annotations

from pathlib import Path

import pytest

from delivery_lab import Outcome, Scenario, ours
from delivery_scenarios import (
    AUTH_PEER,
    BOTH_HOSTS,
    CHUNKING,
    EACH,
    FULL,
    PLAIN_AUTH,
    PRDR,
    TLS_PEER,
    TWO,
)
from lmtp_scenarios import BY_SOCKET, SOCKET

HERE = "R=remote T=peer H=127.0.0.1 [127.0.0.1]"
AFTER = "SMTP error from remote mail server after"


def sent(scenario: Scenario, folder: Path) -> tuple[Outcome, list[str]]:
    """What is said, and the lines of the log that tell of addresses and hosts."""
    scenario.transport = scenario.transport.replace("user = Debian-exim", "user = 65534\n  group = 65534")
    outcome = ours(scenario, folder / "host", "4.99")
    lines = [line.removeprefix("STAMP MESSAGE-ID ") for line in outcome.log]
    return outcome, [line for line in lines if not line.startswith(("<=", "Completed", "=> sender"))]


@pytest.mark.parametrize(
    ("scenario", "log"),
    [
        (Scenario(), [f'=> user@far.test {HERE} C="250 taken"']),
        (
            Scenario(is_down=True),
            [
                "H=127.0.0.1 [127.0.0.1] Connection refused",
                "== user@far.test R=remote T=peer defer (111): Connection refused",
            ],
        ),
        (
            Scenario(answers={"RCPT": "550 no"}),
            [f"** user@far.test {HERE} : {AFTER} RCPT TO:<user@far.test>: 550 no"],
        ),
        (
            Scenario(answers={"RCPT": "450 no"}),
            [
                (
                    "== user@far.test R=remote T=peer defer (-44) H=127.0.0.1 [127.0.0.1]: "
                    f"{AFTER} RCPT TO:<user@far.test>: 450 no"
                )
            ],
        ),
        (
            Scenario(answers={"TEXT": "451 later"}),
            [
                f"H=127.0.0.1 [127.0.0.1]: {AFTER} end of data: 451 later",
                (
                    "== user@far.test R=remote T=peer defer (-46) H=127.0.0.1 [127.0.0.1]: "
                    f"{AFTER} end of data: 451 later"
                ),
            ],
        ),
        (
            Scenario(answers={"EHLO": CHUNKING}),
            [f'=> user@far.test {HERE} K C="250 chunk taken"'],
        ),
        (
            Scenario(recipients=TWO, answers={"EHLO": PRDR, "TEXT": EACH}),
            [
                f'=> user@far.test {HERE} PRDR C="250 first\\\\n250 all"',
                f"** other@far.test {HERE} : PRDR error after DATA: 550 second",
            ],
        ),
        (
            Scenario(answers=AUTH_PEER, auth=PLAIN_AUTH, transport="hosts_try_auth = *"),
            [f'=> user@far.test {HERE} A=plain C="250 taken"'],
        ),
        (
            Scenario(auth=PLAIN_AUTH, transport="hosts_require_auth = *"),
            [
                (
                    "== user@far.test R=remote T=peer defer (-42): "
                    "authentication required but server did not advertise AUTH support"
                )
            ],
        ),
        (
            Scenario(answers=TLS_PEER, tls="1.3", main="log_selector = +tls_peerdn"),
            [
                (
                    f'=> user@far.test {HERE} X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=no DN="CN=own.example" '
                    'C="250 taken"'
                )
            ],
        ),
        (
            Scenario(route=BOTH_HOSTS, answers={"CONNECT": "554 no"}, others=({},)),
            [
                f"H=127.0.0.1 [127.0.0.1]: {AFTER} initial connection: 554 no",
                f'=> user@far.test {HERE} C="250 taken"',
            ],
        ),
        (
            Scenario(recipients=TWO, transport="max_rcpt = 1"),
            [f'=> {address} {HERE} C="250 taken"' for address in TWO],
        ),
        (
            Scenario(
                transport="fallback_hosts = <+ 127.0.0.1:@PORT1@",
                answers={"CONNECT": "421 busy"},
                others=({},),
            ),
            [
                f"H=127.0.0.1 [127.0.0.1]: {AFTER} initial connection: 421 busy",
                f'=> user@far.test {HERE} C="250 taken"',
            ],
        ),
    ],
)
def test_the_log_tells_of_hosts(scenario: Scenario, log: list[str], tmp_path: Path) -> None:
    assert sent(scenario, tmp_path)[1] == log


def test_commands_are_sent_together_where_that_is_offered(tmp_path: Path) -> None:
    outcome, _ = sent(Scenario(recipients=TWO, answers={"EHLO": FULL}), tmp_path)
    commands = [line.partition(" SIZE")[0] for line in outcome.heard[0][:5]]
    assert commands == [
        "EHLO mail.example.test",
        "MAIL FROM:<sender@example.test>",
        "RCPT TO:<user@far.test>",
        "RCPT TO:<other@far.test>",
        "DATA",
    ]
    assert outcome.heard[0][-3:] == ["..second", ".", "QUIT"]


def test_a_connection_serves_as_many_messages_as_recipients_need(tmp_path: Path) -> None:
    recipients = [*TWO, "third@far.test"]
    outcome, log = sent(Scenario(recipients=recipients, transport="max_rcpt = 2"), tmp_path)
    assert [line[:4] for line in outcome.heard[0] if line[:4] in {"MAIL", "RCPT"}] == [
        *("MAIL", "RCPT", "RCPT"),
        *("MAIL", "RCPT"),
    ]
    assert log[-1] == f'=> third@far.test {HERE}* C="250 taken"'


def test_an_option_that_is_not_imitated_is_named(tmp_path: Path) -> None:
    _, log = sent(Scenario(transport="tls_require_ciphers = NORMAL"), tmp_path)
    assert log == [
        (
            "== user@far.test R=remote T=peer defer (-1): "
            "the option tls_require_ciphers of the smtp transport is not supported by eximulate yet"
        )
    ]


def test_a_server_on_this_machine_says_what_becomes_of_each(tmp_path: Path) -> None:
    scenario = Scenario(
        recipients=TWO,
        answers={"TEXT": ["250 first", "450 second"]},
        transport=f"{BY_SOCKET}  batch_max = 9",
        **SOCKET,
    )
    assert sent(scenario, tmp_path)[1] == [
        '=> user <user@far.test> R=remote T=peer C="250 first"',
        "== other@far.test R=remote T=peer defer (-46): LMTP error after end of data: 450 second",
    ]


def test_what_ends_a_conversation_before_the_text_counts_for_all(tmp_path: Path) -> None:
    scenario = Scenario(
        recipients=TWO,
        answers={"RCPT TO:<other": "550 no", "DATA": "450 later"},
        transport=f"{BY_SOCKET}  batch_max = 9",
        **SOCKET,
    )
    assert sent(scenario, tmp_path)[1] == [
        f"== {name}@far.test R=remote T=peer defer (-46): LMTP error after DATA: 450 later"
        for name in ("user", "other")
    ]
