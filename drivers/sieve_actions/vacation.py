"""The command of RFC 5230: an automatic reply while somebody is away."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.sieve import Reply
from drivers.api.text import to_bytes
from drivers.sieve_actions.declare import command
from drivers.sieve_actions.tests import expanded, is_there, one_line
from drivers.values import mailbox, personal
from grammar.record import State, made_by

if TYPE_CHECKING:
    from drivers.api.sieve import Sieve

LONGEST_SENDER = 256
FEWEST_DAYS, MOST_DAYS = 1, 31
NO_SUBJECT = "Automated reply"
PLAIN_HEADERS = (
    "MIME-Version: 1.0\n"
    'Content-Type: text/plain;\n\tcharset="utf-8"\n'
    "Content-Transfer-Encoding: quoted-printable"
)

_HIGH = re.compile(r"[\x80-\xff]")


class Options(State):
    """The tagged arguments of ``vacation``; None and "" where they are not given."""

    days: int = 7
    subject: str | None = None
    sender: str = ""
    addresses: list[str] = made_by(default_factory=list)
    mime: bool = False


@command(
    "vacation",
    syntax="vacation [:days <number>] [:subject <text>] [:from <address>] [:addresses <list>] "
    "[:mime] [:handle <text>] <reason>;",
    since="4.42",
)
def vacation(sieve: Sieve) -> None:
    """Reply to whoever writes to the user in person, once in so many days (1 to 31)."""
    sieve.needs("vacation")
    if sieve.executing:
        if sieve.replied:
            sieve.fail("trying to execute vacation more than once")
        sieve.replied = True
    options = _options(sieve)
    reason = sieve.text("missing reason string")
    if options.mime and _HIGH.search(reason):
        sieve.fail("MIME reason string contains 8bit text")
    sieve.semicolon()
    if sieve.executing:
        _reply(sieve, options, reason)


def _options(sieve: Sieve) -> Options:
    options = Options()
    while tag := sieve.tag(":days", ":subject", ":from", ":addresses", ":mime", ":handle"):
        if tag == ":days":
            options.days = min(max(sieve.number(), FEWEST_DAYS), MOST_DAYS)
        elif tag == ":subject":
            options.subject = sieve.text("subject string expected")
        elif tag == ":from":
            options.sender = sieve.text("from string expected")
            _check_address(sieve, options.sender)
        elif tag == ":addresses":
            options.addresses += sieve.texts("addresses string list expected")
        elif tag == ":mime":
            options.mime = True
        else:
            # Exim puts it where the sender is, and lets the other arguments count as well.
            options.sender = sieve.text("handle string expected")
    return options


def _check_address(sieve: Sieve, address: str) -> None:
    if not address:
        sieve.fail("empty address")
    try:
        mailbox.parse(address, mailbox.permitted(sieve.ctx.options, literals=True))
    except Failed as problem:
        sieve.fail(f'malformed address "{address}" ({problem.message})')


def _reply(sieve: Sieve, options: Options, reason: str) -> None:
    sender = sieve.ctx.facts.get("sender_address", "")
    own = [_recipient(sieve, affixes=True), _recipient(sieve, affixes=False), *options.addresses]
    if not personal.is_personal(sieve.ctx.headers or (), sender, own):
        sieve.tell("Sieve: mail was not personal, vacation would ignore it\n")
        return
    key = f"{options.subject or ''}{options.sender}{int(options.mime)}{reason}"
    name = hashlib.md5(to_bytes(key), usedforsecurity=False).hexdigest().upper()
    sieve.tell(f"Sieve: mail was personal, vacation file basename: {name}\n")
    directory = sieve.settings.vacation_directory
    headers, body = _contents(options, reason)
    sieve.reply(
        Reply(
            to=sender[:LONGEST_SENDER],
            sender=options.sender,
            subject=_subject(sieve) if options.subject is None else options.subject,
            headers=headers,
            body=body,
            once=f"{directory}/{name}" if directory else "",
            days=options.days,
        )
    )


def _recipient(sieve: Sieve, *, affixes: bool) -> str:
    local = "$local_part_prefix$local_part$local_part_suffix" if affixes else "$local_part"
    return expanded(sieve, f"{local}@$domain")


def _subject(sieve: Sieve) -> str:
    if not is_there(sieve, "subject"):
        return NO_SUBJECT
    return f"Auto: {one_line(sieve, 'subject')}"


def _contents(options: Options, reason: str) -> tuple[str, str]:
    """The header lines and the body of the reply: with ``:mime`` the reason has both."""
    if options.mime:
        headers, _, body = reason.partition("\n\n")
        return headers, body
    import quopri

    return PLAIN_HEADERS, quopri.encodestring(to_bytes(reason)).decode("ascii")
