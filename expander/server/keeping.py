"""Keeps messages in a directory: each as a file of mail and a file of JSON with its envelope."""

from __future__ import annotations

import json
import os
import tempfile
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drivers.api.text import to_display

if TYPE_CHECKING:
    from typing import BinaryIO

    from drivers.api.transports import Submitted
    from expander.session.arrived import Arrived
    from expander.session.machine import Session


class Keeper:
    """A directory for messages, which is made if it is missing. Raises ``OSError``.

    A message is ``<id>.eml`` and ``<id>.json``. Both are complete once the second one has its name; what has
    another name is not a message yet.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def open_file(self) -> BinaryIO:
        """A file for what is too long to be kept in memory; it has no name."""
        return tempfile.TemporaryFile(dir=self.folder)

    def keep(self, session: Session, message: Arrived) -> None:
        """Write a message. Raises ``OSError``."""
        name = message.message_id
        draft = self.folder / f"{name}.tmp"
        with draft.open("xb") as file:
            file.write(message.header + b"\n")
            for piece in message.body_pieces():
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.folder / f"{name}.eml")
        draft.write_text(json.dumps(envelope(session, message), indent=2) + "\n", encoding="utf-8")
        draft.replace(self.folder / f"{name}.json")

    def submit(self, session: Session, message: Submitted) -> bool:
        """Write a message that is made here as ``<id>-report-<n>.eml``: true if that can be done."""
        for number in count(1):
            path = self.folder / f"{session.message_id or 'session'}-report-{number}.eml"
            try:
                with path.open("xb") as file:
                    file.write(message.data)
                    file.writelines(message.more)
            except FileExistsError:
                continue
            except OSError:
                return False
            return True
        return False


def envelope(session: Session, message: Arrived) -> dict[str, Any]:
    """What is known of a message beside its text, as plain data."""
    facts = session.ctx.facts
    return {
        "id": message.message_id,
        "sender": to_display(message.sender),
        "recipients": [*map(to_display, message.recipients)],
        "peer": facts.get("sender_host_address", ""),
        "helo": to_display(facts.get("sender_helo_name", "")),
        "protocol": facts.get("received_protocol", ""),
        "authenticated": facts.get("sender_host_authenticated", ""),
        "received": session.ctx.world.clock.now(),
        "size": message.store.size,
    }
