"""Domains for the addresses in header lines that have none, and the recipients named there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.text import SPACE, lower
from drivers.values import mailbox
from expander.message.submission import plain_name

if TYPE_CHECKING:
    from expander.message.headers import Header

SENDERS = frozenset({"from", "sender", "reply-to", "resent-from", "resent-sender"})
RECIPIENTS = frozenset({"to", "cc", "bcc"})
_RESENT_RECIPIENTS = frozenset(f"resent-{name}" for name in RECIPIENTS)

FULL_LINE = 40
"""After an address that got a domain, the next one begins a new line if more than this stands before it.

What counts is the text since the last such fold; line ends that were there before do not matter.
"""

_BETWEEN = re.compile(r"[^,]*,\s*|.*", re.ASCII | re.DOTALL)


def qualified(header: Header, sender_domain: str, recipient_domain: str) -> Header:
    """A header line with addresses in which those without a domain have got one."""
    name = plain_name(header)
    if name in SENDERS:
        domain = sender_domain
    elif name in RECIPIENTS or name in _RESENT_RECIPIENTS:
        domain = recipient_domain
    else:
        return header
    start, colon, text = header[1].partition(":")
    line, done, folded = start + colon, 0, 0
    for member in mailbox.members(text):
        if not isinstance(member.outcome, mailbox.Mailbox) or member.outcome.domain:
            continue
        begin, end = mailbox.place(member.text)
        at = member.start + end
        line += f"{text[done : member.start + begin]}{member.outcome.address}@{domain}"
        between = _BETWEEN.match(text, at)
        done = between.end() if between else at
        line += text[at:done]
        if text[done:].strip(SPACE) and "\n" not in text[at:done] and len(line) - folded > FULL_LINE:
            line += "\n\t"
            folded = len(line) - 1
    return header[0], line + text[done:]


def is_resent(headers: list[Header]) -> bool:
    """True if the message is sent again: then the lines ``Resent-...`` are those that count."""
    return any(plain_name(header).startswith("resent-") for header in headers)


def recipients(headers: list[Header]) -> tuple[list[str], list[Header]]:
    """The addresses of To, Cc and Bcc (or their resent forms), and the header lines without Bcc."""
    resent = is_resent(headers)
    wanted = _RESENT_RECIPIENTS if resent else RECIPIENTS
    found = [
        member.outcome.address
        for header in headers
        if plain_name(header) in wanted
        for member in mailbox.members(header[1].partition(":")[2].rstrip("\n"))
        if isinstance(member.outcome, mailbox.Mailbox)
    ]
    hidden = "resent-bcc" if resent else "bcc"
    return found, [header for header in headers if lower(header[0].rstrip()) != hidden]
