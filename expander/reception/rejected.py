"""Messages that are not taken, and what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.text import SPACE
from drivers.values import mailbox
from expander.message import qualify
from expander.message.submission import plain_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from expander.message.headers import Header

NOT_OF_DOMAINS = "".join(
    chr(code) for code in range(128) if not (chr(code).isalnum() or chr(code) in ".-[]:")
)
NOT_OF_TEXT = ' ()<>@,;:\\"[]'
"""What becomes a hyphen where options give the domain and another part of an identification."""


class RejectedError(Exception):
    """A message is not taken: ``kind`` says why, ``text`` is what the submitter is told.

    ``data`` is the message as far as it was read, ``bad`` are addresses with what is wrong with them.
    """

    def __init__(
        self, kind: str, text: str = "", data: bytes = b"", bad: Sequence[tuple[str, str]] = ()
    ) -> None:
        super().__init__(text)
        self.kind = kind
        self.text = text
        self.data = data
        self.bad = list(bad)


def bad_recipients(headers: Sequence[Header], rules: mailbox.Rules) -> list[tuple[str, str]]:
    """The recipients in header lines that are no addresses, with what is wrong with them."""
    resent = qualify.is_resent(list(headers))
    wanted = {f"resent-{name}" for name in qualify.RECIPIENTS} if resent else qualify.RECIPIENTS
    return [
        (member.text.strip(SPACE), member.outcome.message)
        for header in headers
        if plain_name(header) in wanted
        for member in mailbox.members(header[1].partition(":")[2].rstrip("\n"), rules)
        if isinstance(member.outcome, Failed)
        and member.text.strip(SPACE)
        and "empty" not in member.outcome.message
    ]


def as_data(headers: Sequence[Header]) -> bytes:
    """The header as bytes, with the empty line behind it."""
    return "".join(text for _, text in headers).encode("latin-1") + b"\n"
