"""Which authenticators a client tries with a server, in which order, and what it makes of the replies."""

from __future__ import annotations

from base64 import b64encode

import pytest

from drivers.api.authentication import (
    FAULTY,
    GO_ON,
    NOT_ACCEPTED,
    NOTHING_IN_COMMON,
    REFUSED,
    Authentication,
    concealed,
    mechanisms,
)
from expander.api import Expander
from expander.config.load import load
from expander.config.profile import PROFILES
from expander.delivery.authentication import authenticating
from expander.world.memory import MemoryWorld

CONFIG = b"""\
primary_hostname = client.test
begin authenticators
server:
  driver = plaintext
  public_name = SERVED
  server_condition = yes
cram:
  driver = cram_md5
  public_name = CRAM-MD5
  client_name = user
  client_secret = secret
unwanted:
  driver = plaintext
  public_name = UNWANTED
  client_condition = ${if eq{$tls_out_cipher}{}{no}{yes}}
  client_send = ^x^y
plain:
  driver = plaintext
  public_name = PLAIN
  client_send = ^user^secret
  client_set_id = ${auth1}user
given_up:
  driver = plaintext
  public_name = UP
  client_send = ${if eq{1}{2}{x}fail}
unreadable:
  driver = plaintext
  public_name = UNREADABLE
  client_send = a : b
wrong:
  driver = plaintext
  public_name = WRONG
  client_send = ${foo}
"""
PLAIN = "AUTH PLAIN " + b64encode(b"\0user\0secret").decode()


def tried(
    offered: str, replies: list[str], *, event: str | None = None, profile: str = "debian-12"
) -> tuple[Authentication, list[str], list[str]]:
    """What comes of it, what was sent and what was logged."""
    world = MemoryWorld(files={"/x": CONFIG})
    config = load("/x", profile=PROFILES[profile], world=world)
    ctx = Expander(config=config, world=world).context
    logged: list[str] = []
    ctx.log_with = lambda text, _panic: logged.append(text)
    sent: list[str] = []
    coming = list(replies)

    def converse(line: str) -> str:
        sent.append(line)
        return coming.pop(0)

    def told(name: str, data: str) -> str:
        logged.append(f"{name}/{data}/{ctx.facts['sender_host_authenticated']}")
        return event or ""

    authenticate = authenticating(config, ctx, told if event is not None else None)
    done = authenticate("mx.test", "192.0.2.1", offered.split(), converse)
    assert not coming
    return done, sent, logged


def test_the_first_that_is_offered_is_tried() -> None:
    done, sent, logged = tried("LOGIN UNWANTED plain", ["235 ok"])
    assert done == Authentication(GO_ON, authenticator="plain", identity="user")
    assert (sent, logged) == ([PLAIN], [])


def test_after_a_refusal_the_next_is_tried() -> None:
    done, sent, logged = tried("PLAIN CRAM-MD5", ["504 not that", "235 ok"])
    assert done.authenticator == "plain"
    assert sent == ["AUTH CRAM-MD5", PLAIN]
    assert logged == ["cram authenticator failed H=mx.test [192.0.2.1] 504 not that"]


def test_nothing_in_common() -> None:
    assert tried("SERVED LOGIN", []) == (Authentication(GO_ON, NOTHING_IN_COMMON), [], [])


def test_all_refused() -> None:
    assert tried("PLAIN", ["535 no"])[0] == Authentication(GO_ON, NOT_ACCEPTED)


@pytest.mark.parametrize("reply", ["454 later", "334 ZWg=", ""])
def test_the_server_cannot_say_now(reply: str) -> None:
    assert tried("PLAIN", [reply]) == (Authentication(REFUSED, reply), [PLAIN], [])


def test_an_authenticator_that_gives_up_says_so_if_it_has_words() -> None:
    assert tried("UP", []) == (Authentication(GO_ON, NOT_ACCEPTED), [], [])
    _, sent, logged = tried("UNREADABLE", ["334 !", "501 cancelled"])
    assert sent[1:] == ["*"]
    words = 'Invalid base64 string in server response "334 !"'
    assert logged == [f"unreadable authenticator cancelled authentication H=mx.test [192.0.2.1] {words}"]


def test_what_cannot_be_expanded_defers() -> None:
    words = 'expansion of "${foo}" failed in wrong authenticator: unknown variable in "${foo}"'
    assert tried("WRONG", [])[0] == Authentication(FAULTY, words)


def test_an_event_may_change_the_words_for_the_log() -> None:
    seen = "auth:fail/535 no/plain"
    assert tried("PLAIN", ["535 no"], event="mine", profile="4.99")[2] == [seen, "mine"]
    usual = "plain authenticator failed H=mx.test [192.0.2.1] 535 no"
    assert tried("PLAIN", ["535 no"], event="", profile="4.99")[2] == [seen, usual]
    assert tried("PLAIN", ["535 no"], event="mine")[2] == [usual]


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("250-mx.test hello\n250-AUTH PLAIN LOGIN\n250 HELP", ["PLAIN", "LOGIN"]),
        ("250-mx.test hello\r\n250 auth  Plain\tX-Y_Z", ["Plain", "X-Y_Z"]),
        ("250 AUTH PLAIN", []),
        ("250-mx.test\n250-AUTH=PLAIN\n250 HELP", []),
        ("250-mx.test\n250-AUTH PLAIN X+Y\n250 HELP", []),
        ("250-mx.test\n250 AUTH", []),
        ("", []),
    ],
)
def test_what_a_server_offers(reply: str, expected: list[str]) -> None:
    assert list(mechanisms(reply)) == expected


def test_commands_are_shown_without_their_data() -> None:
    lines = ["AUTH PLAIN dQ==", "dg==", "AUTH LOGIN"]
    assert list(map(concealed, lines)) == ["AUTH PLAIN ****", "****", "AUTH LOGIN"]
