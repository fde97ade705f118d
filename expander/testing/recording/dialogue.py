"""What a client and a server have said to each other, and the scenario that comes of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.text import from_bytes, to_display, upper
from expander.session.verdict import Replies, Reply
from grammar.record import Record, State, made_by

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from expander.session.verdict import Verdict

_CHANGING = re.compile(
    r"\b[0-9A-Za-z]{6}-(?:[0-9A-Za-z]{6}|[0-9A-Za-z]{11})-[0-9A-Za-z]{2,4}\b"
    r"|\b[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}"
)
"""Names of messages and dates, which are others each time."""

_CHALLENGED = re.compile(r"(?i)AUTH +(CRAM-\S+|DIGEST-\S+|SCRAM-\S+|NTLM|GSSAPI)")
"""Mechanisms in which the client answers a challenge that is another each time."""

_BDAT = re.compile(rb"(?i)BDAT +(\d+)( +LAST)?\s*\Z")
MOST_VALUES = 3


class Exchange(Record):
    """One thing that the client has sent: a line, or a message (``is_message``), and the reply to it.

    ``reply`` is None where there was none. What was sent is held text.
    """

    sent: str
    reply: Reply | None = None
    is_message: bool = False


class Dialogue(State):
    """A session from the greeting to its end: ``peer`` is the client's address, ``facts`` are about TLS."""

    peer: str
    greeting: Reply | None = None
    exchanges: list[Exchange] = made_by(default_factory=list)
    facts: dict[str, str] = made_by(default_factory=dict)
    verdicts: Sequence[Verdict] = ()


class Recorder:
    """Is told what comes from a client and what is said to it, and puts the two together.

    Clients that send several commands at once get as many replies, in the same order.
    """

    def __init__(self, peer: str) -> None:
        self.dialogue = Dialogue(peer)
        self._came = b""
        self._replies = Replies()

    def came(self, data: bytes) -> None:
        """Bytes of the client."""
        self._came += data

    def said(self, text: str) -> None:
        """Text of the server; its lines end in CRLF."""
        self._replies.take(text)

    def secured(self, facts: Mapping[str, str]) -> None:
        """TLS has begun: what went before is forgotten, and the scenario is under TLS from its start."""
        self._came = b""
        del self._replies.done[1:]
        self.dialogue.facts = {name: value for name, value in facts.items() if value}

    def finished(self) -> Dialogue:
        """The whole dialogue."""
        replies = iter(self._replies.done)
        self.dialogue.greeting = next(replies, None)
        self.dialogue.exchanges = list(_exchanges(self._came, replies))
        return self.dialogue


def _exchanges(came: bytes, replies: Iterator[Reply]) -> Iterator[Exchange]:
    chunks = b""
    while came:
        line, _, came = came.partition(b"\n")
        line = line.rstrip(b"\r")
        size = _BDAT.match(line)
        if size is not None:
            chunks, came = chunks + came[: int(size[1])], came[int(size[1]) :]
            reply = next(replies, None)
            if size[2] or reply is None or not reply.is_positive:
                last = reply and Reply(reply.code, reply.lines[-1:])  # what goes before counts the bytes
                yield Exchange(from_bytes(chunks).replace("\r\n", "\n"), last, is_message=True)
                chunks = b""
            continue
        reply = next(replies, None)
        if reply is not None and reply.code == 354 and upper(from_bytes(line)).startswith("DATA"):
            message, came = _message(came)
            yield Exchange(message, next(replies, None), is_message=True)
        else:
            yield Exchange(from_bytes(line), reply)


def _message(came: bytes) -> tuple[str, bytes]:
    """The message that begins there, without the dots that are only on the line; and what follows it."""
    lines = []
    while came:
        line, _, came = came.partition(b"\n")
        line = line.rstrip(b"\r")
        if line == b".":
            break
        lines.append(line.removeprefix(b"."))
    return "".join(f"{from_bytes(line)}\n" for line in lines), came


def scenario(dialogue: Dialogue, name: str) -> Iterator[str]:
    """The lines of a scenario in which the client says the same and expects the same."""
    yield f"scenario {_quoted(name)} #recorded"
    challenged = next(filter(None, (_CHALLENGED.match(one.sent) for one in dialogue.exchanges)), None)
    if challenged is not None:
        yield f"    skip {_quoted(f'{challenged[1]} answers a challenge that is another each time')}"
    for variable, value in dialogue.facts.items():
        yield f"    given variable {variable} {_quoted(to_display(value))}"
    yield f"    session from {dialogue.peer}"
    if dialogue.greeting is not None:
        yield from _expected(dialogue.greeting)
    for exchange in dialogue.exchanges:
        if exchange.is_message:
            yield "        message"
            yield from (f"            {line}".rstrip() for line in to_display(exchange.sent).split("\n")[:-1])
        else:
            yield f"        > {to_display(exchange.sent)}".rstrip()
        if exchange.reply is not None:
            yield from _expected(exchange.reply)
    for verdict in dialogue.verdicts:
        if verdict.acl and verdict.verb:
            yield f"    expect acl {verdict.acl} {verdict.verb} {verdict.outcome} phase {verdict.phase}"


def _expected(reply: Reply) -> Iterator[str]:
    last = len(reply.lines) - 1
    for number, line in enumerate(reply.lines):
        text = _CHANGING.sub("*", to_display(line))
        if text != text.strip() or text.startswith(("~", '"')):
            text = _quoted(text)
        yield f"        < {reply.code}{'-' if number < last else ' '}{text}".rstrip()


def _quoted(text: str) -> str:
    body = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{body}"'
