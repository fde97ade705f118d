"""What is shown of a conversation with a host while it goes on: the option ``-v`` of the command line."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

AT_ONCE, GATHERED, WITH_MORE = ">>", "|>", "+>"
"""How a command goes out: at once, with those that follow, or with what follows it in any case."""

MOST_OF_A_COMMAND = 8
"""So many characters of each command are told at the end."""


class Telling:
    """Shows a conversation with ``tell``, line by line; `end` tells all commands and codes once more.

    ``before_reply`` is to be shown when the first reply comes.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.tell = tell
        self.before_reply = ""
        self._log: list[str] = []

    def command(self, text: str, how: str) -> None:
        """A command is on its way."""
        self.tell(f"  SMTP{how} {text}\n")
        self._log.append(text.partition(" ")[0][:MOST_OF_A_COMMAND] + "|" * (how == GATHERED))

    def reply(self, text: str) -> None:
        """A reply has come: lines with newlines between them."""
        first, *further = text.split("\n")
        self._tell_before()
        self.tell("".join([f"  SMTP<< {first}\n", *(f"         {line}\n" for line in further)]))
        self._log.append(f"{first[:3]}-" if further else first[:4].rstrip())

    def silence(self, why: OSError | None) -> None:
        """No reply comes any more: the connection has ended, or what is wrong with it."""
        self._tell_before()
        self.tell(f"  SMTP({os.strerror(why.errno) if why is not None and why.errno else 'closed'})<<\n")

    def _tell_before(self) -> None:
        if self.before_reply:
            self.tell(self.before_reply)
            self.before_reply = ""

    def text(self) -> None:
        """The message begins."""
        self.tell("  SMTP>> (writing message)\n")

    def chunks(self) -> None:
        """The message is about to go in chunks."""
        self.tell("         will write message using CHUNKING\n")

    def dot(self) -> None:
        """The message has ended."""
        self.command(".", AT_ONCE)

    def end(self) -> None:
        """The connection is closed, or left to others."""
        self.tell(f"  SMTP(close)>>\ncmdlog: '{':'.join(self._log) or '(unset)'}'\n")


class LmtpTelling(Telling):
    """The same as the lmtp transport shows it."""

    def command(self, text: str, how: str) -> None:
        """A command is on its way."""
        self.tell(f"  LMTP{how} {text}\r\n")

    def reply(self, text: str) -> None:
        """A reply has come: lines with newlines between them."""
        self.tell("".join(f"  LMTP<< {line}\n" for line in text.split("\n")))

    def silence(self, why: OSError | None) -> None:
        """No reply comes any more, which is not shown."""

    def text(self) -> None:
        """The message begins."""
        self.tell('  LMTP>> writing message and terminating "."\n')

    def dot(self) -> None:
        """The message has ended."""
        self.tell("  SMTP>> .\n")
