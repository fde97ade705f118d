"""The file ``-H`` of a message on the spool: "Format of spool files" in the manual."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import is_tainted, lower
from expander.message import spool
from expander.message.spool import SpoolError
from expander.queue.message import Message, Recipient

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

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
_BEFORE_COUNTS = ("helo_name",)
_AFTER_PLACES = ("host_name", "host_auth")
_AFTER_INTERFACE = ("active_hostname", "ident", "received_protocol")
_NUMBERS = ("body_linecount", "max_received_linelength")
_SWITCHES = {
    "takes_unqualified_recipients": "allow_unqualified_recipient",
    "takes_unqualified_senders": "allow_unqualified_sender",
    "is_first": "deliver_firsttime",
    "is_trial": "N",
    "is_local": "local",
    "is_local_error": "localerror",
    "is_thawed": "manual_thaw",
    "sender_untrusted": "sender_set_untrusted",
}


def kind(header: Header, *, resent: bool) -> str:
    """The letter by which the file tells important header lines from others, which have a space."""
    name = lower(header[0].rstrip(" \t"))
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
    lines += _facts(message.facts, _BEFORE_COUNTS)
    lines += _place(message.facts, "host_address")
    lines += _facts(message.facts, _AFTER_PLACES)
    lines += _place(message.facts, "interface_address")
    lines += _facts(message.facts, _AFTER_INTERFACE)
    for letter, variables in (("c", message.acl_c), ("m", message.acl_m)):
        for name, value in variables.items():
            lines.append(f"{_mark(value)}acl{letter} {name} {len(value)}\n{value}")
    lines += [f"-{name} {message.facts.get(name, '0') or '0'}" for name in _NUMBERS]
    if message.facts.get("body_zerocount", "0") != "0":
        lines.append(f"-body_zerocount {message.facts['body_zerocount']}")
    lines += _facts(message.facts, ("auth_id", "auth_sender"))
    for attribute, word in _SWITCHES.items():
        if attribute == "is_trial" and message.frozen:
            lines.append(f"-frozen {message.frozen}")
        if getattr(message, attribute):
            lines.append(f"-{word}")
    rest = [word for word in spool.FACTS if word not in _WRITTEN]
    lines += _facts(message.facts, rest)
    lines += [
        f"-{word}" for word, (name, value) in spool.SWITCHES.items() if message.facts.get(name) == value
    ]
    if message.envelope_id:
        lines.append(f"--dsn_envid {message.envelope_id}")
    if message.returns:
        lines.append(f"-dsn_ret {message.returns}")
    lines += _tree(sorted(message.done))
    lines.append(str(len(message.recipients)))
    lines += [_recipient(recipient) for recipient in message.recipients]
    resent = any(lower(name).startswith("resent-") for name, _ in message.headers)
    headers = (f"{len(text):03}{kind((name, text), resent=resent)} {text}" for name, text in message.headers)
    return "\n".join(lines) + "\n\n" + "".join(headers)


_WRITTEN = frozenset(
    (
        *_BEFORE_COUNTS,
        *_AFTER_PLACES,
        *_AFTER_INTERFACE,
        *_NUMBERS,
        "body_zerocount",
        "auth_id",
        "auth_sender",
    )
)


def _mark(value: str) -> str:
    return "--" if is_tainted(value) else "-"


def _facts(facts: dict[str, str], words: Iterable[str]) -> Iterator[str]:
    for word in words:
        value = facts.get(spool.FACTS[word], "")
        if value and "\n" not in value:
            yield f"{_mark(value)}{word} {value}"


def _place(facts: dict[str, str], word: str) -> Iterator[str]:
    address_name, port_name = spool.PLACES[word]
    address = facts.get(address_name, "")
    if address:
        yield f"{_mark(address)}{word} [{address}]:{facts.get(port_name) or 0}"


def _tree(names: Sequence[str]) -> list[str]:
    """The lines of a balanced tree: each node tells whether it has branches to the left and to the right."""
    if not names:
        return ["XX"]
    middle = len(names) // 2
    left, right = names[:middle], names[middle + 1 :]
    lines = [f"{'Y' if left else 'N'}{'Y' if right else 'N'} {names[middle]}"]
    return lines + (_tree(left) if left else []) + (_tree(right) if right else [])


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
    message.headers = list(found.headers)
    message.is_first = message.is_local = False
    rest = _settings(message, head[4])
    _envelope(message, rest)
    return message


def _settings(message: Message, text: str) -> str:
    """Obey the lines that begin with a hyphen; what follows them."""
    while text.startswith("-"):
        line, _, text = text.partition("\n")
        word, _, value = line.lstrip("-").partition(" ")
        if word.startswith("acl") and word in {"aclc", "aclm"}:
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
        else:
            for attribute, known in _SWITCHES.items():
                if word == known:
                    setattr(message, attribute, True)
    return text


def _envelope(message: Message, text: str) -> None:
    """The addresses that are dealt with, and the recipients."""
    lines = iter(text.split("\n"))
    left = 1
    while left:
        line = next(lines, "XX")
        if line != "XX":
            left += line[:2].count("Y")
            message.done[line[3:]] = None
        left -= 1
    count = next(lines, "")
    if not count.isdigit():
        raise SpoolError("no count of recipients")
    message.recipients = [read_recipient(next(lines, "")) for _ in range(int(count))]


def read_recipient(line: str) -> Recipient:
    """A recipient out of its line, with what is told of it from the end backwards."""
    if not line.endswith("#3"):
        return Recipient(line)
    rest, _, numbers = line.removesuffix("#3").rpartition(" ")
    length, _, parent = numbers.partition(",")
    size = int(length)
    errors_to = rest[len(rest) - size :] if size else None
    rest = rest[: len(rest) - size - 1]
    rest, _, numbers = rest.rpartition(" ")
    length, _, notify = numbers.partition(",")
    size = int(length)
    original = rest[len(rest) - size :] if size else ""
    return Recipient(rest[: len(rest) - size - 1], errors_to, int(parent), int(notify), original)
