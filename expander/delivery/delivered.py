"""What became of a message that was delivered for a program to look at: who got it where, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from drivers.api.text import to_display

if TYPE_CHECKING:
    from collections.abc import Sequence

    from expander.world.accepting import Sent
    from expander.world.of_delivery import DeliveryWorld
    from expander.world.recorded import Ran

WORDS = {"delivered": "=>", "failed": "**", "deferred": "==", "discarded": "=> nowhere"}


@dataclass(frozen=True, slots=True)
class File:
    """A file that was written: its path on the host, its size, its mode and its owner."""

    path: str
    size: int
    mode: int
    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an address of a message.

    ``outcome`` is "delivered", "failed", "deferred" or "discarded". ``recipient`` is the address of the
    envelope that it came of. ``routers`` are those that took it and its parents, the first of them first,
    ``transport`` the transport with the name of its ``driver``, "" for none. ``message`` tells in Exim's
    words what is wrong. ``files``, ``commands`` and ``sent`` are what its transport did; addresses that were
    delivered together share them.
    """

    address: str
    recipient: str
    outcome: str
    routers: list[str]
    transport: str
    driver: str
    message: str
    files: list[File] = field(default_factory=list)
    commands: list[Ran] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of a message.

    ``name`` is its identification, "" if it was not taken, and ``refusal`` says why then. ``outcomes`` are
    those of its addresses in the order in which they were known. ``generated`` are the messages that
    came of it: bounces, warnings, replies. ``log`` are the lines of the main log, without the time.
    ``waiting`` are the identifications of messages that are still on the queue.
    """

    name: str
    sender: str
    recipients: list[str]
    world: DeliveryWorld
    refusal: str = ""
    outcomes: list[Outcome] = field(default_factory=list)
    generated: list[Delivered] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)

    @property
    def files(self) -> list[File]:
        """All files that its transports wrote."""
        found = {file.path: file for outcome in self.outcomes for file in outcome.files}
        return list(found.values())

    def read(self, path: str) -> bytes:
        """What stands in a file of the host now. Raises ``OSError``."""
        return self.world.files.read(path)

    def explain(self) -> str:
        """All of it for people to read."""
        return "\n".join(lines(self))

    def plain(self) -> dict[str, object]:
        """All of it in values that JSON knows."""
        from expander.delivery.delivered_form import plain

        return plain(self)


def lines(delivered: Delivered, indent: str = "") -> list[str]:
    """What became of a message, in lines."""
    if delivered.refusal:
        return [f"{indent}not taken: {to_display(delivered.refusal)}"]
    sender = to_display(delivered.sender) or "<>"
    found = [f"{indent}message {delivered.name} from {sender}"]
    for outcome in delivered.outcomes:
        found += [f"{indent}  {line}" for line in _outcome_lines(outcome)]
    if delivered.name in delivered.waiting:
        found.append(f"{indent}  stays on the queue")
    for other in delivered.generated:
        found += lines(other, f"{indent}  ")
    return found


def _outcome_lines(outcome: Outcome) -> list[str]:
    parts = [f"{WORDS[outcome.outcome]} {to_display(outcome.address)}"]
    if outcome.recipient != outcome.address:
        parts.append(f"<{to_display(outcome.recipient)}>")
    if outcome.routers:
        parts.append(f"R={','.join(outcome.routers)}")
    if outcome.transport:
        parts.append(f"T={outcome.transport} ({outcome.driver})")
    first = " ".join(parts)
    found = [f"{first}: {to_display(outcome.message)}" if outcome.message else first]
    found += [f"  file {_file(file)}" for file in outcome.files]
    for command in outcome.commands:
        how = f"exit status {command.status}" if command.is_real else "not run: --allow=run permits it"
        found.append(f"  command {to_display(' '.join(command.argv))} ({how})")
    for sent in outcome.sent:
        found += _sent_lines(sent)
    return found


def _file(file: File) -> str:
    return f"{to_display(file.path)} {file.size} bytes, mode {file.mode:04o}, owner {file.uid}:{file.gid}"


def _sent_lines(sent: Sent) -> Sequence[str]:
    place = f"{sent.host}:{sent.port}" if sent.port else sent.host
    shown = [line for line in sent.dialogue if not line.startswith("< 250-")]
    return [f"  to {place}", *(f"    {to_display(line)}" for line in shown)]
