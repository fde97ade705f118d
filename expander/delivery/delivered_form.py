"""What became of a message as values for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drivers.api.text import to_display

if TYPE_CHECKING:
    from expander.delivery.delivered import Delivered, Outcome


def plain(delivered: Delivered) -> dict[str, Any]:
    """A message with all that came of it."""
    return {
        "id": delivered.name,
        "sender": to_display(delivered.sender),
        "recipients": [to_display(text) for text in delivered.recipients],
        "refusal": to_display(delivered.refusal),
        "outcomes": [_outcome(outcome) for outcome in delivered.outcomes],
        "generated": [plain(other) for other in delivered.generated],
        "log": [to_display(line) for line in delivered.log],
        "waiting": delivered.waiting,
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "address": to_display(outcome.address),
        "recipient": to_display(outcome.recipient),
        "outcome": outcome.outcome,
        "routers": outcome.routers,
        "transport": outcome.transport,
        "driver": outcome.driver,
        "message": to_display(outcome.message),
        "files": [
            {
                "path": to_display(file.path),
                "size": file.size,
                "mode": f"{file.mode:04o}",
                "uid": file.uid,
                "gid": file.gid,
            }
            for file in outcome.files
        ],
        "commands": [
            {
                "argv": [to_display(word) for word in command.argv],
                "run": command.is_real,
                "status": command.status,
                "uid": command.uid,
                "gid": command.gid,
            }
            for command in outcome.commands
        ],
        "sent": [
            {
                "host": sent.host,
                "port": sent.port,
                "sender": to_display(sent.sender),
                "recipients": [to_display(text) for text in sent.recipients],
                "dialogue": [to_display(line) for line in sent.dialogue],
            }
            for sent in outcome.sent
        ],
    }
