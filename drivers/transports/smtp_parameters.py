"""Addresses and texts as the parameters of SMTP commands have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, Failed, ForcedFail
from drivers.api.remote import NOTIFIES, UTF8_FORWARD
from drivers.api.transports import EXPANSION_FAILED
from drivers.transports.smtp_trouble import Trouble
from drivers.values import idn

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from drivers.api.protocols import Context
    from drivers.api.remote import RemoteJob, Sent
    from drivers.api.routing import Address, Transport

NEVER = 2
HEADER_ALONE = 2
NO_ALPHABET = "utf8 support required but not offered for forwarding"


def in_ascii(address: str) -> str:
    """An address in ASCII, as it was where that cannot be."""
    local_part, at, domain = address.rpartition("@")
    if not at or address.isascii():
        return address
    try:
        made = idn.local_part_to_ascii(local_part), idn.domain_to_ascii(domain)
    except ValueError:
        return address
    return f"{made[0]}@{made[1]}"


def name_in_ascii(name: str) -> str:
    """The name of a host in ASCII. Raises `Failed` where that cannot be."""
    try:
        return idn.domain_to_ascii(name)
    except ValueError as problem:
        raise Failed(str(problem)) from None


def xtext(text: str) -> str:
    """A text in which characters that parameters cannot have are written as numbers."""
    return "".join(f"+{ord(each):02x}" if not "!" <= each <= "~" or each in "+=" else each for each in text)


def of_recipient(address: Address, offers: Container[str]) -> str:
    """What stands behind a recipient for a host with these extensions."""
    recipient = address.recipient
    text = " IGNOREQUOTA" if "IGNOREQUOTA" in offers else ""
    notify, original = getattr(recipient, "notify", 0), getattr(recipient, "original", "")
    if "DSN" in offers and not is_last_hop(address):
        if notify & NEVER:
            text += " NOTIFY=NEVER"
        elif notify:
            text += f" NOTIFY={','.join(word for flag, word in NOTIFIES if notify & flag)}"
        text += f" ORCPT={original}" if original else ""
    return text


def is_last_hop(address: Address) -> bool:
    """True if nobody behind the host is to know of notifications."""
    return address.router is not None and bool(address.router["dsn_lasthop"])


def authenticated_sender(ctx: Context, transport: Transport, sent: Sent) -> str:
    """Who the other host is told has sent the message (AUTH of MAIL), "" for nobody.

    Somebody is noted in ``sent``. Raises ``ExpansionError``. See "Authentication by an Exim client".
    """
    given = transport["authenticated_sender"]
    try:
        sender = ctx.expand(str(given)) if given else ctx.facts.get("authenticated_sender", "")
    except ForcedFail:
        return ""
    if not sender or not (sent.authenticator or transport["authenticated_sender_force"]):
        return ""
    sent.sender = sender
    return sender


def of_sender(
    job: RemoteJob, offers: frozenset[str], addresses: Sequence[Address], *, prdr: bool, converts: bool
) -> list[str]:
    """What MAIL has behind the address, without AUTH; addresses in ASCII where one ``converts`` them."""
    words = []
    if "SIZE" in offers:
        words.append(f"SIZE={job.size + job.lines + int(job.transport['size_addition'])}")
    if prdr:
        words.append("PRDR")
    if "SMTPUTF8" in offers and job.is_international and not converts:
        words.append("SMTPUTF8")
    if "DSN" in offers and not all(map(is_last_hop, addresses)):
        if job.returns:
            words.append("RET=HDRS" if job.returns == HEADER_ALONE else "RET=FULL")
        if job.envelope_id:
            words.append(f"ENVID={job.envelope_id}")
    return words


def of_authenticated_sender(job: RemoteJob, sent: Sent) -> list[str]:
    """The parameter AUTH of MAIL, if there is to be one. Raises `Trouble`."""
    try:
        sender = authenticated_sender(job.ctx, job.transport, sent)
    except ExpansionError as problem:
        words = f"failed to expand authenticated_sender: {problem.message}"
        trouble = Trouble(words, EXPANSION_FAILED, has_host=False, quits=True, is_logged=False)
        trouble.is_remembered = False
        raise trouble from None
    return [f"AUTH={xtext(sender)}"] if sender else []


def keeps_alphabet(job: RemoteJob, offers: Container[str]) -> bool:
    """True if addresses go as they are, in the characters of any language. Raises `Trouble`."""
    takes, given = "SMTPUTF8" in offers, ""
    if "utf8_downconvert" in job.transport.options:
        try:
            given = job.ctx.expand(str(job.transport["utf8_downconvert"] or ""))
        except ExpansionError as problem:
            words = f"failed to expand utf8_downconvert: {problem.message}"
            raise Trouble(words, EXPANSION_FAILED, has_host=False, quits=True) from None
    converts = given or job.converts
    if takes and converts != "1":
        return True
    if converts in {"1", "-1"}:
        return False
    trouble = Trouble(NO_ALPHABET, UTF8_FORWARD, text="5", quits=True, of_message=True)
    trouble.is_own = True
    raise trouble
