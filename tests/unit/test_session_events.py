"""Events of sessions: when the main option `event_action` is expanded, and what an answer changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from expander.configuration import load
from expander.world.memory import MemoryWorld

if TYPE_CHECKING:
    from expander.session.talk import SmtpSession

CONFIG = r"""
primary_hostname = mail.test
tls_advertise_hosts = *
acl_smtp_rcpt = accept
event_action = ACTION
begin acl
told:
  warn logwrite = $event_name <$event_data> <$sender_host_authenticated> <$authenticated_fail_id>
  accept message = ANSWER
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${if eq{$auth3}{secret}}
  server_set_id = $auth2
broken:
  driver = plaintext
  public_name = BROKEN
  server_prompts = x
  server_condition = ${foo}
"""
AS_USUAL = "plain authenticator failed for H=(c) [192.0.2.1]: 535 Incorrect authentication data (set_id=u)"
FAILED = "AUTH PLAIN AHUAeA=="  # user u, password x


def session(profile: str = "4.99", answer: str = "", action: str = "${acl{told}}") -> SmtpSession:
    """A client that has been greeted."""
    text = CONFIG.replace("ANSWER", answer).replace("ACTION", action)
    found = load(text, profile=profile, world=MemoryWorld()).session("192.0.2.1")
    found.command("EHLO c")
    return found


def logged(found: SmtpSession, *lines: str) -> list[str]:
    """What is logged for lines of the client."""
    before = len(found.log)
    for line in lines:
        found.command(line)
    return list(found.log[before:])


def test_a_failure_of_auth_is_an_event() -> None:
    event = "auth:fail <535 Incorrect authentication data> <plain> < (set_id=u)>"
    assert logged(session(), FAILED) == [event, AS_USUAL]
    assert logged(session(answer="mine: $event_data"), FAILED) == [
        event,
        "mine: 535 Incorrect authentication data",
    ]


@pytest.mark.parametrize(
    ("lines", "event"),
    [
        (["AUTH PLAIN !"], "auth:fail <501 Invalid base64 data> <plain> <>"),
        (["AUTH PLAIN", "*"], "auth:fail <501 Authentication cancelled> <plain> <>"),
        (["AUTH BROKEN", "eA=="], "auth:fail <435 Unable to authenticate at present> <broken> <>"),
    ],
)
def test_other_failures_too(lines: list[str], event: str) -> None:
    assert logged(session(), *lines)[0] == event


def test_a_failure_does_not_authenticate() -> None:
    found = session()
    found.command(FAILED)
    assert not found.context.facts["sender_host_authenticated"]
    assert "event_name" not in found.context.facts


def test_the_event_came_after_4_96() -> None:
    expected = AS_USUAL.replace("H=(c)", "(c)")
    assert logged(session("debian-12"), FAILED) == [expected]


@pytest.mark.parametrize(
    ("line", "kind", "words"),
    [
        ("FOO", "syntax", "unrecognized command"),
        ("AUTH FOO", "protocol", "FOO authentication mechanism not supported"),
        ("AUTH F?", "syntax", "invalid character in authentication mechanism name"),
        ("RCPT TO:<a@b>", "protocol", "sender not yet given"),
        ("MAIL FROM:<", "syntax", "missing or malformed local part"),
        ("DATA x", "syntax", "unexpected argument data"),
    ],
)
def test_mistakes_of_the_client_are_events(line: str, kind: str, words: str) -> None:
    found = [text for text in logged(session(), line) if text.startswith("smtp:fail")]
    assert len(found) == 1
    assert found[0].startswith(f"smtp:fail:{kind} <{words}")


def test_an_action_that_cannot_be_expanded_answers_nothing() -> None:
    lines = logged(session(action="${foo}"), FAILED)
    words = 'failed to expand event_action auth:fail in main: unknown variable in "${foo}"'
    assert lines == [f"{words}\n\n", AS_USUAL]  # Exim leaves a line free behind it


def test_a_build_without_events_has_none() -> None:
    text = CONFIG.replace("event_action = ACTION\n", "").replace("$event_name <$event_data>", "x")
    found = load(text, profile="4.99,-event", world=MemoryWorld()).session("192.0.2.1")
    found.command("EHLO c")
    assert logged(found, FAILED) == [AS_USUAL]
