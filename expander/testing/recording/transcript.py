"""Reads what other programs print of SMTP sessions: ``eximulate session``, swaks, and plain dialogues."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from drivers.api.text import from_argument, to_bytes
from expander.testing.recording.dialogue import Dialogue, Recorder

if TYPE_CHECKING:
    from typing import Any

_CLIENT = re.compile(r"(?:C: ?| ?-> ?| ~> ?|> ?)(.*)")
_SERVER = re.compile(r"(?:S: ?|<-  ?|<~  ?|<\*\* ?|< ?)(\d{3}[- ].*|\d{3})")
_PEER = re.compile(r"\[([0-9A-Fa-f.:]+)\]")
_NOT_SENT = "-> ** "


class NoTranscriptError(Exception):
    """The text has no dialogue in it."""


def read(text: str, peer: str = "") -> Dialogue:
    """The dialogue in a text, by the marks before its lines: ``C:`` and ``S:``, or ``->`` and ``<-``.

    All else is left out. ``peer`` is the client's address; without it that of the reply to HELO is taken. The
    text can be the JSON that ``eximulate session --json`` prints. Raises `NoTranscriptError`.
    """
    if text.lstrip().startswith("{"):
        recorder = _of_json(text, peer)
    else:
        recorder = Recorder(peer)
        for line in text.splitlines():
            said, sent = _SERVER.fullmatch(line), _CLIENT.fullmatch(line)
            if said is not None:
                recorder.said(from_argument(said[1]) + "\r\n")
            elif sent is not None and not line.startswith(_NOT_SENT):
                recorder.came(to_bytes(from_argument(sent[1])) + b"\r\n")
    found = recorder.finished()
    if found.greeting is None:
        raise NoTranscriptError("there is no dialogue with an SMTP server in it")
    found.peer = found.peer or _peer(found)
    return found


def _of_json(text: str, peer: str) -> Recorder:
    try:
        told: dict[str, Any] = json.loads(text)
        recorder = Recorder(peer or str(told["peer"]))
        for step in told["steps"]:
            if step["sent"] is not None:
                recorder.came(to_bytes(from_argument(step["sent"])) + b"\r\n")
            for reply in step["replies"]:
                last = len(reply["lines"]) - 1
                for number, line in enumerate(reply["lines"]):
                    mark = "-" if number < last else " "
                    recorder.said(f"{reply['code']}{mark}{from_argument(line)}\r\n")
    except (ValueError, KeyError, TypeError) as problem:
        raise NoTranscriptError(f"it is no session in JSON: {problem}") from None
    return recorder


def _peer(dialogue: Dialogue) -> str:
    """The address that the server has told the client in answer to HELO."""
    for exchange in dialogue.exchanges:
        found = _PEER.search(exchange.reply.lines[0]) if exchange.reply is not None else None
        if found is not None:
            return found[1]
    return "127.0.0.1"
