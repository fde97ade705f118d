"""What goes wrong in a conversation with a host, in Exim's words, and what follows of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.remote import CLOSED, MALFORMED, TIMED_OUT
from drivers.api.text import printing

if TYPE_CHECKING:
    from drivers.api.routing import Address
    from drivers.values.smtp_client import Reply

BY_COMMAND = {"MAIL": -45, "RCPT": -44, "DATA": -46, "end ": -46, "BDAT": -46}
"""The numbers of errors for replies that put off, by the command that they were for."""


class Trouble(Exception):
    """A host cannot be used for a message or at all.

    ``number``, ``more`` and ``message`` are as in addresses, ``text`` is the reply. ``is_permanent`` is true
    of one that says so. ``has_host`` names the host with the message; ``quits`` still says QUIT.
    ``of_message`` marks what is about the message, and not the host; ``words`` stand for the system's where
    there is no message. ``is_logged`` what is told before others are tried. ``of_recipient`` is the one of
    whom alone something is remembered; nothing is where ``is_remembered`` is false. ``is_own`` marks what
    this side finds: the log is told in any case, senders are not. ``of_greeting`` is what a greeting says to
    commands that came before it.
    """

    def __init__(
        self,
        message: str,
        number: int = 0,
        *,
        more: int = 0,
        text: str = "",
        has_host: bool = True,
        quits: bool = False,
        is_logged: bool = True,
        of_message: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.number = number
        self.more = more
        self.text = text
        self.has_host = has_host
        self.quits = quits
        self.is_logged = is_logged
        self.words = ""
        self.of_message = of_message
        self.is_own = False
        self.of_recipient: Address | None = None
        self.is_remembered = True
        self.of_greeting = False

    @property
    def is_permanent(self) -> bool:
        """True if the host has said that it will never do."""
        return self.text.startswith("5")


def of_reply(reply: Reply, sent: str, *, of_message: bool = False) -> Trouble:
    """What a reply says that is not the one hoped for; ``sent`` is what it answers."""
    shown = printing(reply.text)
    if reply.is_malformed:
        words = f"Malformed SMTP reply in response to {sent}: {shown}"
        return Trouble(words, MALFORMED)
    if not reply.text:
        words = f"Remote host closed connection in response to {sent}"
        return Trouble(words, CLOSED, of_message=of_message)
    number, more = temporary(reply, sent) if of_message else (0, 0)
    return Trouble(
        f"SMTP error from remote mail server after {sent}: {shown}",
        number,
        more=more,
        text=reply.text,
        quits=True,
        of_message=of_message,
    )


def temporary(reply: Reply, sent: str) -> tuple[int, int]:
    """The number of the error for a reply that puts off, and its code in Exim's form; zeros for others."""
    if reply.code != "4":
        return 0, 0
    command = sent.removeprefix("pipelined ")[:4]
    number = BY_COMMAND.get(command, 0)
    return number, int(reply.text[1:3]) << 8 if number else 0


def of_silence(sent: str, *, written: int = 0, of_message: bool = False) -> Trouble:
    """The host says nothing for too long."""
    how = f" ({written} bytes written)" if sent.startswith("end ") else ""
    return Trouble(f"SMTP timeout after {sent}{how}", TIMED_OUT, of_message=of_message)
