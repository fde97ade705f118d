"""The file ``-H`` of a message on the spool: "Format of spool files" in the manual."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from drivers.api.text import is_tainted, lower, printing, tainted_like
from expander.message import spool
from expander.message.spool import SpoolError
from expander.queue.message import Message, Recipient
from expander.queue.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from expander.message.headers import Header

_KINDS = {
    "received": "P",
    "from": "F",
    "to": "T",
    "cc": "C",
    "bcc": "B",
    "reply-to": "R",
    "sender": "S",
    "message-id": "I",
}
_MICRO = 1_000_000
_NUMBERS = frozenset({"body_linecount", "max_received_linelength"})
"""Words that always stand there."""

_ORIGIN = (
    *("helo_name", "host_address", "host_name", "host_auth", "host_auth_pubname", "interface_address"),
    *("active_hostname", "ident", "received_protocol"),
)
_COUNTS = (
    *("debug_selector", "debuglog_name", "body_linecount", "max_received_linelength", "body_zerocount"),
    *("auth_id", "auth_sender"),
)
WIRE = "spool_file_wireformat"
_STATE = {
    "allow_unqualified_recipient": "takes_unqualified_recipients",
    "allow_unqualified_sender": "takes_unqualified_senders",
    "deliver_firsttime": "is_first",
    "frozen": "frozen",
    "N": "is_trial",
    "host_lookup_deferred": "",
    "host_lookup_failed": "",
    "local": "is_local",
    "localerror": "is_local_error",
    "local_scan": "",
    "spam_bar": "",
    "spam_score": "",
    "spam_score_int": "",
    "manual_thaw": "is_thawed",
    "sender_set_untrusted": "sender_untrusted",
    WIRE: "is_wire",
}
"""Words in their order, and the attributes of messages that they tell of; others tell of variables."""

_SECURITY = (
    *("tls_certificate_verified", "tls_cipher", "tls_peercert", "tls_peerdn", "tls_sni", "tls_ourcert"),
    *("tls_ocsp", "tls_resumption", "tls_ver", "smtputf8", "utf8_downcvt"),
    "utf8_optdowncvt",
)
_FLAGS = {attribute: word for word, attribute in _STATE.items() if attribute and word != "frozen"}
_NO_RESUMPTION = "A"


def kind(header: Header, *, resent: bool) -> str:
    """The letter by which the file tells important header lines from others, which have a space."""
    name = lower(header[0].rstrip(" \t"))
    if resent and name == "message-id":
        return " "  # the one that counts begins with Resent-
    if resent:
        name = name.removeprefix("resent-") if name.startswith("resent-") else name
    return _KINDS.get(name, " ")


def written(message: Message) -> str:
    """The text of the file."""
    seconds, micro = divmod(round(message.received * _MICRO), _MICRO)
    done_seconds, done_micro = divmod(round(message.complete * _MICRO), _MICRO)
    lines = [
        f"{message.name}-H",
        f"{message.login} {message.uid} {message.gid}",
        f"<{message.sender}>",
        f"{seconds} {message.warnings}",
        f"-received_time_usec .{micro:06}",
        f"-received_time_complete {done_seconds}.{done_micro:06}",
    ]
    lines += _facts(message.facts, _ORIGIN)
    for letter, variables in (("c", message.acl_c), ("m", message.acl_m)):
        for _, name in Tree(variables).walk():
            value = variables[name]
            lines.append(f"{_mark(value)}acl{letter} {name} {len(value)}\n{value}")
    for word in _COUNTS:
        if word == "body_linecount" and message.is_wire:
            lines.append(f"-{WIRE}")
        else:
            lines += _facts(message.facts, (word,))
    for word, attribute in _STATE.items():
        if word == WIRE:
            continue
        if not attribute:
            lines += _facts(message.facts, (word,))
        elif getattr(message, attribute):
            lines.append(f"-frozen {message.frozen}" if word == "frozen" else f"-{word}")
    lines += _facts(message.facts, _SECURITY)
    if message.envelope_id:
        lines.append(f"-dsn_envid {message.envelope_id}")
    if message.returns:
        lines.append(f"-dsn_ret {message.returns}")
    lines += [f"{branches} {name}" for branches, name in Tree(message.done).walk()] or ["XX"]
    lines.append(str(len(message.recipients)))
    lines += [_recipient(recipient) for recipient in message.recipients]
    resent = any(lower(name).startswith("resent-") for name, _ in message.headers)
    headers = [f"{len(text):03}{kind((name, text), resent=resent)} {text}" for name, text in message.headers]
    for at, text in reversed(message.old_headers):
        headers.insert(at, f"{len(text):03}* {text}")
    return "\n".join(lines) + "\n\n" + "".join(headers)


def _mark(value: str) -> str:
    return "--" if is_tainted(value) else "-"


def _facts(facts: dict[str, str], words: Iterable[str]) -> Iterator[str]:
    """The lines of words that tell of variables, for those that have a value."""
    for word in words:
        if word in spool.PLACES:
            yield from _place(facts, word)
        elif word in spool.SWITCHES:
            name, value = spool.SWITCHES[word]
            if facts.get(name) == value:
                yield f"-{word}"
        elif word in _NUMBERS:
            yield f"-{word} {facts.get(word) or '0'}"
        elif word == "tls_resumption":
            yield f"-{word} {facts.get(spool.FACTS[word]) or _NO_RESUMPTION}"
        else:
            value = facts.get(spool.FACTS[word], "")
            if word in spool.ESCAPED:
                value = tainted_like(printing(value), value)
            if value and "\n" not in value and not (word == "body_zerocount" and value == "0"):
                yield f"{_mark(value)}{word} {value}"


def _place(facts: dict[str, str], word: str) -> Iterator[str]:
    address_name, port_name = spool.PLACES[word]
    address = facts.get(address_name, "")
    if address:
        yield f"{_mark(address)}{word} [{address}]:{facts.get(port_name) or 0}"


def _recipient(recipient: Recipient) -> str:
    plain = recipient.errors_to is None and recipient.parent < 0 and not recipient.notify
    if plain and not recipient.original:
        return recipient.address
    errors_to = recipient.errors_to or ""
    original = recipient.original
    return (
        f"{recipient.address} {original} {len(original)},{recipient.notify} "
        f"{errors_to} {len(errors_to)},{recipient.parent}#3"
    )


def read(text: str, name: str) -> Message:
    """A message, without its body, out of the text of the file. Raises `SpoolError`."""
    found = spool.read_envelope(text, name)
    head = text.split("\n", 4)
    login, uid, gid = head[1].rsplit(" ", 2)
    seconds, warnings = head[3].split(" ")
    message = Message(name, found.facts["sender_address"], login, int(uid), int(gid), float(seconds))
    message.warnings = int(warnings)
    message.facts = dict(found.facts)
    message.acl_c, message.acl_m = dict(found.acl_c), dict(found.acl_m)
    message.headers, message.old_headers = list(found.headers), list(found.old_headers)
    message.is_first = message.is_local = False
    rest = _settings(message, head[4])
    _envelope(message, rest)
    return message


def _settings(message: Message, text: str) -> str:
    """Obey the lines that begin with a hyphen; what follows them."""
    while text.startswith("-"):
        line, _, text = text.partition("\n")
        word, _, value = line.lstrip("-").partition(" ")
        word = word.rpartition(")")[2]
        if word in {"acl", "aclc", "aclm"}:
            text = text[int(value.rpartition(" ")[2]) + 1 :]
        elif word == "received_time_usec":
            message.received += float(f"0{value}")
        elif word == "received_time_complete":
            message.complete = float(value)
        elif word == "frozen":
            message.frozen = int(value)
        elif word == "dsn_envid":
            message.envelope_id = value
        elif word == "dsn_ret":
            message.returns = int(value)
        elif _STATE.get(word):
            setattr(message, _STATE[word], True)
    return text


def _envelope(message: Message, text: str) -> None:
    """The addresses that are dealt with, and the recipients."""
    lines = iter(text.split("\n"))
    by_depth: list[tuple[int, str]] = []
    depths = [0]
    while depths:
        depth, line = depths.pop(), next(lines, "XX")
        if line != "XX":
            by_depth.append((depth, line[3:]))
            depths += [depth + 1] * line[:2].count("Y")
    # Put in by their levels, the names make up the same tree again.
    message.done = dict.fromkeys(name for _, name in sorted(by_depth, key=itemgetter(0)))
    count = next(lines, "")
    if not count.isdigit():
        raise SpoolError("no count of recipients")
    message.recipients = [read_recipient(next(lines, "")) for _ in range(int(count))]


def read_recipient(line: str) -> Recipient:
    """A recipient out of its line, with what is told of it from the end backwards."""
    rest, mark, flags = line.rpartition("#")
    if not mark or not flags.isdigit():
        return Recipient(line)
    errors_to, parent, original, notify = None, "-1", "", "0"
    if int(flags) & 1:
        rest, errors_to, parent = _told(rest)
    if int(flags) & 2:
        rest, original, notify = _told(rest)
    return Recipient(rest, errors_to or None, int(parent), int(notify), original)


def _told(text: str) -> tuple[str, str, str]:
    """What stands before a text, the text, whose length follows it, and the number behind that."""
    rest, _, numbers = text.rpartition(" ")
    length, _, number = numbers.partition(",")
    if not length.isdigit() or not number.removeprefix("-").isdigit():
        raise SpoolError("a recipient without its numbers")
    start = len(rest) - int(length)
    return rest[: max(start - 1, 0)], rest[start:], number
