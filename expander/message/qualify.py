"""The recipients that header lines name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.text import SPACE, lower
from drivers.values import mailbox
from expander.message.submission import plain_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from expander.message.headers import Header

RECIPIENTS = frozenset({"to", "cc", "bcc"})
_RESENT_RECIPIENTS = frozenset(f"resent-{name}" for name in RECIPIENTS)


def identification_line(headers: Iterable[Header]) -> str:
    """The name, in lower case, of the line that has the identification of the message."""
    return "resent-message-id" if is_resent(headers) else "message-id"


def is_resent(headers: Iterable[Header]) -> bool:
    """True if the message is sent again: then the lines ``Resent-...`` are those that count."""
    return "resent-" in [plain_name(header)[:7] for header in headers]


def recipients(headers: list[Header], rules: mailbox.Rules = mailbox.USUAL) -> tuple[list[str], list[Header]]:
    """The addresses of To, Cc and Bcc (or their resent forms), and the header lines without Bcc."""
    resent = is_resent(headers)
    wanted = _RESENT_RECIPIENTS if resent else RECIPIENTS
    found = [
        member.outcome.address
        for header in headers
        if plain_name(header) in wanted
        for member in mailbox.members(header[1].partition(":")[2].rstrip("\n"), rules)
        if isinstance(member.outcome, mailbox.Mailbox)
    ]
    hidden = "resent-bcc" if resent else "bcc"
    return found, [header for header in headers if lower(header[0].rstrip()) != hidden]


def bad_recipients(headers: Sequence[Header], rules: mailbox.Rules) -> list[tuple[str, str]]:
    """The recipients in header lines that are no addresses, with what is wrong with them."""
    resent = is_resent(list(headers))
    wanted = _RESENT_RECIPIENTS if resent else RECIPIENTS
    bad = []
    for header in headers:
        if plain_name(header) not in wanted:
            continue
        value = header[1].partition(":")[2].rstrip("\n")
        for member in mailbox.members(value, rules):
            if not isinstance(member.outcome, Failed) or not member.text.strip(SPACE):
                continue
            if "empty" not in member.outcome.message:
                # What is told goes on to the end of the line.
                bad.append((value[member.start :].strip(SPACE), member.outcome.message))
    return bad
