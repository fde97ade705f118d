"""Submission mode: what is added to the header of a message that a user hands in over SMTP."""

from __future__ import annotations

import re

import pytest

from drivers.values.mailbox import USUAL
from expander.api import Expander
from expander.config.load import load
from expander.config.profile import PROFILES
from expander.message.fixups import SubmissionMode, is_from, mode_of, trusted_address, without_affixes
from expander.session.machine import Session
from expander.world.memory import MemoryWorld

CONFIG = b"primary_hostname = host.test\nqualify_domain = own\ntls_advertise_hosts =\n"
CREATED = re.compile(r"<E[^>]*>|(?<=Date: ).*")


def handed_in(options: str, header: str, *, sender: str = "u@a.test", user: str | None = None) -> str:
    """The sender and the header lines of a message, with marks for what is made anew each time."""
    world = MemoryWorld(files={"/x": CONFIG})
    config = load("/x", profile=PROFILES["debian-12"], world=world, macros={})
    context = Expander(config=config, world=world).context
    seen: list[str] = []
    session = Session(context, lambda _text: None)
    if user is not None:
        context.facts.update(sender_host_authenticated="plain", authenticated_id=user)
    session.judge = lambda where: _accept(session, where, options, seen)  # type: ignore[method-assign]
    for line in ("EHLO c.test", f"MAIL FROM:<{sender}>", "RCPT TO:<r@a.test>", "DATA"):
        session.command(line.encode())
    for line in (*header.split("\n"), "", "text", "."):
        session.data(f"{line}\r\n".encode())
    return CREATED.sub("*", seen[0])


def _accept(session: Session, where: str, options: str, seen: list[str]) -> object:
    from expander.session.judging import OK, AclResult

    if where == "mail":
        session.mail.controls["submission"] = options
    if where == "data":
        lines = [text for name, text in session.ctx.headers or () if name != "Received"]
        seen.append(f"{session.ctx.facts['sender_address']}\n{''.join(lines)}")
    return AclResult(OK)


@pytest.mark.parametrize(
    ("options", "header", "user", "expected"),
    [
        ("", "X: y", None, "u@a.test\nX: y\nMessage-Id: *\nFrom: u@a.test\nDate: *\n"),
        ("", "From: a@b\nSender: q@q", None, "u@a.test\nFrom: a@b\nMessage-Id: *\nDate: *\n"),
        (
            "sender_retain",
            "From: a@b\nSender: q@q",
            "joe",
            "u@a.test\nFrom: a@b\nSender: q@q\nMessage-Id: *\nDate: *\n",
        ),
        ("", "From: a@b", "joe", "joe@own\nFrom: a@b\nMessage-Id: *\nSender: joe@own\nDate: *\n"),
        ("", "From: J <JOE@own>", "joe", "joe@own\nFrom: J <JOE@own>\nMessage-Id: *\nDate: *\n"),
        ("domain=d", "From: a@b", "joe", "joe@d\nFrom: a@b\nMessage-Id: *\nSender: joe@d\nDate: *\n"),
        ("domain=", "From: a@b", "j@x", "j@x\nFrom: a@b\nMessage-Id: *\nSender: j@x\nDate: *\n"),
        (
            "domain=d/name=J. /X",
            "From: a@b",
            "j",
            'j@d\nFrom: a@b\nMessage-Id: *\nSender: "J. /X" <j@d>\nDate: *\n',
        ),
        (
            "",
            "Resent-To: v\nFrom: q@q",
            None,
            (
                "u@a.test\nResent-Date: *\nResent-Message-Id: *\nResent-To: v\nFrom: q@q\n"
                "Resent-From: u@a.test\n"
            ),
        ),
    ],
)
def test_the_header_is_completed(options: str, header: str, user: str | None, expected: str) -> None:
    assert handed_in(options, header, user=user) == expected


def test_the_empty_return_path_stays_and_the_user_is_the_author() -> None:
    assert handed_in("", "X: y", sender="", user="joe") == ("\nX: y\nMessage-Id: *\nFrom: joe@own\nDate: *\n")


def test_the_name_goes_on_to_the_end_of_the_options() -> None:
    assert mode_of("") == SubmissionMode()
    assert mode_of("sender_retain/domain=x/name=A/B") == SubmissionMode(
        retains_sender=True, domain="x", name="A/B"
    )
    assert mode_of("domain=") == SubmissionMode(domain="")


def test_the_local_part_of_the_user_is_quoted_where_it_must_be() -> None:
    assert trusted_address(SubmissionMode(), "joe@x", "d") == '"joe@x"@d'
    assert trusted_address(SubmissionMode(domain="e"), "joe", "d") == "joe@e"
    assert trusted_address(SubmissionMode(domain=""), "joe@x", "d") == "joe@x"
    assert trusted_address(SubmissionMode(), "", "d") == "@d"


def test_affixes_may_stand_around_the_name() -> None:
    options = {"local_from_prefix": "*-", "local_from_suffix": "+x : ++*"}
    assert without_affixes("a-b-joe", options) == "joe"
    assert without_affixes("joe+x", options) == "joe"
    assert without_affixes("a-joe++yz", options) == "joe"
    assert without_affixes("joe", {}) == "joe"


def test_a_line_with_two_authors_is_nobodys() -> None:
    lines = [("From", "From: a@b, c@d\n"), ("from ", "from : J <c@d>\n")]
    assert is_from(lines, "C@D", {}, USUAL, resent=False)
    assert not is_from(lines, "a@b", {}, USUAL, resent=False)
    assert not is_from(lines, "c@d", {}, USUAL, resent=True)
