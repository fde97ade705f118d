"""Reads a main log, and makes scenarios of what was accepted, refused and delivered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from grammar.record import Record, State, made_by

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?(?: [+-]\d{4})?(?: \[\d+\])? ")
_ID = re.compile(r"([0-9A-Za-z]{6}-(?:[0-9A-Za-z]{6}|[0-9A-Za-z]{11})-[0-9A-Za-z]{2,4}) (.*)")
_CLIENT = re.compile(r"\bH=(?:(?P<name>[^\s()]+) )?(?:\((?P<helo>[^)]*)\) )?\[(?P<address>[0-9A-Fa-f.:]+)\]")
_REJECTED = re.compile(
    r"(?:F=<(?P<sender>[^>]*)> )?(?P<later>temporarily )?rejected "
    r"(?:RCPT <(?P<rcpt>[^>]*)>|(?P<word>MAIL|EHLO or HELO) (?:<(?P<from>[^>]*)>|(?P<said>\S+?)))"
    r"(?:: (?P<why>.*)|(?=\s)|$)"
)
_UNWELCOME = re.compile(r"(?P<later>temporarily )?rejected connection in \"connect\" ACL(?:: (?P<why>.*))?")
_SENDER = re.compile(r"\AF=<[^>]*> ")
_ARRIVED = re.compile(r"<= (?P<sender>\S+) (?P<rest>.*)")
_DELIVERED = re.compile(r"[-=*]> (?P<address>\S+)(?: <(?P<whole>[^>]*)>)?(?P<rest> .*)")
_FAILED = re.compile(r"\*\* (?P<address>\S+)(?: <(?P<whole>[^>]*)>)?(?P<rest>[^:]*): (?P<why>.*)")
_FIELD = re.compile(r"\b([RT])=(\S+)")
NOBODY = "<>"


class Client(Record):
    """Who came: ``name`` is the host name that was looked up, ``helo`` what it called itself."""

    address: str
    name: str = ""
    helo: str = ""


class Story(State):
    """The scenarios that were made, as lines, and the lines of the log of which nothing could be made."""

    lines: list[str] = made_by(default_factory=list)
    left: list[str] = made_by(default_factory=list)


def read(log: Iterable[str]) -> Story:
    """What of a log can be tried again: sessions that were refused or accepted, and where addresses went."""
    story = Story()
    routed: set[str] = set()
    for line in log:
        told = _STAMP.sub("", line.rstrip("\n"), count=1)
        named = _ID.fullmatch(told)
        text = named[2] if named is not None else told
        found = list(_session(text) or _route(text, routed))
        if found:
            story.lines += [*found, ""]
        elif _is_known(text, routed):
            continue
        elif told and told != "Completed" and text != "Completed":
            story.left.append(told)
    return story


def _is_known(text: str, routed: set[str]) -> bool:
    """True for another delivery to an address of which there is a scenario."""
    found = _DELIVERED.fullmatch(text) or _FAILED.fullmatch(text)
    return found is not None and (found["whole"] or found["address"]) in routed


def _session(text: str) -> list[str]:
    """The scenario for a line about a client."""
    found = _CLIENT.search(text)
    if found is None:
        return []
    client = Client(found["address"], found["name"] or "", found["helo"] or found["name"] or "")
    rejected, arrived = _REJECTED.search(text), _ARRIVED.fullmatch(text)
    unwelcome = _UNWELCOME.search(text)
    if unwelcome is not None:
        return list(_not_let_in(client, unwelcome))
    if rejected is not None:
        return list(_refused(client, rejected))
    if arrived is not None and " for " in text:
        return list(_accepted(client, arrived["sender"], text.rpartition(" for ")[2].split()))
    return []


def _begun(title: str, client: Client) -> Iterator[str]:
    named = f" name {client.name}" if client.name else ""
    yield f'scenario "{title}" #recorded'
    yield f"    session from {client.address}{named}"
    yield "        < 220"


def _not_let_in(client: Client, found: re.Match[str]) -> Iterator[str]:
    named = f" name {client.name}" if client.name else ""
    yield f'scenario "{client.address} is not let in{" for now" if found["later"] else ""}" #recorded'
    yield f"    session from {client.address}{named}"
    yield f"        < {'4xx' if found['later'] else '5xx'}"
    if found["why"]:
        yield f"    expect log {found[0]}"


def _refused(client: Client, found: re.Match[str]) -> Iterator[str]:
    code, later = ("4xx", "for now ") if found["later"] else ("5xx", "")
    helo = client.helo or f"[{client.address}]"
    expected = f"    expect log {_SENDER.sub('', found[0])}"
    if found["word"] == "EHLO or HELO":
        yield from _begun(f"{found['said']} is refused {later}as a name".replace("  ", " "), client)
        yield f"        > EHLO {found['said']}"
        yield f"        < {code}"
        yield expected
        return
    about = found["rcpt"] if found["rcpt"] is not None else found["from"] or found["said"] or ""
    kind = "recipient" if found["rcpt"] is not None else "sender"
    yield from _begun(f"the {kind} {about} is refused {later}to {client.address}", client)
    yield f"        > EHLO {helo}"
    sender = (found["sender"] or "") if kind == "recipient" else about
    yield f"        > MAIL FROM:<{sender}>"
    if kind == "recipient":
        yield "        < 250"
        yield f"        > RCPT TO:<{about}>"
    yield f"        < {code}"
    yield expected


def _accepted(client: Client, sender: str, recipients: list[str]) -> Iterator[str]:
    shown = "nobody" if sender == NOBODY else sender
    yield from _begun(f"mail from {shown} for {' '.join(recipients)} is accepted", client)
    yield f"        > EHLO {client.helo or f'[{client.address}]'}"
    yield f"        > MAIL FROM:{sender if sender == NOBODY else f'<{sender}>'}"
    yield "        < 250"
    for recipient in recipients:
        yield f"        > RCPT TO:<{recipient}>"
        yield "        < 250"


def _route(text: str, known: set[str]) -> Iterator[str]:
    """The scenario for a delivery, or for an address that failed; each address once."""
    delivered, failed = _DELIVERED.fullmatch(text), _FAILED.fullmatch(text)
    found = delivered or failed
    if found is None:
        return
    address = found["whole"] or found["address"]
    fields = dict(_FIELD.findall(found["rest"]))
    router, transport = fields.get("R", "").rstrip(":"), fields.get("T", "").rstrip(":")
    if "@" not in address or address in known or (delivered is not None and not router):
        return
    if failed is not None and transport:
        return  # it was routed, and the transport failed
    known.add(address)
    if failed is not None:
        yield f'scenario "{address} is undeliverable" #recorded'
        yield f"    route {address}"
        yield f"    expect undeliverable {failed['why']}"
        return
    yield f'scenario "{address} goes to {transport}" #recorded'
    yield f"    route {address}"
    yield f"    expect router {router}"
    if transport:
        yield f"    expect transport {transport}"
