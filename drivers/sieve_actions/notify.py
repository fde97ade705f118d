"""The extension of RFC 5435: notifications of new messages, by mail."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from drivers.api.sieve import Notice
from drivers.api.text import from_bytes, lower, to_bytes
from drivers.sieve_actions import comparison
from drivers.sieve_actions.declare import command, test
from drivers.sieve_actions.tests import is_there
from grammar.record import Record

if TYPE_CHECKING:
    from drivers.api.sieve import Sieve

IMPORTANCES = frozenset("123")
REPLACED = frozenset({"subject", "from", "to", "body", "auto-submitted", "date", "message-id", "received"})
"""Header fields of a URI that make no header line of the same name."""

_SCHEME = "mailto:"
_RECIPIENTS = re.compile(r"(?:[^?%]|%[0-9A-Fa-f]{2})*")
_NAME = re.compile(r"(?:[A-Za-z0-9$_.+!*'(),-]|%[0-9A-Fa-f]{2})*", re.ASCII)
_VALUE = re.compile(r"[A-Za-z0-9$_.+!*'(),%-]*", re.ASCII)


class UriError(Exception):
    """A URI is none that notifications know; the text is Exim's."""


class Uri(Record):
    """A ``mailto:`` URI: its recipients, and its header fields in order."""

    recipients: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]


def parse_uri(text: str) -> Uri:
    """Take a URI apart. Raises `UriError`."""
    if not text.startswith(_SCHEME):
        raise UriError("Unknown URI scheme")
    found = _RECIPIENTS.match(text, len(_SCHEME))
    assert found is not None
    at = found.end()
    if text.startswith("%", at):
        raise UriError("Invalid URI encoding")
    recipients = tuple(_plain(piece) for piece in found[0].split(",") if piece)
    fields: list[tuple[str, str]] = []
    while at < len(text):
        if text[at] != "&" if fields else text[at] != "?":
            raise UriError("Syntactically invalid URI")
        name = _NAME.match(text, at + 1)
        assert name is not None
        if not text.startswith("=", name.end()):
            raise UriError("Missing equal after hname")
        value = _VALUE.match(text, name.end() + 1)
        assert value is not None
        fields.append((_plain(name[0]), _plain(value[0])))
        at = value.end()
    named = tuple(value for name, value in fields if lower(name) == "to")
    return Uri(recipients + named, tuple(fields))


def _plain(text: str) -> str:
    return from_bytes(unquote_to_bytes(to_bytes(text)))


@command(
    "notify",
    syntax="notify [:from <text>] [:importance <1, 2 or 3>] [:options] [:message <text>] <method>;",
    since="4.70",
)
def notify(sieve: Sieve) -> None:
    """Send a notification by mail, once to each ``mailto:`` URI, unless a program has sent the message."""
    sieve.needs("enotify")
    sender = importance = ""
    message: str | None = None
    while tag := sieve.tag(":from", ":importance", ":options", ":message"):
        if tag == ":from":
            sender = sieve.text("from string expected")
        elif tag == ":importance":
            importance = sieve.text("importance string expected")
            if importance not in IMPORTANCES:
                sieve.fail("invalid importance")
        elif tag == ":message":
            message = sieve.text("message string expected")
    method = sieve.text("missing method string")
    sieve.semicolon()
    try:
        uri = parse_uri(method)
    except UriError as problem:
        sieve.fail(str(problem))
    if sieve.executing:
        _send(sieve, uri, sender, method, message)


def _send(sieve: Sieve, uri: Uri, sender: str, method: str, message: str | None) -> None:
    if is_there(sieve, "auto-submitted"):
        sieve.tell("Ignoring notification, triggering message contains Auto-submitted: field.\n")
        return
    given = {lower(name): value for name, value in uri.fields}
    subject = message if message is not None else given.get("subject", "Notification")
    owner = sieve.settings.owner or ""
    lines = [
        f"From: {sender or owner}\n",
        *(f"To: {recipient}\n" for recipient in uri.recipients),
        f"Subject: {subject}\n",
        f"Auto-Submitted: auto-notified; {owner}\n",
        *(f"{name}: {value}\n" for name, value in uri.fields if lower(name) not in REPLACED),
    ]
    notice = Notice(method, uri.recipients, owner, "".join(lines), given.get("body", ""))
    sieve.notify(notice)


@test("valid_notify_method", syntax="valid_notify_method <URIs>", since="4.70")
def valid_notify_method(sieve: Sieve) -> bool:
    """Be true if notifications can be sent to all the URIs."""
    sieve.needs("enotify")
    texts = sieve.texts("URI string list expected")
    return sieve.executing and all(map(_is_known, texts))


@test(
    "notify_method_capability",
    syntax="notify_method_capability [:comparator <name>] [:is] <URI> <capability> <keys>",
    since="4.70",
)
def notify_method_capability(sieve: Sieve) -> bool:
    """Be true if a key is as is known of a method: whether somebody is ``online`` is ``maybe``."""
    sieve.needs("enotify")
    how = comparison.read(sieve)
    uri = sieve.text("missing notification URI string")
    capability = sieve.text("missing notification capability string")
    keys = sieve.texts("missing key string list")
    if not sieve.executing or not _is_known(uri) or lower(capability) != "online":
        return False
    return any(comparison.compare(sieve, how, key, "maybe") for key in keys)


def _is_known(uri: str) -> bool:
    try:
        parse_uri(uri)
    except UriError:
        return False
    return True
